"""What a network starts from: random weights, or those of a model that was trained before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError
from ELMEDSegmentLib.labels import CHANNELS, REGIONS
from ELMEDSegmentLib.manifest import OUTPUTS, OWN_AXES
from ELMEDSegmentLib.network import TORCHSCRIPT

if TYPE_CHECKING:
    from collections.abc import Collection

    import torch

    from ELMEDSegmentLib.manifest import Manifest

SCRATCH = "scratch"
"""In place of a model's name: random weights."""

FINE_TUNING_RATE = 3e-4
"""The learning rate at its peak: lower than from scratch, not to forget what was learnt."""


@dataclass(frozen=True)
class Start:
    """A trained network to go on with.

    Attributes:
        network: with its weights.
        architecture: of the network, see `network.build_network`.
        spacing_mm: voxel size of its working grid.
        sha256: of the model's weights, and which member of an ensemble it is.
        title: of the model, for people.
    """

    network: torch.nn.Module
    architecture: dict[str, Any]
    spacing_mm: float
    sha256: str
    title: str


def find_start(name: str, studies: Collection[str]) -> Start | None:
    """Return the network that `name` stands for, None for random weights.

    Of an ensemble, the member is taken that was trained on the fewest of `studies`: what it then
    learns can be judged best.

    Args:
        name: of an installed model, or the path of a manifest, or "scratch".
        studies: names of the studies to train and to validate on.

    Raises:
        ModelError: there is no such model, or it cannot be loaded.
        InputError: it takes other contrasts or gives other regions.
    """
    if name == SCRATCH:
        return None
    from ELMEDSegmentLib.catalogue import find_model
    from ELMEDSegmentLib.model import load_model

    model = load_model(find_model(name))
    manifest = model.manifest
    if not _is_our_kind(manifest):
        raise InputError(
            f"{manifest.title} takes its input or gives its output otherwise than training does.",
            "Choose another model to start from.",
        )
    architecture, network, member = manifest.architecture, model.network, ""
    if architecture["name"] == "Ensemble":
        trainings = manifest.training.get("members") or [{}] * int(architecture["members"])
        known = [len(set(each.get("studies", ())) & set(studies)) for each in trainings]
        index = known.index(min(known))
        network = network.get_submodule(f"members.{index}")
        architecture, member = architecture["member"], f":{index}"
    _make_finite(network)
    return Start(
        network, dict(architecture), manifest.spacing_mm, manifest.sha256 + member, manifest.title
    )


def _is_our_kind(manifest: Manifest) -> bool:
    """Tell whether a network takes and gives what training works with."""
    ours = replace(
        manifest,
        channels=CHANNELS,
        regions=tuple(REGIONS),
        normalisation="zscore-brain",
        axes=OWN_AXES,
        outputs=OUTPUTS[0],
        field_of_view=(),
    )
    return manifest == ours and manifest.architecture["name"] != TORCHSCRIPT


def _make_finite(network: torch.nn.Module) -> None:
    """Give variances that are infinite their largest value in half precision.

    Older models hold some, which were too large for it. The first steps of training find better
    values.
    """
    import torch

    largest = torch.finfo(torch.float16).max
    for tensor in network.state_dict().values():
        if tensor.is_floating_point():
            tensor.nan_to_num_(posinf=largest, neginf=-largest)

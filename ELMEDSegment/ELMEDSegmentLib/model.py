"""Models: a manifest (JSON) that says everything about a network, and its weights.

The weights are a plain `state_dict` in half precision, read with PyTorch's `weights_only` loader,
which creates tensors and nothing else: a model from an untrusted source cannot run code.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import ModelError
from ELMEDSegmentLib.labels import CHANNELS, REGIONS
from ELMEDSegmentLib.network import build_network

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch

FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """What is known about a model.

    Attributes:
        name: short name without spaces, as `--model` takes it.
        title: name for people.
        description: what it does, for whom, a sentence or two.
        architecture: the network, see `network.build_network`.
        channels: the channels in the order in which the network takes them.
        regions: the regions in the order in which the network gives them (sigmoid of each output).
        spacing_mm: voxel size of the working grid, the same along all axes.
        normalisation: how intensities are scaled; only "zscore-brain" is known.
        copes_without: channels that may be missing, one at a time: the network was trained to find
            zeros in their place, and what that costs was measured.
        weights: file name of the weights, in the manifest's folder.
        sha256: of the weights file.
        licence, citation: the model's terms.
        training: data and settings that it was trained with.
        measured: what was measured, on whom.
    """

    name: str
    title: str
    description: str
    architecture: dict[str, Any]
    spacing_mm: float
    weights: str
    sha256: str
    licence: str
    citation: str
    channels: tuple[str, ...] = CHANNELS
    regions: tuple[str, ...] = tuple(REGIONS)
    normalisation: str = "zscore-brain"
    copes_without: tuple[str, ...] = ()
    training: dict[str, Any] = field(default_factory=dict)
    measured: dict[str, Any] = field(default_factory=dict)
    format: int = FORMAT

    def as_json(self) -> str:
        """Return the manifest as the JSON text that `read_manifest` reads."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class Model:
    """A manifest with its network, weights loaded, ready to be used on the CPU."""

    manifest: Manifest
    network: torch.nn.Module


def read_manifest(path: Path | str) -> Manifest:
    """Read a model's manifest.

    Raises:
        ModelError: the file is missing, or is not a manifest that this version understands.
    """
    path = Path(path)
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(
            f"The model's manifest '{path}' does not exist.", "Choose a model that is installed."
        ) from error
    except (OSError, ValueError) as error:
        raise ModelError(
            f"'{path}' is not a model's manifest.", "Choose the .json file of an ELMED model."
        ) from error
    return _checked(values, path)


def load_model(manifest_path: Path | str) -> Model:
    """Load a model: read its manifest, check its weights, build its network.

    Raises:
        ModelError: anything about the model is missing, damaged or does not fit together.
    """
    import torch

    manifest_path = Path(manifest_path)
    manifest = read_manifest(manifest_path)
    weights = manifest_path.parent / manifest.weights
    again = "Install the model again."
    if not weights.is_file():
        raise ModelError(f"The weights '{weights.name}' of {manifest.title} are missing.", again)
    if sha256(weights) != manifest.sha256:
        raise ModelError(
            f"The weights '{weights.name}' of {manifest.title} are damaged or were replaced: "
            "their checksum is not the manifest's.",
            again,
        )
    network = build_network(manifest.architecture)
    try:
        state = torch.load(weights, map_location="cpu", weights_only=True)
        network.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    except Exception as error:  # torch raises many kinds for a file that it cannot use
        raise ModelError(
            f"The weights '{weights.name}' do not fit the network of {manifest.title}.", again
        ) from error
    return Model(manifest, network.eval())


def save_weights(network: torch.nn.Module, path: Path) -> str:
    """Write the network's weights in half precision, and return the file's SHA-256.

    What half precision cannot hold, such as large variances of a batch normalisation, stays as it
    is: as infinity it would switch the layer off unseen.
    """
    import torch

    from ELMEDLib.files import written_whole

    state = {name: _halved(tensor.detach().cpu()) for name, tensor in network.state_dict().items()}
    # Into memory first: torch writes a file's own name into it, and would make the checksum depend
    # on a temporary name.
    content = io.BytesIO()
    torch.save(state, content)
    with written_whole(path) as temporary:
        temporary.write_bytes(content.getvalue())
    return sha256(path)


def _halved(tensor: torch.Tensor) -> torch.Tensor:
    if not tensor.is_floating_point():
        return tensor
    half = tensor.half()
    return half if half.isfinite().all() else tensor.float()


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits."""
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
        return digest.hexdigest()


def _checked(values: Any, path: Path) -> Manifest:
    def refuse(what: str) -> ModelError:
        return ModelError(
            f"The model's manifest '{path.name}' {what}.",
            "Choose the .json file of an ELMED model made for this version.",
        )

    if not isinstance(values, dict) or "architecture" not in values:
        raise refuse("does not describe a model")
    if values.get("format") != FORMAT:
        raise refuse(f"has format {values.get('format')!r}, and this version reads {FORMAT}")
    try:
        manifest = Manifest(
            **{
                **values,
                "channels": tuple(values["channels"]),
                "regions": tuple(values["regions"]),
                "copes_without": tuple(values.get("copes_without", ())),
            }
        )
    except (TypeError, KeyError) as error:
        raise refuse("lacks an entry or has one that is unknown") from error
    _check_entries(manifest, refuse)
    return manifest


def _check_entries(manifest: Manifest, refuse: Any) -> None:
    unknown: Mapping[str, list[str]] = {
        "channel": [
            name for name in (*manifest.channels, *manifest.copes_without) if name not in CHANNELS
        ],
        "region": [name for name in manifest.regions if name not in REGIONS],
    }
    for kind, names in unknown.items():
        if names:
            raise refuse(f"names the {kind} {names[0]!r}, which is unknown")
    if manifest.normalisation != "zscore-brain":
        raise refuse(f"asks for the normalisation {manifest.normalisation!r}, which is unknown")
    if not isinstance(manifest.spacing_mm, int | float) or not 0.3 <= manifest.spacing_mm <= 5:  # noqa: PLR2004
        raise refuse("has a voxel size outside 0.3 to 5 mm")
    if PurePosixPath(manifest.weights).name != manifest.weights or "\\" in manifest.weights:
        raise refuse("looks for its weights outside its own folder")

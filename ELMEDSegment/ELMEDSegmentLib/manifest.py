"""A model's manifest: what must be known about a network to use it, as a JSON file.

Format 1 described ELMED's own networks alone. Format 2 adds what networks of other makers need: the
order of their axes, what their outputs mean, how their intensities were scaled. Both are read.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import ModelError
from ELMEDSegmentLib.labels import CHANNELS, LABELS, REGIONS
from ELMEDSegmentLib.normalisation import NORMALISATIONS

if TYPE_CHECKING:
    from collections.abc import Callable

FORMAT = 2
READABLE_FORMATS = (1, FORMAT)

OUTPUTS = ("region-logits", "region-probabilities", "label-logits", "label-probabilities")
"""What a network may give: nested regions (sigmoid) or labels that exclude each other (softmax)."""

BACKGROUND = "background"

OWN_AXES = "SPL"
"""The axes of ELMED's arrays `(z, y, x)`: they grow towards superior, posterior and left."""

OPPOSITES = ("LR", "PA", "SI")

LARGEST_FIELD = 512


@dataclass(frozen=True)
class Manifest:
    """What is known about a model.

    Attributes:
        name: short name without spaces, as `--model` takes it.
        title: name for people.
        description: what it does, for whom, a sentence or two.
        architecture: the network, see `network.build_network`.
        channels: the channels in the order in which the network takes them.
        regions: the regions in the order in which the network gives them; for label outputs the
            regions that are made of the labels.
        spacing_mm: voxel size of the working grid, the same along all axes.
        normalisation: how intensities are scaled, a name of `normalisation.NORMALISATIONS`.
        copes_without: channels that may be missing, one at a time: the network was trained to find
            zeros in their place, and what that costs was measured.
        axes: where the axes of the network's arrays grow to, as NiBabel's axis codes name it: "RAS"
            is `(x to the right, y to anterior, z to superior)`.
        outputs: what the network gives, one of `OUTPUTS`.
        labels: for label outputs, what each output channel is: "background" or a name of
            `labels.LABELS`.
        field_of_view: voxels (x, y, z) of the working grid that the network is shown at least, as
            in its training; empty when the brain alone is enough.
        weights: file name of the weights, in the manifest's folder.
        weights_key: entry of the weights file that holds the `state_dict`; "" when it is one.
        sha256: of the weights file.
        licence, citation: the model's terms.
        version, source: which one it is, and where it comes from.
        notes: what was not stated by the model's maker and had to be assumed, a sentence each.
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
    axes: str = OWN_AXES
    outputs: str = OUTPUTS[0]
    labels: tuple[str, ...] = ()
    field_of_view: tuple[int, ...] = ()
    weights_key: str = ""
    version: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()

    def as_json(self) -> str:
        """Return the manifest as the JSON text that `read_manifest` reads."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


LISTS = ("channels", "regions", "copes_without", "labels", "field_of_view", "notes")


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
    return manifest_of(values, path.name)


def manifest_of(values: Any, name: str) -> Manifest:
    """Return the manifest that the values of a JSON file stand for.

    Args:
        values: what the file says.
        name: of the file, for messages.

    Raises:
        ModelError: it is not a manifest that this version understands.
    """

    def refuse(what: str) -> ModelError:
        return ModelError(
            f"The model's manifest '{name}' {what}.",
            "Choose the .json file of an ELMED model made for this version.",
        )

    if not isinstance(values, dict) or "architecture" not in values:
        raise refuse("does not describe a model")
    if values.get("format") not in READABLE_FORMATS:
        known = " and ".join(str(number) for number in READABLE_FORMATS)
        raise refuse(f"has format {values.get('format')!r}, and this version reads {known}")
    try:
        lists = {key: tuple(values[key]) for key in LISTS if key in values}
        manifest = Manifest(**{**values, **lists})
    except (TypeError, KeyError) as error:
        raise refuse("lacks an entry or has one that is unknown") from error
    for check in (_check_texts, _check_names, _check_outputs, _check_geometry):
        check(manifest, refuse)
    return manifest


def axes_are_known(axes: str) -> bool:
    """Tell whether `axes` names each of the patient's three axes once, as in "RAS" or "LPS"."""
    return len(axes) == len(OPPOSITES) and all(
        sum(letter in pair for letter in axes) == 1 for pair in OPPOSITES
    )


def _check_texts(manifest: Manifest, refuse: Callable[[str], ModelError]) -> None:
    texts = ("name", "title", "description", "weights", "weights_key", "sha256", "licence")
    for key in (*texts, "citation", "normalisation", "axes", "outputs", "version", "source"):
        if not isinstance(getattr(manifest, key), str):
            raise refuse(f"has an entry '{key}' that is not a text")
    if not isinstance(manifest.architecture, dict):
        raise refuse("does not describe the network")
    if PurePosixPath(manifest.weights).name != manifest.weights or "\\" in manifest.weights:
        raise refuse("looks for its weights outside its own folder")


def _check_names(manifest: Manifest, refuse: Callable[[str], ModelError]) -> None:
    known = {
        "channel": ((*manifest.channels, *manifest.copes_without), tuple(CHANNELS)),
        "region": (manifest.regions, tuple(REGIONS)),
        "label": (manifest.labels, (BACKGROUND, *LABELS)),
        "normalisation": ((manifest.normalisation,), tuple(NORMALISATIONS)),
        "kind of output": ((manifest.outputs,), OUTPUTS),
    }
    for kind, (names, choices) in known.items():
        for name in names:
            if name not in choices:
                raise refuse(f"names the {kind} {name!r}, which is unknown")
    if not manifest.channels or len(set(manifest.channels)) < len(manifest.channels):
        raise refuse("names no channel, or names one twice")


def _check_outputs(manifest: Manifest, refuse: Callable[[str], ModelError]) -> None:
    if sorted(manifest.regions) != sorted(REGIONS):
        raise refuse(f"must name each of the regions {', '.join(REGIONS)} once")
    expected = sorted((BACKGROUND, *LABELS)) if manifest.outputs.startswith("label") else []
    if sorted(manifest.labels) != expected:
        raise refuse("must name background and each label once where the network gives labels")


def _check_geometry(manifest: Manifest, refuse: Callable[[str], ModelError]) -> None:
    if not isinstance(manifest.spacing_mm, int | float) or not 0.3 <= manifest.spacing_mm <= 5:  # noqa: PLR2004
        raise refuse("has a voxel size outside 0.3 to 5 mm")
    if not axes_are_known(manifest.axes):
        raise refuse(f"names the axes {manifest.axes!r}, which are not like 'RAS' or 'LPS'")
    field_of_view = manifest.field_of_view
    fits = all(isinstance(size, int) and 0 < size <= LARGEST_FIELD for size in field_of_view)
    if len(field_of_view) not in (0, 3) or not fits:
        raise refuse(f"has a field of view that is not three sizes up to {LARGEST_FIELD} voxels")

"""Checkpoints of MONAI's Auto3DSeg: weights together with the settings of their training.

Source of the format: `segresnet/scripts/segmenter.py` of Project-MONAI/research-contributions, and
`Scripts/auto3dseg_segresnet_inference.py` of lassoan/SlicerMONAIAuto3DSeg, which reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import ModelError
from ELMEDSegmentLib.models.draft import (
    Draft,
    architecture_of,
    as_it_is_stored,
    field_of_view,
    one_spacing,
    regions_of_labels,
)
from ELMEDSegmentLib.weights import read_checkpoint, state_in

if TYPE_CHECKING:
    from pathlib import Path

CHECKPOINT = "model.pt"
STATE = "state_dict"

NORMALISATIONS = {
    "meanstd": "zscore-nonzero",
    "mri": "zscore-nonzero",
    "meanstdtanh": "zscore-nonzero-tanh",
}
"""Auto3DSeg's names of what ELMED calls otherwise."""


def is_auto3dseg(content: Any) -> bool:
    """Tell whether a PyTorch file's content is such a checkpoint."""
    return isinstance(content, dict) and isinstance(content.get("config"), dict)


def read_auto3dseg(path: Path) -> Draft:
    """Read what a checkpoint says about its network.

    Raises:
        ModelError: it is not such a checkpoint, or its network works in a way that ELMED does not.
    """
    content = read_checkpoint(path)
    if not is_auto3dseg(content):
        raise ModelError(
            f"'{path.name}' is not a checkpoint of Auto3DSeg: it has no settings.",
            "Take the model's archive as it was published.",
        )
    state_in(content, STATE)
    config: dict[str, Any] = content["config"]
    mode = str(config.get("normalize_mode", ""))
    if mode not in NORMALISATIONS:
        raise ModelError(
            f"The model scales intensities in a way that ELMED does not know ('{mode}').",
            "Choose another model.",
        )
    axes, notes = as_it_is_stored("RAS" if config.get("orientation_ras") else "")
    values: dict[str, Any] = {
        "architecture": architecture_of(config.get("network"), config),
        "normalisation": NORMALISATIONS[mode],
        "axes": axes,
        "spacing_mm": one_spacing(config.get("resample_resolution") or 1.0),
        "field_of_view": field_of_view(config.get("roi_size"), axes),
        "outputs": "region-logits" if config.get("sigmoid") else "label-logits",
        "weights_key": STATE,
    }
    regions = regions_of_labels(config.get("class_index"))
    if regions and config.get("sigmoid"):
        values["regions"] = regions
    terms = (each for each in path.parent.iterdir() if each.name.lower().startswith("licen"))
    return Draft(path, values, notes, tuple(sorted(terms)))

"""The table of the course's second lab: five features a region, with the lab's column names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SUBJECT = "SUBJECT ID"
LABELS = (1, 2)
"""The regions of the lab."""

DECIMALS = 3
"""To which the lab's table is rounded."""

SHAPES = {
    "Volume": "original_shape_MeshVolume",
    "Max3DDiameter": "original_shape_Maximum3DDiameter",
}
INTENSITIES = {
    "MeanIntensity": "original_firstorder_Mean",
    "IntensityVariance": "original_firstorder_Variance",
    "GrayLevelNonUniformity": "original_gldm_GrayLevelNonUniformity",
}
"""The lab's name of each feature, and pyradiomics' own."""


def course_titles(images: Sequence[str], labels: Sequence[int] = LABELS) -> list[str]:
    """Return the titles of the lab's table, in its order."""
    return [
        SUBJECT,
        *(f"{title}_label{label}" for title in SHAPES for label in labels),
        *(
            f"{image}_{title}_label{label}"
            for image in images
            for title in INTENSITIES
            for label in labels
        ),
    ]


def course_row(
    name: str, row: Mapping[str, Any], images: Sequence[str], labels: Sequence[int] = LABELS
) -> dict[str, Any]:
    """Return a case's line of the lab's table.

    Args:
        name: of the patient.
        row: values by column, of settings that hold the preset `course`.
        images: names of the sequences.
        labels: values of the regions in the mask.
    """
    found: dict[str, Any] = {SUBJECT: name}
    for label in labels:
        for title, feature in SHAPES.items():
            found[f"{title}_label{label}"] = _rounded(row.get(f"label{label}_{feature}"))
        for image in images:
            for title, feature in INTENSITIES.items():
                value = row.get(f"{image}_label{label}_{feature}")
                found[f"{image}_{title}_label{label}"] = _rounded(value)
    return found


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)

"""The columns of a cohort's table: what each is called, and what its name means.

`t1c_label3_original_glcm_Contrast` is the contrast of the co-occurrence matrix of label 3 in the
T1c image. Shape does not depend on the image: `label3_original_shape_MeshVolume`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ELMEDRadiomicsLib.results import Extraction

CASE = "case"
"""The column that names the patient."""

VOLUME = ("original_shape_VoxelVolume", "original_shape_MeshVolume")
"""Features that are the volume of a segment in mm3, the one to be preferred first."""

FEATURE = re.compile(r"(?:(?P<image>.+)_)?label(?P<label>\d+)_(?P<feature>.+)")


def wide_row(extraction: Extraction) -> dict[str, float]:
    """Return the values of a case by column; shape is taken from the first image."""
    row: dict[str, float] = {}
    for feature in extraction.features:
        own = f"label{feature.label}_{feature.name}"
        if "_shape" in feature.name:
            row.setdefault(own, feature.value)
        else:
            row[f"{feature.image}_{own}"] = feature.value
    return row


def intensity_column(image: str, label: int, percentile: int) -> str:
    """Return the name of the column of a percentile of intensities."""
    return f"{image}_label{label}_intensity_p{percentile:02d}"


def parts(column: str) -> tuple[str, int, str] | None:
    """Return image ("" for shape), label and feature of a column; None for other columns."""
    found = FEATURE.fullmatch(column)
    return found and (found["image"] or "", int(found["label"]), found["feature"])


def features_among(columns: Iterable[str]) -> list[str]:
    """Return the columns that are features."""
    return [column for column in columns if parts(column)]


def volume_columns(columns: Iterable[str]) -> list[str]:
    """Return one volume in mm3 of each label."""
    best: dict[int, str] = {}
    for preferred in VOLUME:
        for column in columns:
            found = parts(column)
            if found and found[2] == preferred:
                best.setdefault(found[1], column)
    return [best[label] for label in sorted(best)]


def readable(column: str) -> str:
    """Return what a column is called in sentences and charts."""
    found = parts(column)
    if not found:
        return column
    image, label, feature = found
    filtered, _, name = feature.rpartition("_")
    kind = filtered.removeprefix("original_").replace("_", " ")
    where = f"{image} label {label}" if image else f"label {label}"
    return f"{where} {kind} {name}" if kind not in {"", "original", "shape"} else f"{where} {name}"

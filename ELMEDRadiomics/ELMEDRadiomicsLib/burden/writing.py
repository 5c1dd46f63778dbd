"""Tumour burden as a file: JSON with everything, CSV with a row for each lesion."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError
from ELMEDLib.files import written_whole

if TYPE_CHECKING:
    from ELMEDRadiomicsLib.burden.results import Burden

COLUMNS = (
    "Lesion",
    "Target",
    "Measurable",
    "Volume (ml)",
    "Longest (mm)",
    "Perpendicular (mm)",
    "Product (mm²)",
    "Max product (mm²)",
    "3D diameter (mm)",
    "Slices",
    "Why",
)


def lesion_rows(burden: Burden) -> list[dict[str, Any]]:
    """Return a row for each lesion, by `COLUMNS`, numbers rounded as they are read."""
    return [
        {
            "Lesion": lesion.name,
            "Target": "yes" if lesion.target else "",
            "Measurable": "yes" if lesion.measurable else "no",
            "Volume (ml)": round(lesion.volume_ml, 2),
            "Longest (mm)": round(lesion.diameters(burden.rule).longest.length_mm, 1),
            "Perpendicular (mm)": round(lesion.diameters(burden.rule).perpendicular.length_mm, 1),
            "Product (mm²)": round(lesion.diameters(burden.rule).product_mm2, 1),
            "Max product (mm²)": round(lesion.product.product_mm2, 1),
            "3D diameter (mm)": round(lesion.diameter_mm, 1),
            "Slices": lesion.slices,
            "Why": lesion.why,
        }
        for lesion in burden.lesions
    ]


def write_burden(burden: Burden, path: Path | str, more: dict[str, Any] | None = None) -> Path:
    """Write a burden; the extension says how: `.json` or `.csv`.

    Args:
        burden: what to write.
        path: the file.
        more: goes into the JSON file beside the burden, such as the location.

    Raises:
        InputError: the extension is neither.
        OutputError: the file cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() not in (".json", ".csv"):
        raise InputError(
            f"'{path.name}' does not say how to write the burden.",
            "Give the output a name that ends in .json or .csv.",
        )
    with written_whole(path) as temporary:
        if path.suffix.lower() == ".json":
            content = {**burden.as_json(), **(more or {})}
            text = json.dumps(content, indent=1, allow_nan=False)
            temporary.write_text(text + "\n", encoding="utf-8")
        else:
            with temporary.open("w", newline="", encoding="utf-8") as file:
                table = csv.DictWriter(file, COLUMNS)
                table.writeheader()
                table.writerows(lesion_rows(burden))
    return path

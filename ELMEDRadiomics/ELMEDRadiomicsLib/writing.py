"""Extractions as files: JSON with everything, CSV and XLSX as tables."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import asdict, astuple, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError
from ELMEDLib.files import written_whole
from ELMEDRadiomicsLib.layouts import LONG, PATIENT, WIDE, check_layout, wide_titles
from ELMEDRadiomicsLib.results import Extraction, Feature
from ELMEDRadiomicsLib.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable

COLUMNS = tuple(field.name for field in fields(Feature))


def write_extraction(
    extraction: Extraction, path: Path | str, layout: str = LONG, patient: str = ""
) -> list[Path]:
    """Write an extraction; the extension says how.

    `.json` holds everything. `.csv` is a table of one row per value, and a file beside it with the
    same name and `.settings.json` holds the rest. `.xlsx` has both as sheets. In the wide layout a
    table has one row, and what its columns mean is in the other file or on a sheet of its own.

    Args:
        extraction: what to write.
        path: the file.
        layout: of tables, `long` or `wide`.
        patient: names the row of the wide layout.

    Returns:
        The files written.

    Raises:
        InputError: the extension is none of the three, or there is no such layout.
        OutputError: a file cannot be written.
    """
    path = Path(path)
    check_layout(layout)
    writers: dict[str, Callable[[Extraction, Path, str | None], list[Path]]] = {
        ".json": _write_json,
        ".csv": _write_csv,
        ".xlsx": _write_xlsx,
    }
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise InputError(
            f"'{path.name}' does not say how to write the features.",
            "Give the output a name that ends in .csv, .json or .xlsx.",
        )
    return writer(extraction, path, patient if layout == WIDE else None)


def read_extraction(path: Path | str) -> Extraction:
    """Read what `write_extraction` wrote as JSON.

    Raises:
        InputError: the file holds no extraction.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        for record in content["features"]:
            if record["value"] is None:
                record["value"] = math.nan
        return Extraction.from_json(content)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(
            f"'{path}' holds no radiomics features.", "Choose a JSON file written by ELMED."
        ) from error


def _write_json(extraction: Extraction, path: Path, _patient: str | None) -> list[Path]:
    _dump(without_nan(extraction.as_json()), path)
    return [path]


def _rows(extraction: Extraction, patient: str | None) -> list[tuple[Any, ...]]:
    """Return the table's rows, titles first; a patient's name makes it the wide layout."""
    features = extraction.features
    if patient is None:
        return [COLUMNS, *(astuple(feature) for feature in features)]
    values = [feature.value for feature in features]
    return [(PATIENT, *wide_titles(features)), (patient, *values)]


def _meanings(extraction: Extraction) -> list[dict[str, Any]]:
    """Return what each column of the wide layout means."""
    described = []
    for title, feature in zip(wide_titles(extraction.features), extraction.features, strict=True):
        record = asdict(feature)
        del record["value"]
        described.append({"column": title, **record})
    return described


def _write_csv(extraction: Extraction, path: Path, patient: str | None) -> list[Path]:
    with (
        written_whole(path) as temporary,
        temporary.open("w", newline="", encoding="utf-8") as file,
    ):
        table = csv.writer(file)
        for row in _rows(extraction, patient):
            table.writerow("" if _is_nan(cell) else cell for cell in row)
    beside = path.with_suffix(".settings.json")
    about = _about(extraction)
    if patient is not None:
        about["columns"] = _meanings(extraction)
    _dump(about, beside)
    return [path, beside]


def _write_xlsx(extraction: Extraction, path: Path, patient: str | None) -> list[Path]:
    sheets: dict[str, list[tuple[Any, ...]]] = {"features": _rows(extraction, patient)}
    if patient is not None:
        described = _meanings(extraction)
        titles = [tuple(described[0])] if described else []
        sheets["columns"] = titles + [tuple(entry.values()) for entry in described]
    sheets["settings"] = [(key, json.dumps(value)) for key, value in _about(extraction).items()]
    with written_whole(path) as temporary:
        write_workbook(temporary, sheets)
    return [path]


def _about(extraction: Extraction) -> dict[str, Any]:
    content: dict[str, Any] = without_nan(extraction.as_json())
    del content["features"]
    return content


def _dump(content: Any, path: Path) -> None:
    with written_whole(path) as temporary:
        text = json.dumps(content, indent=1, allow_nan=False)
        temporary.write_text(text + "\n", encoding="utf-8")


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def without_nan(value: Any) -> Any:
    """Replace NaN by None, however deep: JSON has no NaN, and nor has what a worker answers."""
    if isinstance(value, dict):
        return {key: without_nan(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_nan(entry) for entry in value]
    return None if _is_nan(value) else value

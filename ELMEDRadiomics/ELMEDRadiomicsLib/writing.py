"""Extractions as files: JSON with everything, CSV and XLSX as tables."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import astuple, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError
from ELMEDLib.files import written_whole
from ELMEDRadiomicsLib.results import Extraction, Feature
from ELMEDRadiomicsLib.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable

COLUMNS = tuple(field.name for field in fields(Feature))


def write_extraction(extraction: Extraction, path: Path | str) -> list[Path]:
    """Write an extraction; the extension says how.

    `.json` holds everything. `.csv` is a table of one row per value, and a file beside it with the
    same name and `.settings.json` holds the rest. `.xlsx` has both as sheets.

    Args:
        extraction: what to write.
        path: the file.

    Returns:
        The files written.

    Raises:
        InputError: the extension is none of the three.
        OutputError: a file cannot be written.
    """
    path = Path(path)
    writers: dict[str, Callable[[Extraction, Path], list[Path]]] = {
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
    return writer(extraction, path)


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


def _write_json(extraction: Extraction, path: Path) -> list[Path]:
    _dump(_without_nan(extraction.as_json()), path)
    return [path]


def _write_csv(extraction: Extraction, path: Path) -> list[Path]:
    with (
        written_whole(path) as temporary,
        temporary.open("w", newline="", encoding="utf-8") as file,
    ):
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for feature in extraction.features:
            table.writerow("" if _is_nan(cell) else cell for cell in astuple(feature))
    beside = path.with_suffix(".settings.json")
    _dump(_about(extraction), beside)
    return [path, beside]


def _write_xlsx(extraction: Extraction, path: Path) -> list[Path]:
    rows = [COLUMNS, *(astuple(feature) for feature in extraction.features)]
    about = [(key, json.dumps(value)) for key, value in _about(extraction).items()]
    with written_whole(path) as temporary:
        write_workbook(temporary, {"features": rows, "settings": about})
    return [path]


def _about(extraction: Extraction) -> dict[str, Any]:
    content: dict[str, Any] = _without_nan(extraction.as_json())
    del content["features"]
    return content


def _dump(content: Any, path: Path) -> None:
    with written_whole(path) as temporary:
        text = json.dumps(content, indent=1, allow_nan=False)
        temporary.write_text(text + "\n", encoding="utf-8")


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _without_nan(value: Any) -> Any:
    """Replace NaN by None: JSON has no NaN."""
    if isinstance(value, dict):
        return {key: _without_nan(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(entry) for entry in value]
    return None if _is_nan(value) else value

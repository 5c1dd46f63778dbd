"""Time points listed in a table, and results written beside."""

from __future__ import annotations

import csv
import json
import math
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError
from ELMEDLib.files import written_whole
from ELMEDRadiomicsLib.follow_up.series import CLINICAL_STATES, NEW_LESION, Clinic

if TYPE_CHECKING:
    from collections.abc import Mapping

REQUIRED = ("date", "labels")
KNOWN = (
    *REQUIRED,
    "image",
    "steroids_mg",
    "state",
    "new_lesion",
    "weeks_since_radiotherapy",
    "baseline",
)
YES = ("1", "yes", "true", "x")

RESULT_COLUMNS = (
    "date",
    "role",
    "sum_mm2",
    "volume_ml",
    "from_baseline_percent",
    "from_nadir_percent",
    "category",
    "confirmed",
    "reasoning",
)


def read_time_points(path: Path | str) -> list[dict[str, Any]]:
    """Read a CSV table with a row for each time point.

    Columns: `date` (2024-05-31) and `labels` (a file), and as known `image` (a file),
    `steroids_mg`, `state`, `new_lesion`, `weeks_since_radiotherapy`, `baseline`. Files are taken
    relative to the table's folder.

    Raises:
        InputError: the table cannot be read, or a cell means nothing.
    """
    path = Path(path)
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The table '{path}' cannot be read.", "Choose a CSV file.") from error
    delimiter = ";" if text.partition("\n")[0].count(";") else ","
    rows = list(csv.DictReader(text.splitlines(), delimiter=delimiter))
    columns = set(rows[0]) if rows else set()
    if not set(REQUIRED) <= columns:
        raise InputError(
            f"The table '{path.name}' lacks the columns {', '.join(REQUIRED)}.",
            f"Give it a first row with column names; known are {', '.join(KNOWN)}.",
        )
    records = []
    for number, row in enumerate(rows, start=2):
        record: dict[str, Any] = {key: (row.get(key) or "").strip() for key in KNOWN}
        if not any(record.values()):
            continue  # an empty line, as spreadsheets leave them
        if not record["labels"]:
            raise InputError(
                f"Line {number} of the table '{path.name}' names no label map.",
                "Fill in its cell in the column 'labels', or take the line out.",
            )
        for key in ("labels", "image"):
            record[key] = str(path.parent / record[key]) if record[key] else None
        records.append(record)
    return records


def day_of(text: str) -> date:
    """Return a date written as year-month-day.

    Raises:
        InputError: it is none.
    """
    try:
        return date.fromisoformat(str(text).strip()[:10])
    except ValueError as error:
        raise InputError(
            f"'{text}' is no date.", "Write dates as year-month-day, such as 2024-05-31."
        ) from error


def clinic_of(record: Mapping[str, Any]) -> Clinic:
    """Return what a row tells about the patient.

    Raises:
        InputError: a cell means nothing.
    """
    state = str(record.get("state") or "").lower()
    new = str(record.get("new_lesion") or "").lower()
    for value, allowed, what in (
        (state, CLINICAL_STATES, "state"),
        (new, NEW_LESION, "new_lesion"),
    ):
        if value not in allowed:
            words = ", ".join(word for word in allowed if word)
            raise InputError(f"'{value}' is unknown in '{what}'.", f"Write {words}, or nothing.")
    steroids = _number(record.get("steroids_mg"), "steroids_mg")
    if steroids is not None and steroids < 0:
        raise InputError(
            f"The dose of steroids, {steroids:g} mg a day, is below zero.",
            "Correct it, or leave it empty.",
        )
    return Clinic(
        steroids,
        state,
        new,
        _number(record.get("weeks_since_radiotherapy"), "weeks_since_radiotherapy"),
        str(record.get("baseline") or "").lower() in YES or record.get("baseline") is True,
    )


def _number(value: Any, what: str) -> float | None:
    if value is None or str(value).strip() == "":
        return None
    try:
        number = float(str(value).replace(",", "."))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InputError(f"'{value}' is no number in '{what}'.", "Correct it, or leave it empty.")
    return number


def write_follow_up(result: Mapping[str, Any], path: Path | str) -> Path:
    """Write what was found: `.csv` with a row for each time point, or `.json` with everything.

    Raises:
        InputError: the extension is neither.
        OutputError: the file cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() not in (".json", ".csv"):
        raise InputError(
            f"'{path.name}' does not say how to write the result.",
            "Give the output a name that ends in .json or .csv.",
        )
    with written_whole(path) as temporary:
        if path.suffix.lower() == ".json":
            temporary.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        else:
            with temporary.open("w", newline="", encoding="utf-8") as file:
                table = csv.DictWriter(file, RESULT_COLUMNS)
                table.writeheader()
                table.writerows(_row(entry) for entry in result["assessments"])
    return path


def _row(entry: Mapping[str, Any]) -> dict[str, Any]:
    def percent(part: float | None) -> Any:
        return "" if part is None else round(100 * part, 1)

    confirmed = entry["confirmed"]
    return {
        "date": entry["day"],
        "role": entry["role"],
        "sum_mm2": round(entry["sum_mm2"], 1),
        "volume_ml": round(entry["volume_ml"], 3),
        "from_baseline_percent": percent(entry["from_baseline"]),
        "from_nadir_percent": percent(entry["from_nadir"]),
        "category": entry["category"],
        "confirmed": "" if confirmed is None else ("yes" if confirmed else "no"),
        "reasoning": " ".join(entry["sentences"]),
    }

"""Reading and writing tables as CSV."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError
from ELMEDLib.files import written_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

DELIMITERS = ",;\t"
FORMULA = ("=", "+", "-", "@")
"""What a text must not begin with: spreadsheets would take it for a formula and run it."""


def read_table(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Read a table with a row of titles; commas, semicolons or tabs are found out.

    Returns:
        The titles, and the rows by title; every value stripped, "" where a row is short.

    Raises:
        InputError: the file cannot be read, has no titles, or has a title twice.
    """
    text = _text(path)
    lines = text.splitlines()
    first = lines[0] if lines else ""
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        content = [[cell.strip() for cell in row] for row in reader]
    except csv.Error as error:
        raise InputError(f"'{path.name}' is not a table.", "Save it as CSV again.") from error
    titles = content[0] if content else []
    if not any(titles):
        raise InputError(
            f"The table '{path.name}' is empty.", "Give a CSV file with a row of titles."
        )
    named = [title for title in titles if title]
    twice = {title for title in named if named.count(title) > 1}
    if twice:
        raise InputError(
            f"The table '{path.name}' has the column '{min(twice)}' twice.",
            "Give each column a title of its own.",
        )
    rows = []
    for cells in content[1:]:
        if any(cells):
            padded = cells + [""] * (len(titles) - len(cells))
            rows.append({title: padded[i] for i, title in enumerate(titles) if title})
    return named, rows


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"The table '{path}' cannot be read: {error.strerror or error}.", "Check the path."
        ) from error
    if b"\0" in raw:
        raise InputError(
            f"'{path.name}' is not a text table.", "Save it as CSV in your spreadsheet first."
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")  # as spreadsheets on Windows save it


def write_table(path: Path, titles: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows as CSV, whole or not at all.

    Args:
        path: the file.
        titles: of the columns, in order.
        rows: values by title; what is missing, None and NaN become empty cells.

    Raises:
        OutputError: the file cannot be written.
    """
    with (
        written_whole(path) as temporary,
        temporary.open("w", newline="", encoding="utf-8") as file,
    ):
        table = csv.writer(file)
        table.writerow([_cell(title) for title in titles])
        for row in rows:
            table.writerow([_cell(row.get(title)) for title in titles])


def _cell(value: Any) -> Any:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, str) and value.startswith(FORMULA) and not _is_number(value):
        return f"'{value}"
    return value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

"""Plain Excel workbooks (Office Open XML), without a package that Slicer would have to install."""

from __future__ import annotations

import math
import re
import zipfile
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from ELMEDLib.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
NOT_ALLOWED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
MOST_CHARACTERS = 32767
LETTERS = 26
MOST_COLUMNS, MOST_ROWS = 16384, 1048576


def write_workbook(path: Path, sheets: Mapping[str, Iterable[Sequence[Any]]]) -> None:
    """Write a workbook.

    Args:
        path: the file.
        sheets: rows by name of the sheet; numbers stay numbers, NaN and None are empty cells.

    Raises:
        OutputError: a table is larger than a sheet can be.
    """
    tables = {name: list(rows) for name, rows in sheets.items()}
    if any(
        len(rows) > MOST_ROWS or max(map(len, rows), default=0) > MOST_COLUMNS
        for rows in tables.values()
    ):
        raise OutputError(
            f"The table does not fit into a workbook: a sheet has at most {MOST_COLUMNS} columns "
            f"and {MOST_ROWS} rows.",
            "Choose a row for each value, or save it as CSV.",
        )
    names = list(tables)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _content_types(len(names)))
        archive.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        archive.writestr("xl/workbook.xml", _workbook(names))
        targets = [("worksheet", f"worksheets/sheet{n + 1}.xml") for n in range(len(names))]
        archive.writestr("xl/_rels/workbook.xml.rels", _relations(targets))
        for number, rows in enumerate(tables.values(), 1):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", _sheet(rows))


def _content_types(sheets: int) -> str:
    parts = [("/xl/workbook.xml", "sheet.main")]
    parts += [(f"/xl/worksheets/sheet{n + 1}.xml", "worksheet") for n in range(sheets)]
    overrides = "".join(
        f'<Override PartName="{name}" ContentType="{CONTENT}.{kind}+xml"/>' for name, kind in parts
    )
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(targets: Iterable[tuple[str, str]]) -> str:
    entries = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{entries}</Relationships>'


def _workbook(names: Iterable[str]) -> str:
    entries = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>'
        for n, name in enumerate(names, 1)
    )
    return (
        f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{entries}</sheets></workbook>'
    )


def _sheet(rows: Iterable[Sequence[Any]]) -> str:
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(_cell(value, column, number) for column, value in enumerate(row))
        lines.append(f'<row r="{number}">{cells}</row>')
    return f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def _cell(value: Any, column: int, row: int) -> str:
    place = f"{_letters(column)}{row}"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f'<c r="{place}"><v>{value!r}</v></c>' if math.isfinite(value) else ""
    if value is None or value == "":
        return ""
    text = escape(NOT_ALLOWED.sub("", str(value))[:MOST_CHARACTERS])
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters

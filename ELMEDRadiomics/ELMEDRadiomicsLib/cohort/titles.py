"""Which columns a clinical table has, and what each is taken for by its title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDLib.cohort.sources import identifier_column, normal_title
from ELMEDLib.cohort.table import read_table
from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.cohort.clinical import EVENT, GROUP, SITE, SURVIVAL
from ELMEDRadiomicsLib.cohort.libraries import openpyxl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PATTERNS = {"survival": SURVIVAL, "event": EVENT, "site": SITE}


def titles_of(path: Path) -> list[str]:
    """Return the titles of a clinical table's columns, CSV or XLSX; no rows are read of the latter.

    Raises:
        InputError: the file cannot be read.
        MissingPackageError: it is XLSX and openpyxl is not installed.
    """
    if path.suffix.lower() != ".xlsx":
        return read_table(path)[0]
    reader = openpyxl()
    try:
        book = reader.load_workbook(path, read_only=True)
        row = next(book.active.iter_rows(max_row=1, values_only=True), ())
        book.close()
    except Exception as error:  # openpyxl raises what it finds: zip, XML and key errors
        raise InputError(
            f"The clinical table '{path.name}' cannot be read.", "Save it as CSV or XLSX again."
        ) from error
    return [str(title).strip() for title in row if title is not None]


def told_by_titles(titles: Sequence[str]) -> dict[str, list[str]]:
    """Return the columns that are taken for `identifier`, `survival`, `event`, `site`, `groups`.

    Args:
        titles: of all columns; those that nothing is told by are in none of the lists.
    """
    if not titles:
        return {role: [] for role in ("identifier", *PATTERNS, "groups")}
    found = {"identifier": [identifier_column(list(titles))]}
    for role, pattern in PATTERNS.items():
        found[role] = [title for title in titles if pattern.fullmatch(normal_title(title))][:1]
    found["groups"] = [title for title in titles if GROUP.fullmatch(normal_title(title))]
    return found

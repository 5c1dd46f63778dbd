"""The cases of a cohort, from a table (CSV) or from a folder with a folder a patient."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ELMEDLib.cohort.case import MASK, Case, without_extension
from ELMEDLib.cohort.table import read_table
from ELMEDLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    RoleOf = Callable[[str], str | None]

IDENTIFIERS = (
    "case", "case id", "patient", "patient id", "subject", "subject id", "id", "name",
    "brats21id", "brats20id", "brats19id", "brats18id", "participant id",
)  # fmt: skip
"""Titles of the column that names the patient, in any case, `_` and `-` read as spaces."""

MASKS = ("mask", "seg", "segm", "segmentation", "label", "labels", "roi")
"""What the column or the end of the name of the file with the segments is called."""


def read_cases(source: Path | str, role_of: RoleOf) -> list[Case]:
    """Return the cases of a table or a folder, in its order.

    Rows and folders that cannot be used are cases with a `problem`: none is lost.

    Args:
        source: a CSV file or a folder.
        role_of: tells the channel that a column's title or a file's name speaks for, or None.

    Raises:
        InputError: the source does not exist, cannot be read, or holds no case.
    """
    source = Path(source)
    if source.is_dir():
        # A run goes on from wherever its command is given again: its records hold these paths.
        cases = _cases_in_folder(source.absolute(), role_of)
        if not cases:
            raise InputError(
                f"The folder '{source}' holds no case.",
                "Give a folder with one folder a patient, each with its images, or a CSV table.",
            )
        return cases
    if not source.is_file():
        raise InputError(f"'{source}' does not exist.", "Give a CSV table or a folder of cases.")
    return _cases_in_table(source.absolute(), role_of)


def normal_title(title: str) -> str:
    """Return a column's title in small letters, with spaces for `_` and `-`."""
    return " ".join(title.lower().replace("_", " ").replace("-", " ").split())


def identifier_column(titles: list[str]) -> str:
    """Return the title of the column that names the patient: by its title, else the first.

    Raises:
        InputError: there is no column at all.
    """
    for known in IDENTIFIERS:
        for title in titles:
            if normal_title(title) == known:
                return title
    if not titles:
        raise InputError("The table has no columns.", "Give a table with a row of titles.")
    return titles[0]


# Tables


def _cases_in_table(path: Path, role_of: RoleOf) -> list[Case]:
    titles, rows = read_table(path)
    if not rows:
        raise InputError(f"The table '{path.name}' has no rows.", "Add a row for each case.")
    identifier = identifier_column(titles)
    others = [title for title in titles if title != identifier]
    roles = _roles_of_columns(others, rows, role_of)
    if not roles:
        raise InputError(
            f"The table '{path.name}' has no column with image files.",
            "Add a column for each image, such as t1c or mask, with the paths of the files.",
        )
    cases: list[Case] = []
    seen: dict[str, str] = {}
    for number, row in enumerate(rows, start=2):  # the titles are the table's first line
        case = _case_of_row(row, identifier, roles, path.parent)
        if not case.name:
            case = Case(
                f"line {number}",
                problem=f"Line {number} of the table has no identifier.",
                advice=f"Fill in the column '{identifier}'.",
            )
        elif case.name.casefold() in seen:
            # On Windows and macOS, files whose names differ by capitals alone are the same.
            other = seen[case.name.casefold()]
            again = "again" if other == case.name else f"and another one the case '{other}'"
            case = Case(
                f"{case.name} (line {number})",
                problem=f"Line {number} of the table names the case '{case.name}' {again}.",
                advice="Give each case one line, or identifiers that differ by more than capitals.",
            )
        seen[case.name.casefold()] = case.name
        cases.append(case)
    return cases


def _roles_of_columns(
    titles: list[str], rows: list[dict[str, str]], role_of: RoleOf
) -> dict[str, str]:
    """Return the role of each column that holds image files, by its title."""
    roles: dict[str, str] = {}
    for title in titles:
        values = [row[title] for row in rows if row[title]]
        if not values or not all(_names_image(value) for value in values):
            continue
        role = MASK if normal_title(title) in MASKS else role_of(title) or title
        if role in roles.values():
            raise InputError(
                f"Two columns of the table stand for '{role}'.",
                "Leave one of them out, or call it differently.",
            )
        roles[title] = role
    return roles


def _names_image(value: str) -> bool:
    # Folders with a DICOM series have no extension to be known by, but a slash.
    return without_extension(value) is not None or value.endswith(("/", "\\"))


def _case_of_row(
    row: Mapping[str, str], identifier: str, roles: Mapping[str, str], folder: Path
) -> Case:
    paths = {role: str(folder / row[title]) for title, role in roles.items() if row[title]}
    attributes = {
        title: value for title, value in row.items() if title != identifier and title not in roles
    }
    return Case(row[identifier], paths, attributes)


# Folders


def _cases_in_folder(folder: Path, role_of: RoleOf) -> list[Case]:
    children = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    folders = [path for path in children if path.is_dir()]
    return [_case_of_folder(path, role_of) for path in folders]


def _case_of_folder(folder: Path, role_of: RoleOf) -> Case:
    paths: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        stem = without_extension(path.name) if path.is_file() else None
        if stem is None:
            continue
        role = _role_of_file(stem, folder.name, role_of)
        if role in paths:
            return Case(
                folder.name,
                problem=f"Two files in the folder stand for '{role}': "
                f"'{Path(paths[role]).name}' and '{path.name}'.",
                advice="Move one of them away, or give a table that names the files.",
            )
        paths[role] = str(path)
    if not paths:
        return Case(folder.name, problem="The folder holds no image.", advice="Check its files.")
    return Case(folder.name, paths)


def _role_of_file(stem: str, case: str, role_of: RoleOf) -> str:
    # "patient-t1_flair.nii": the patient's name says nothing about the sequence.
    own = stem[len(case) :].lstrip("_- .") if stem.startswith(case) and stem != case else stem
    ending = own.lower().replace("-", "_").rsplit("_", 1)[-1]
    return MASK if ending in MASKS else role_of(own) or own

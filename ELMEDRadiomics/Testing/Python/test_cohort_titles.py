"""What the columns of a clinical table are taken for by their titles."""

from __future__ import annotations

import pytest

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.cohort.titles import titles_of, told_by_titles

TITLES = ["Patient ID", "Age", "Survival_days", "Dead", "IDH", "Sex", "Site", "Remarks"]


@pytest.mark.parametrize("name", ["known.csv", "known.xlsx"])
def test_titles_are_read_from_both_kinds_of_tables(tmp_path, name):
    path = tmp_path / name
    if path.suffix == ".csv":
        path.write_text(";".join(TITLES) + "\nP1;50;100;1;mutant;f;A;none\n")
    else:
        openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
        book = openpyxl.Workbook()
        book.active.append(TITLES)
        book.active.append(["P1", 50, 100, 1, "mutant", "f", "A", "none"])
        book.save(path)

    assert titles_of(path) == TITLES


def test_a_column_is_taken_for_what_its_title_says():
    assert told_by_titles(TITLES) == {
        "identifier": ["Patient ID"],
        "survival": ["Survival_days"],
        "event": ["Dead"],
        "site": ["Site"],
        "groups": ["IDH", "Sex"],
    }
    assert not any(told_by_titles([]).values())


def test_a_damaged_workbook_is_refused(tmp_path):
    pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    path = tmp_path / "known.xlsx"
    path.write_bytes(b"no workbook")
    with pytest.raises(InputError, match="cannot be read"):
        titles_of(path)

"""The cases of a cohort: from tables and folders as people have them, none lost."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ELMEDLib.cohort.case import Case
from ELMEDLib.cohort.sources import read_cases
from ELMEDLib.cohort.table import read_table, write_table
from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.cohort.service import cases_to_measure


def table(folder, text, encoding="utf-8"):
    path = folder / "cases.csv"
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_tables_are_read_as_spreadsheets_save_them(tmp_path, delimiter, encoding):
    lines = ["Age,Patient ID,T1 post,FLAIR,Segmentation", "63,Müller,a/t1.nii.gz,a/f.nrrd,a/s.nii"]
    text = "\r\n".join(lines).replace(",", delimiter)
    (case,) = cases_to_measure(table(tmp_path, text, encoding))
    assert case.name == "Müller"
    assert case.attributes == {"Age": "63"}
    assert case.paths == {
        "t1c": str(tmp_path / "a/t1.nii.gz"),
        "flair": str(tmp_path / "a/f.nrrd"),
        "mask": str(tmp_path / "a/s.nii"),
    }


def test_folders_are_read_by_the_names_of_their_files(tmp_path):
    for name in ("BraTS-GLI-00000-000", "BraTS21_00002", "own"):
        (tmp_path / name).mkdir()
    names = {
        "BraTS-GLI-00000-000": ["-t1n", "-t1c", "-t2w", "-t2f", "-seg"],
        "BraTS21_00002": ["_t1", "_t1ce", "_t2", "_flair", "_seg"],
    }
    for case, endings in names.items():
        for ending in endings:
            (tmp_path / case / f"{case}{ending}.nii.gz").touch()
    for name in ("T1.nrrd", "T1post.nrrd", "T2.nrrd", "FLAIR.nrrd", "mask.nrrd", "notes.txt"):
        (tmp_path / "own" / name).touch()
    cases = cases_to_measure(tmp_path)
    assert [case.name for case in cases] == sorted(path.name for path in tmp_path.iterdir())
    assert all(set(case.paths) == {"t1", "t1c", "t2", "flair", "mask"} for case in cases)
    assert not any(case.problem for case in cases)


def test_rows_that_cannot_be_used_are_cases_with_a_reason(tmp_path):
    text = "case,t1c,mask\nA,a.nii,s.nii\nA,b.nii,s.nii\n,c.nii,s.nii\nB,,s.nii\na,d.nii,s.nii\n"
    cases = cases_to_measure(table(tmp_path, text))
    assert [case.name for case in cases] == ["A", "A (line 3)", "line 4", "B", "a (line 6)"]
    assert [bool(case.problem) for case in cases] == [False, True, True, False, True]
    assert "names the case 'A' again" in cases[1].problem
    assert "names the case 'a' and another one the case" in cases[4].problem
    assert "no identifier" in cases[2].problem


def test_paths_are_the_same_from_wherever_the_command_is_given(tmp_path, monkeypatch):
    path = table(tmp_path, "case,t1c,mask\nA,a.nii,s.nii\n")
    monkeypatch.chdir(tmp_path)
    assert cases_to_measure(path.name) == cases_to_measure(path)


@pytest.mark.parametrize("name", ["con", "AUX", "nul.1", "Com1"])
def test_a_patient_is_never_called_as_a_device_of_windows(name):
    assert Case(name).file_name.lower().startswith("case-")
    assert Case("con-1").file_name == "con-1"


def test_two_files_for_one_sequence_are_named(tmp_path):
    (tmp_path / "P").mkdir()
    for name in ("t1c.nii", "t1ce.nii"):
        (tmp_path / "P" / name).touch()
    (tmp_path / "Q").mkdir()
    first, second = cases_to_measure(tmp_path)
    assert "'t1c.nii' and 't1ce.nii'" in first.problem
    assert "holds no image" in second.problem


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("case,age\nA,5\n", "no column with image files"),
        ("case,t1c,T1 post,mask\nA,a.nii,b.nii,m.nii\n", "Two columns of the table stand for"),
        ("case,t1c,t1c\nA,a.nii,b.nii\n", "column 't1c' twice"),
        ("case,t1c\n", "has no rows"),
    ],
)
def test_tables_that_say_nothing_are_refused(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        cases_to_measure(table(tmp_path, text))


def test_a_workbook_given_as_a_table_is_refused_in_words(tmp_path):
    path = tmp_path / "cases.csv"
    path.write_bytes(b"PK\x03\x04\0\0\0")
    with pytest.raises(InputError, match="Save it as CSV"):
        cases_to_measure(path)
    with pytest.raises(InputError, match="does not exist"):
        cases_to_measure(tmp_path / "nowhere")
    with pytest.raises(InputError, match="holds no case"):
        cases_to_measure(tmp_path)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=60).map(str.strip), min_size=1, max_size=20))
def test_whatever_patients_are_called_their_files_are_apart_and_inside_the_folder(names):
    with tempfile.TemporaryDirectory() as folder:
        for case in {name: Case(name) for name in names}.values():
            path = Path(folder) / f"{case.file_name}.json"
            assert path.resolve().parent == Path(folder).resolve()
            assert not path.exists()
            path.touch()


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=("C", "Z")), min_size=1), min_size=1, max_size=9
    )
)
def test_no_row_of_a_table_is_lost(names):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(["patient", "t1c"])
            rows.writerows([name, "a.nii"] for name in names)
        cases = read_cases(path, lambda name: name)
        assert len(cases) == len(names)
        assert len({case.name for case in cases}) == len(names)


def test_what_a_spreadsheet_would_run_is_written_as_text(tmp_path):
    path = tmp_path / "out.csv"
    write_table(path, ["case", "reason"], [{"case": "=cmd()", "reason": "-5"}, {"case": "@x"}])
    _, rows = read_table(path)
    assert [row["case"] for row in rows] == ["'=cmd()", "'@x"]
    assert rows[0]["reason"] == "-5"

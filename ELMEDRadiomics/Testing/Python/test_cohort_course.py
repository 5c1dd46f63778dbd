"""The course's lab, re-run: its columns, its rounding, pyradiomics' values, on real studies."""

from __future__ import annotations

import csv
import os
import subprocess
import sys

import pytest

from ELMEDRadiomicsLib.cohort.course import DECIMALS, INTENSITIES, SHAPES, SUBJECT

PROGRAM = (sys.executable, "-m", "ELMEDLib.command", "cohort", "radiomics")
SEQUENCES = ("t1", "t1c", "t2", "flair")
FIRST = "msd-brats-001"
"""The first patient of the course."""


TITLES = ["SUBJECT ID", "Volume_label1", "Volume_label2", "Max3DDiameter_label1"]
TITLES += ["Max3DDiameter_label2"]


@pytest.fixture(scope="module")
def rows(cases, shared_data, tmp_path_factory):
    """The lab's table of four real studies, as the command writes it: a row by the patient."""
    folder = tmp_path_factory.mktemp("course")
    table = folder / "cases.csv"
    with table.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["SUBJECT ID", *SEQUENCES, "seg"])
        for study in (FIRST, *cases.COURSE_STUDIES):
            files = (shared_data / "glioma" / study / f"{name}.nii.gz" for name in SEQUENCES)
            writer.writerow([study, *files, shared_data / "glioma" / study / "seg.nii.gz"])
    done = subprocess.run(
        [*PROGRAM, str(table), "--preset", "course", "--workers", "0", "-o", str(folder / "out")],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with (folder / "out" / "course.csv").open(newline="") as file:
        return {row[SUBJECT]: row for row in csv.DictReader(file)}


def test_real_studies_give_the_columns_and_values_of_the_lab(rows, cases, references):
    assert list(rows) == [FIRST, *cases.COURSE_STUDIES]
    for study, found in rows.items():
        made = "msd course" if study == FIRST else f"{study} course"
        expected = {}
        for label in (1, 2):
            for title, feature in SHAPES.items():
                expected[f"{title}_label{label}"] = references[f"{made} t1 {label}"][feature]
            for sequence in SEQUENCES:
                values = references[f"{made} {sequence} {label}"]
                for title, feature in INTENSITIES.items():
                    expected[f"{sequence}_{title}_label{label}"] = values[feature]
        assert list(found)[:5] == TITLES
        assert set(found) == {SUBJECT, *expected}
        assert len(expected) == 28
        for title, value in expected.items():
            # Rounded to the lab's places; the engines agree to 1e-9, relative.
            limit = 0.5 * 10**-DECIMALS
            assert float(found[title]) == pytest.approx(value, rel=1e-9, abs=limit * 1.000001)
            assert float(found[title]) == round(float(found[title]), DECIMALS)

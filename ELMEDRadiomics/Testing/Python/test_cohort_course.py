"""The course's lab, re-run: its columns, its rounding, pyradiomics' values, on a real study."""

from __future__ import annotations

import csv
import os
import subprocess
import sys

import pytest

from ELMEDRadiomicsLib.cohort.course import DECIMALS, INTENSITIES, SHAPES, SUBJECT

PROGRAM = (sys.executable, "-m", "ELMEDLib.command", "cohort", "radiomics")
SEQUENCES = ("t1", "t1c", "t2", "flair")


def test_a_real_study_gives_the_columns_and_values_of_the_lab(shared_data, references, tmp_path):
    study = shared_data / "glioma" / "msd-brats-001"
    table = tmp_path / "cases.csv"
    with table.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["SUBJECT ID", *SEQUENCES, "seg"])
        rows.writerow(["BRATS_001", *(study / f"{name}.nii.gz" for name in (*SEQUENCES, "seg"))])
    done = subprocess.run(
        [*PROGRAM, str(table), "--preset", "course", "--workers", "0", "-o", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with (tmp_path / "out" / "course.csv").open(newline="") as file:
        (found,) = csv.DictReader(file)

    assert list(found)[:5] == [
        "SUBJECT ID",
        "Volume_label1",
        "Volume_label2",
        "Max3DDiameter_label1",
        "Max3DDiameter_label2",
    ]
    assert found[SUBJECT] == "BRATS_001"
    compared = 0
    for label in (1, 2):
        shape = references[f"msd course t1 {label}"]
        for title, feature in SHAPES.items():
            assert float(found[f"{title}_label{label}"]) == round(shape[feature], DECIMALS)
            compared += 1
        for sequence in SEQUENCES:
            expected = references[f"msd course {sequence} {label}"]
            for title, feature in INTENSITIES.items():
                value = float(found[f"{sequence}_{title}_label{label}"])
                assert value == pytest.approx(expected[feature], rel=1e-9, abs=0.5 * 10**-DECIMALS)
                compared += 1
    assert compared == len(found) - 1 == 28

"""Many patients segmented by `elmed cohort segment`, as a process of its own."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys

import pytest
import SimpleITK as sitk

pytest.importorskip("torch", reason="PyTorch is not installed")

from ELMEDLib.command import main

PROGRAM = (sys.executable, "-m", "ELMEDLib.command", "cohort", "segment")
MEASURING = ("--preset", "course", "--workers", "0")
CONTRASTS = ("t1", "t1c", "t2", "flair")


def run(*arguments):
    return subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        timeout=300,
        check=False,
    )


@pytest.fixture
def patients(phantom, tmp_path):
    """Three small patients in a folder; of the second, the FLAIR file is cut."""
    folder = tmp_path / "patients"
    for name in ("anna", "bert", "carl"):
        phantom(size=(24, 26, 22), spacing=(3.0, 3.0, 3.0)).write(folder / name)
    cut = folder / "bert" / "flair.nii.gz"
    cut.write_bytes(cut.read_bytes()[:2000])
    return folder


def summary(output):
    with (output / "summary.csv").open(newline="") as file:
        return {row["case"]: row for row in csv.DictReader(file)}


def test_each_patient_gets_labels_report_and_a_line_and_one_bad_one_does_not_stop_the_rest(
    patients, small_model, tmp_path
):
    output = tmp_path / "out"
    done = run(patients, "-o", output, "--model", small_model, "--workers", "1")
    assert done.returncode == 0, done.stderr
    assert "3 cases: 2 done, 1 failed." in done.stdout
    assert "Failed: bert: " in done.stderr
    lines = summary(output)
    assert [lines[name]["state"] for name in lines] == ["done", "failed", "done"]
    assert "cut off" in lines["bert"]["reason"]
    for name in ("anna", "carl"):
        line = lines[name]
        labels = sitk.ReadImage(str(output / line["labels"]))
        reference = sitk.ReadImage(str(patients / name / "t1c.nii.gz"))
        assert labels.GetSize() == reference.GetSize()
        assert labels.GetOrigin() == pytest.approx(reference.GetOrigin(), abs=1e-4)
        report = json.loads((output / line["report"]).read_text())
        assert float(line["WT_ml"]) == report["volumes_ml"]["WT"]
        assert float(line["seconds"]) > 0
    assert not (output / "bert").exists() or not list((output / "bert").iterdir())

    # Repaired and tried again: only the one that failed is worked on.
    before = {
        name: (output / name / "labels.nii.gz").stat().st_mtime_ns for name in ("anna", "carl")
    }
    whole = sitk.ReadImage(str(patients / "bert" / "t1.nii.gz"))
    sitk.WriteImage(
        sitk.Cast(whole, sitk.sitkFloat32) ** 2, str(patients / "bert" / "flair.nii.gz")
    )
    again = run(patients, "-o", output, "--model", small_model, "--retry-failed", "--workers", "0")
    assert again.returncode == 0, again.stderr
    assert "3 cases: 3 done, 0 failed, 2 of them in an earlier run." in again.stdout
    assert before == {
        name: (output / name / "labels.nii.gz").stat().st_mtime_ns for name in ("anna", "carl")
    }
    measured = subprocess.run(
        [*PROGRAM[:-1], "radiomics", output / "cases.csv", *MEASURING, "-o", tmp_path / "m"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert measured.returncode == 0, measured.stderr
    assert measured.stdout.startswith("3 cases: ")
    other = run(patients, "-o", output, "--model", small_model, "--keep-islands")
    assert other.returncode == 1
    assert "begun with other settings (postprocess)" in other.stderr


def test_a_table_names_the_files_and_what_is_missing_is_said(patients, small_model, tmp_path):
    table = tmp_path / "cases.csv"
    with table.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Subject ID", "T1", "T1 post", "T2", "T2 FLAIR"])
        rows.writerow(["S/1", *(f"patients/anna/{name}.nii.gz" for name in CONTRASTS)])
        rows.writerow(["S/2", *(f"patients/anna/{name}.nii.gz" for name in CONTRASTS[:3]), ""])
        rows.writerow(["S/3", *(f"patients/nobody/{name}.nii.gz" for name in CONTRASTS)])
    output = tmp_path / "out"
    done = run(table, "-o", output, "--model", small_model, "--workers", "0")
    assert done.returncode == 0, done.stderr
    lines = summary(output)
    assert lines["S/1"]["state"] == "done"
    labels = output / lines["S/1"]["labels"]
    assert labels.is_file()
    assert labels.resolve().parent.parent == output.resolve()
    assert "FLAIR" in lines["S/2"]["reason"]
    assert "does not exist" in lines["S/3"]["reason"]


def test_a_run_in_which_every_case_fails_does_not_end_well(patients, small_model, tmp_path):
    for name in ("anna", "carl"):
        (patients / name / "t1.nii.gz").write_bytes(b"")
    done = run(patients, "-o", tmp_path / "out", "--model", small_model, "--workers", "0")
    assert done.returncode == 1
    assert "3 cases: 0 done, 3 failed." in done.stdout
    assert "Every case failed." in done.stderr


def test_a_model_that_is_not_there_is_told_before_anything_is_written(patients, tmp_path):
    done = run(patients, "-o", tmp_path / "out", "--model", "nobody")
    assert done.returncode == 1
    assert "There is no model 'nobody'" in done.stderr
    assert not (tmp_path / "out").exists()


def test_results_never_take_the_place_of_what_patients_folders_and_the_table_hold(
    patients, tmp_path, capsys
):
    before = {path: path.read_bytes() for path in patients.rglob("*") if path.is_file()}
    assert main(["cohort", "segment", str(patients), "-o", str(patients)]) == 1
    assert "into the patients' own folders" in capsys.readouterr().err
    table = tmp_path / "out" / "cases.csv"
    table.parent.mkdir()
    table.write_text("case,t1,t1c,t2,flair\nanna,a,b,c,d\n")
    assert main(["cohort", "segment", str(table), "-o", str(table.parent)]) == 1
    assert "would be replaced" in capsys.readouterr().err
    assert table.read_text().endswith("anna,a,b,c,d\n")
    assert {path: path.read_bytes() for path in patients.rglob("*") if path.is_file()} == before

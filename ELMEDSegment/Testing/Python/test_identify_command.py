"""`elmed identify` and `elmed segment FOLDER`, as a user runs them."""

from __future__ import annotations

import json

import pytest
import SimpleITK as sitk

pytest.importorskip("pydicom", reason="pydicom is not installed")

from dicom_studies import HEADERS, Examination
from ELMEDLib.command import main
from ELMEDSegmentLib.geometry import Grid, difference
from ELMEDSegmentLib.labels import CHANNELS


@pytest.fixture(scope="module")
def folder(project, tmp_path_factory):
    """A DICOM study on 5 mm voxels, with a second FLAIR of fewer slices."""
    folder = tmp_path_factory.mktemp("dicom")
    examination = Examination()
    for channel in CHANNELS:
        path = project / "Resources" / "SampleStudy" / f"{channel}.nii.gz"
        image = sitk.Shrink(sitk.ReadImage(str(path)), [4, 4, 4])
        examination.write(image, folder / f"series-{channel}", HEADERS[channel])
    thick = sitk.Shrink(image, [1, 1, 2])
    examination.write(thick, folder / "flair", HEADERS["flair"] | {"SeriesDescription": "FLAIR"})
    return folder


def test_identify_prints_a_table_with_confidence_and_reason(folder, tmp_path, capsys):
    assert main(["identify", str(folder), "--json", str(tmp_path / "found.json")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["Volume", "Contrast", "Confidence", "Reason"]
    (row,) = [line for line in lines if "contrast-enhanced T1" in line]
    assert "the header names a contrast agent" in row
    assert "%" in row
    assert any("Two volumes look like FLAIR" in line and "finer" in line for line in lines)
    found = json.loads((tmp_path / "found.json").read_text())
    assert [row["channel"] for row in found["volumes"]] == [*CHANNELS, ""]
    assert all(row["instances"] for row in found["volumes"])


def test_segment_takes_a_folder_and_reports_how_it_was_recognised(
    folder, small_model, tmp_path, capsys
):
    output, report = tmp_path / "labels.nii.gz", tmp_path / "report.json"
    arguments = ["segment", str(folder), "-o", str(output), "--report", str(report)]
    assert main([*arguments, "--model", str(small_model), "--device", "cpu"]) == 0
    labels = sitk.ReadImage(str(output))
    reference = sitk.ImageSeriesReader()
    reference.SetFileNames([str(p) for p in sorted((folder / "series-t1c").iterdir())])
    assert difference(Grid.of(labels), Grid.of(reference.Execute())) == ""
    findings = json.loads(report.read_text())["findings"]
    recognised = [each for each in findings if each["topic"] == "channel"]
    assert [each["channels"] for each in recognised] == [[channel] for channel in CHANNELS]
    assert all("confidence of" in each["sentence"] and each["action"] for each in recognised)
    text = report.read_text() + capsys.readouterr().err
    assert not any(secret in text for secret in ("Doe", "4711", "20240229"))


def test_a_file_that_the_user_names_goes_before_what_was_recognised(
    folder, project, small_model, tmp_path
):
    path = project / "Resources" / "SampleStudy" / "t1c.nii.gz"
    own = sitk.Shrink(sitk.ReadImage(str(path)), [4, 4, 4]) * 2
    sitk.WriteImage(own, str(tmp_path / "mine.nrrd"))
    output, report = tmp_path / "labels.nrrd", tmp_path / "report.json"
    arguments = ["segment", str(folder), "--t1c", str(tmp_path / "mine.nrrd"), "-o", str(output)]
    arguments += ["--report", str(report), "--model", str(small_model), "--device", "cpu"]
    assert main(arguments) == 0
    findings = json.loads(report.read_text())["findings"]
    recognised = [each["channels"] for each in findings if each["topic"] == "channel"]
    assert recognised == [["t1"], ["t2"], ["flair"]]


def test_a_folder_without_the_four_contrasts_is_refused_with_advice(
    folder, small_model, tmp_path, capsys
):
    output = tmp_path / "labels.nii.gz"
    one = str(folder / "series-t1")
    assert main(["segment", one, "-o", str(output), "--model", str(small_model)]) == 1
    assert "elmed identify" in capsys.readouterr().err
    assert not output.exists()

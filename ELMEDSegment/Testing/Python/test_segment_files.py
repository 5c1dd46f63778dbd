"""Results are whole or not there, and what was there before is kept until then."""

from __future__ import annotations

import json

import pytest
import SimpleITK as sitk

from ELMEDLib.errors import CancelledError, InputError, ModelError, OutputError
from ELMEDLib.progress import no_progress
from ELMEDSegmentLib.tasks import segment_files


@pytest.fixture
def request_for(phantom, small_model, tmp_path):
    """Make the arguments of a run on a phantom that is on disk."""
    paths = phantom(size=(40, 42, 38), spacing=(2.0, 2.0, 2.0)).write(tmp_path / "study")

    def make(output, **more):
        volumes = {name: str(path) for name, path in paths.items() if name != "seg"}
        options = {"device": "cpu"}
        return {
            "volumes": volumes,
            "model": str(small_model),
            "output": str(output),
            "options": options,
            **more,
        }

    return make


def files_in(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", ["labels.nii.gz", "labels.nrrd", "labels.seg.nrrd"])
def test_labels_and_report_are_written(request_for, tmp_path, name):
    output = tmp_path / "new" / "folder" / name
    report = output.parent / "report.json"

    result = segment_files(request_for(output, report=str(report)), no_progress)

    assert files_in(output.parent) == sorted([name, "report.json"])
    assert sitk.ReadImage(str(output)).GetSize() == (40, 42, 38)
    written = json.loads(report.read_text())
    assert written["volumes_ml"] == result["volumes_ml"]
    assert "Research use only" in written["notice"]


def test_a_slicer_segmentation_has_names_and_codes(request_for, tmp_path):
    output = tmp_path / "labels.seg.nrrd"
    segment_files(request_for(output), no_progress)
    image = sitk.ReadImage(str(output))
    assert image.GetMetaData("Segment2_Name") == "Enhancing tumour"
    assert "C113842" in image.GetMetaData("Segment2_Tags")


def test_report_names_no_file_of_the_patient(request_for, tmp_path):
    report = tmp_path / "out" / "report.json"
    segment_files(request_for(tmp_path / "out" / "x.nrrd", report=str(report)), no_progress)
    assert "study" not in report.read_text()
    assert str(tmp_path) not in report.read_text()


@pytest.mark.parametrize("stage", ["reading", "model", "preparation", "inference", "writing"])
def test_cancelled_run_leaves_what_was_there(request_for, tmp_path, stage):
    output = tmp_path / "out" / "labels.nii.gz"
    output.parent.mkdir()
    output.write_bytes(b"the earlier result")

    def cancel(reached, fraction, message):
        if reached == stage:
            raise CancelledError("Cancelled.")

    with pytest.raises(CancelledError):
        segment_files(request_for(output), cancel)
    assert files_in(output.parent) == ["labels.nii.gz"]
    assert output.read_bytes() == b"the earlier result"


def test_failed_run_leaves_nothing(request_for, tmp_path):
    arguments = request_for(tmp_path / "out" / "labels.nii.gz")
    arguments["volumes"]["t2"] = arguments["volumes"]["t1"]
    with pytest.raises(InputError):
        segment_files(arguments, no_progress)
    assert files_in(tmp_path / "out") == []


def test_failed_model_leaves_nothing(request_for, small_model, tmp_path):
    small_model.with_suffix(".pt").write_bytes(b"damaged")
    with pytest.raises(ModelError):
        segment_files(request_for(tmp_path / "out" / "labels.nii.gz"), no_progress)
    assert files_in(tmp_path / "out") == []


def test_folder_that_cannot_be_made_is_told_before_the_work(request_for, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    stages = []
    with pytest.raises(OutputError, match="cannot be written"):
        segment_files(
            request_for(tmp_path / "file" / "labels.nii.gz"),
            lambda stage, fraction, message: stages.append(stage),
        )
    assert stages == []


def test_output_that_is_a_folder_is_refused(request_for, tmp_path):
    (tmp_path / "labels.nii.gz").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        segment_files(request_for(tmp_path / "labels.nii.gz"), no_progress)


def test_unknown_format_is_refused(request_for, tmp_path):
    with pytest.raises(OutputError, match="image format"):
        segment_files(request_for(tmp_path / "labels.docx"), no_progress)


def test_progress_only_rises_and_ends_at_one(request_for, tmp_path):
    fractions = []
    segment_files(
        request_for(tmp_path / "labels.nii.gz"),
        lambda stage, fraction, message: fractions.append(fraction),
    )
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_model_replaced_on_disk_is_read_again(request_for, small_model, tmp_path):
    segment_files(request_for(tmp_path / "labels.nii.gz"), no_progress)
    small_model.with_suffix(".pt").write_bytes(b"damaged")
    small_model.write_text(small_model.read_text() + " ")
    with pytest.raises(ModelError):
        segment_files(request_for(tmp_path / "labels.nii.gz"), no_progress)

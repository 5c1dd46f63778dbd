"""Other programs read what is exported: real files, read back by the programs' own libraries."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import SimpleITK as sitk

from ELMEDLib.command import main
from ELMEDLib.errors import InputError, OutputError
from ELMEDLib.progress import no_progress
from ELMEDSegmentLib.evaluation import compare_files
from ELMEDSegmentLib.exporting.service import export
from ELMEDSegmentLib.report import count_voxels
from ELMEDSegmentLib.terminology import GLIOMA_SEGMENTS, REGION_SEGMENTS

RUN = {"model": {"name": "x", "title": "Some model", "sha256": "ab" * 32}, "warnings": ["careful"]}
BOX = (slice(30, 110), slice(40, 130), slice(40, 90))
"""A part of the sample study with its tumour: fewer slices to write."""


@pytest.fixture(scope="module")
def study(sample_study, tmp_path_factory):
    """Labels and T1c of a part of the sample study, tilted as scans often are."""
    folder = tmp_path_factory.mktemp("study")
    turn = sitk.Euler3DTransform((0, 0, 0), 0.2, -0.1, 0.3)
    images = {}
    for name in ("t1c", "seg"):
        image = sitk.ReadImage(str(sample_study[name]))[BOX]
        image.SetDirection(turn.GetMatrix())
        sitk.WriteImage(image, str(folder / f"{name}.nii.gz"))
        images[name] = image
    assert len(np.unique(sitk.GetArrayViewFromImage(images["seg"]))) == 4
    (folder / "run.json").write_text(json.dumps(RUN))
    return folder


@pytest.fixture(scope="module")
def series(study, write_series):
    """The T1c as a DICOM series, with a file that is no DICOM beside it."""
    folder = study / "series"
    write_series(sitk.ReadImage(str(study / "t1c.nii.gz")), folder)
    (folder / "README.txt").write_text("not DICOM")
    return folder


def run(study, output, **more):
    return export({"labels": str(study / "seg.nii.gz"), "output": str(output), **more}, no_progress)


def array(path):
    return sitk.GetArrayFromImage(sitk.ReadImage(str(path)))


@pytest.mark.parametrize("old", [False, True])
def test_nifti_has_the_labels_of_brats(study, tmp_path, old):
    done = run(study, tmp_path / "out.nii.gz", old_labels=old)
    found, truth = array(tmp_path / "out.nii.gz"), array(study / "seg.nii.gz")
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found == (4 if old else 3), truth == 3)
    np.testing.assert_array_equal(found > 0, truth > 0)
    assert json.loads((tmp_path / "out.json").read_text())["exported"]["labels"] == {
        "necrotic_core": 1,
        "oedema": 2,
        "enhancing_tumour": 4 if old else 3,
    }
    # Whoever gives old labels back gets the new ones.
    assert compare_files(tmp_path / "out.nii.gz", study / "seg.nii.gz").scores["dice"]["ET"] == 1
    assert done["volumes_ml"]["ET"] > 1


def test_the_report_of_the_run_goes_beside_with_what_was_exported(study, tmp_path):
    done = run(study, tmp_path / "out.seg.nrrd", report=str(study / "run.json"))
    written = json.loads((tmp_path / "out.json").read_text())
    assert written["model"] == RUN["model"]
    assert written["warnings"] == ["careful"]
    assert written["exported"]["volumes_ml"] == done["volumes_ml"]
    assert "Research use only" in written["notice"]


def test_the_report_of_the_run_is_not_lost_when_its_labels_are_exported_beside_it(study, tmp_path):
    voxels = count_voxels(array(study / "seg.nii.gz"))
    beside = tmp_path / "out.json"
    beside.write_text(json.dumps({**RUN, "voxels": voxels}))
    run(study, tmp_path / "out.seg.nrrd")
    written = json.loads(beside.read_text())
    assert written["model"] == RUN["model"]
    assert written["exported"]["changed_since_the_run"] is False
    run(study, tmp_path / "out.nii.gz")  # an export's own report is replaced

    for other in ('{"voxels": {"oedema": 1}}', '{"EchoTime": 0.1}', "no JSON"):
        beside.write_text(other)
        (tmp_path / "out.nii.gz").unlink(missing_ok=True)
        with pytest.raises(OutputError, match="tells of something else"):
            run(study, tmp_path / "out.nii.gz")
        assert beside.read_text() == other
        assert not (tmp_path / "out.nii.gz").exists()


@pytest.mark.parametrize("regions", [[], ["WT", "TC"]], ids=["tissues", "regions"])
def test_slicer_reads_names_colours_codes_and_voxels(slicer, study, tmp_path, regions):
    run(study, tmp_path / "out.seg.nrrd", regions=regions)

    node = slicer.vtkMRMLSegmentationNode()
    slicer.mrmlScene.AddNode(node)
    storage = slicer.vtkMRMLSegmentationStorageNode()
    slicer.mrmlScene.AddNode(storage)
    storage.SetFileName(str(tmp_path / "out.seg.nrrd"))
    assert storage.ReadData(node)

    from ELMEDLib.bridge.segment_images import segmentImage

    expected = [*GLIOMA_SEGMENTS, *(REGION_SEGMENTS[name] for name in regions)]
    segmentation = node.GetSegmentation()
    assert list(segmentation.GetSegmentIDs()) == [kind.identifier for kind in expected]
    truth = sitk.ReadImage(str(study / "seg.nii.gz"))
    labels = {"whole_tumour": (1, 2, 3), "tumour_core": (1, 3)}
    for kind in expected:
        segment = segmentation.GetSegment(kind.identifier)
        assert segment.GetName() == kind.name
        assert segment.GetColor() == pytest.approx(kind.colour, abs=1e-3)
        assert segment_tag(segment) == kind.terminology
        image = segmentImage(node, kind.identifier)
        placed = sitk.Resample(image, truth, sitk.Transform(), sitk.sitkNearestNeighbor)
        values = labels.get(kind.identifier, (kind.label,))
        np.testing.assert_array_equal(
            sitk.GetArrayFromImage(placed) > 0, np.isin(sitk.GetArrayFromImage(truth), values)
        )


def segment_tag(segment):
    import vtk

    value = vtk.reference("")
    assert segment.GetTag(segment.GetTerminologyEntryTagName(), value)
    return str(value)


def test_dicom_seg_holds_the_voxels_codes_and_the_patient(study, series, tmp_path):
    hd = pytest.importorskip("highdicom", reason="highdicom is not installed")
    import pydicom

    run(study, tmp_path / "out.dcm", series=str(series), regions=["WT"], report=RUN)

    seg = hd.seg.segread(tmp_path / "out.dcm")
    truth = array(study / "seg.nii.gz")
    headers = [pydicom.dcmread(path) for path in series.iterdir() if path.suffix != ".txt"]
    headers.sort(key=lambda header: int(header.InstanceNumber))
    frames = seg.get_pixels_by_source_instance(
        [header.SOPInstanceUID for header in headers],
        ignore_spatial_locations=True,
        assert_missing_frames_are_empty=True,
    )
    kinds = [*GLIOMA_SEGMENTS, REGION_SEGMENTS["WT"]]
    for number, kind in enumerate(kinds, start=1):
        values = (1, 2, 3) if kind.identifier == "whole_tumour" else (kind.label,)
        np.testing.assert_array_equal(frames[..., number - 1] > 0, np.isin(truth, values))
        described = seg.get_segment_description(number)
        assert described.segment_label == kind.name
        assert described.segmented_property_type.value == kind.type.value
        assert described.segmented_property_type.scheme_designator == kind.type.scheme
        assert described.segmented_property_category.value == kind.category.value
        assert described.AnatomicRegionSequence[0].CodeValue == kind.region.value
        colour = hd.color.CIELabColor.from_dicom_value(described.RecommendedDisplayCIELabValue)
        assert colour.to_rgb() == pytest.approx([255 * part for part in kind.colour], abs=3)
    assert seg.PatientID == "4711"
    assert seg.StudyInstanceUID == headers[0].StudyInstanceUID
    assert seg.FrameOfReferenceUID == headers[0].FrameOfReferenceUID
    assert seg.ReferencedSeriesSequence[0].SeriesInstanceUID == headers[0].SeriesInstanceUID
    algorithm = seg.SegmentSequence[0].SegmentationAlgorithmIdentificationSequence[0]
    assert algorithm.AlgorithmName == "Some model"
    # Patients are in the DICOM object, where they belong, and not in the report beside it.
    assert "4711" not in (tmp_path / "out.json").read_text()


@pytest.mark.parametrize("changed", [False, True])
def test_what_a_person_has_changed_is_not_called_automatic(study, series, tmp_path, changed):
    hd = pytest.importorskip("highdicom", reason="highdicom is not installed")
    voxels = count_voxels(array(study / "seg.nii.gz"))
    voxels["oedema"] += changed
    run(study, tmp_path / "out.dcm", series=str(series), report={**RUN, "voxels": voxels})
    kind = hd.seg.segread(tmp_path / "out.dcm").SegmentSequence[0].SegmentAlgorithmType
    assert kind == ("SEMIAUTOMATIC" if changed else "AUTOMATIC")
    exported = json.loads((tmp_path / "out.json").read_text())["exported"]
    assert exported["changed_since_the_run"] is changed


def test_labels_on_a_flipped_grid_reach_the_same_places(study, series, tmp_path):
    """NIfTI files of a series often run the other way along an axis."""
    hd = pytest.importorskip("highdicom", reason="highdicom is not installed")
    flipped = sitk.Flip(sitk.ReadImage(str(study / "seg.nii.gz")), (True, False, True))
    sitk.WriteImage(flipped, str(tmp_path / "flipped.nii.gz"))
    for name in ("seg", "flipped"):
        labels = (study if name == "seg" else tmp_path) / f"{name}.nii.gz"
        export(
            {
                "labels": str(labels),
                "output": str(tmp_path / f"{name}.dcm"),
                "series": str(series),
            },
            no_progress,
        )
    first, second = (hd.seg.segread(tmp_path / f"{name}.dcm") for name in ("seg", "flipped"))
    np.testing.assert_array_equal(first.pixel_array, second.pixel_array)


def test_a_real_series_of_a_scanner_is_referred_to(shared_data, tmp_path):
    hd = pytest.importorskip("highdicom", reason="highdicom is not installed")
    folder = shared_data / "dicom-series"
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    scan = reader.Execute()
    labels = np.zeros(scan.GetSize()[::-1], np.uint8)
    labels[5:12, 100:140, 90:150] = 2
    labels[7:10, 110:130, 100:140] = 3
    image = sitk.GetImageFromArray(labels)
    image.CopyInformation(scan)
    sitk.WriteImage(image, str(tmp_path / "labels.nrrd"))
    export(
        {
            "labels": str(tmp_path / "labels.nrrd"),
            "output": str(tmp_path / "out.dcm"),
            "series": str(folder),
        },
        no_progress,
    )
    seg = hd.seg.segread(tmp_path / "out.dcm")
    assert [seg.get_segment_description(n).segment_label for n in seg.segment_numbers] == [
        "Oedema",
        "Enhancing tumour",
    ]
    assert np.count_nonzero(seg.pixel_array) == np.count_nonzero(labels)
    assert seg.NumberOfFrames == 7 + 3


def test_the_command_exports(study, series, tmp_path, capsys):
    labels = str(study / "seg.nii.gz")
    out = tmp_path / "new" / "t.dcm"
    assert main(["export", labels, "-o", str(out), "--series", str(series)]) == 0
    assert "DICOM SEG" in capsys.readouterr().out
    assert out.is_file()
    assert main(["export", labels, "-o", str(tmp_path / "t.dcm")]) == 1
    assert "Give the folder of the series" in capsys.readouterr().err


def test_series_that_do_not_fit_are_refused(study, series, write_series, tmp_path):
    def refused(folder, match):
        output = tmp_path / "out" / "out.dcm"
        with pytest.raises(InputError, match=match):
            run(study, output, series=str(folder))
        assert not output.exists()
        assert not output.with_suffix(".json").exists()

    scan = sitk.ReadImage(str(study / "t1c.nii.gz"))
    two = tmp_path / "two"
    write_series(scan[:, :, :3], two)
    write_series(scan[:, :, 3:6], two / "more")
    for path in (two / "more").iterdir():
        shutil.copy(path, two / f"b-{path.name}")
    refused(two, "2 series")

    gap = tmp_path / "gap"
    files = write_series(scan[:, :, 20:28], gap)
    files[3].unlink()
    refused(gap, "not the slices of one volume")

    elsewhere = tmp_path / "elsewhere"
    write_series(scan[:, :, :4], elsewhere)
    refused(elsewhere, "of the tumour lies within the DICOM series")

    empty = tmp_path / "empty"
    empty.mkdir()
    refused(empty, "no DICOM image")
    refused(tmp_path / "nowhere", "does not exist")


def test_what_is_no_segmentation_of_a_glioma_is_refused(study, tmp_path):
    with pytest.raises(InputError, match="has the label"):
        export(
            {"labels": str(study / "t1c.nii.gz"), "output": str(tmp_path / "out.nii.gz")},
            no_progress,
        )
    with pytest.raises(OutputError, match="does not end in a format"):
        run(study, tmp_path / "out.png")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_segmentation_is_no_dicom_seg(study, series, tmp_path):
    image = sitk.ReadImage(str(study / "seg.nii.gz")) * 0
    sitk.WriteImage(image, str(tmp_path / "empty.nii.gz"))
    with pytest.raises(InputError, match="is empty"):
        export(
            {
                "labels": str(tmp_path / "empty.nii.gz"),
                "output": str(tmp_path / "out.dcm"),
                "series": str(series),
            },
            no_progress,
        )

"""A study in a folder: DICOM series as scanners send them, or image files, found and read."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("pydicom", reason="pydicom is not installed")

from dicom_studies import HEADERS, Examination
from ELMEDLib.errors import InputError
from ELMEDSegmentLib.geometry import Grid, difference
from ELMEDSegmentLib.inputs.dicom_headers import read_header
from ELMEDSegmentLib.inputs.dicom_series import read_series
from ELMEDSegmentLib.inputs.folder_study import find_study, read_folder_study
from ELMEDSegmentLib.inputs.identifying import identify_folder
from ELMEDSegmentLib.labels import CHANNELS


@pytest.fixture(scope="module")
def small(project):
    """The sample study on 5 mm voxels: enough to be told by its images, quick to write."""
    folder = project / "Resources" / "SampleStudy"
    return {
        channel: sitk.Shrink(sitk.ReadImage(str(folder / f"{channel}.nii.gz")), [4, 4, 4])
        for channel in CHANNELS
    }


@pytest.fixture(scope="module")
def dicom(small, tmp_path_factory):
    """One folder with the four series, shuffled, a localizer, a diffusion series and a text."""
    folder = tmp_path_factory.mktemp("dicom")
    examination = Examination()
    localizer = {
        "SeriesDescription": "localizer",
        "ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"],
    }
    examination.write(small["t1"][:, :, 10:13], folder / "all", localizer)
    for channel in ("flair", "t2", "t1", "t1c"):
        examination.write(small[channel], folder / "all", HEADERS[channel], shuffled=True)
    diffusion = HEADERS["t2"] | {"SeriesDescription": "ep2d", "DiffusionBValue": 1000.0}
    examination.write(small["t2"], folder / "all" / "more", diffusion)
    (folder / "all" / "README.txt").write_text("exported")
    return folder / "all"


def test_four_dicom_series_in_one_folder_are_recognised(dicom):
    found = find_study(dicom)
    names = {channel: volume.name for channel, volume in found.chosen().items()}
    assert names == {channel: HEADERS[channel]["SeriesDescription"] for channel in CHANNELS}
    guesses = found.identification.guesses
    assert all(guess.source == "DICOM" for guess in guesses.values())
    assert found.volumes[guesses["t1c"].index].facts.agent
    assert not found.volumes[guesses["t1"].index].facts.agent
    reasons = [found.identification.left_out[index] for index in (0, 5)]
    assert reasons == ["it is a localizer", "it is weighted by diffusion"]


def test_dicom_series_are_read_in_the_place_where_they_were_scanned(dicom, small):
    for channel, volume in find_study(dicom).chosen().items():
        image = volume.read(channel)
        assert difference(Grid.of(image), Grid.of(small[channel])) == ""
        assert np.array_equal(
            sitk.GetArrayViewFromImage(image), sitk.GetArrayViewFromImage(small[channel])
        )


def test_an_oblique_sagittal_series_keeps_its_place(small, tmp_path):
    image = sitk.PermuteAxes(small["t1"], [1, 2, 0])
    image.SetDirection(
        (np.reshape(image.GetDirection(), (3, 3)).T @ _turned(0.3)).T.ravel().tolist()
    )
    Examination().write(image, tmp_path, HEADERS["t1"], shuffled=True)
    read = find_study(tmp_path).volumes[0].read()
    corners = [_range(Grid.of(each).corners()) for each in (read, image)]
    assert np.allclose(*corners, atol=0.01)
    point = image.TransformIndexToPhysicalPoint((9, 20, 15))
    assert read[read.TransformPhysicalPointToIndex(point)] == image[9, 20, 15]


def _turned(angle):
    return np.array(
        [[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]]
    )


def _range(corners):
    return np.concatenate([corners.min(axis=0), corners.max(axis=0)])


def test_a_series_without_one_of_its_slices_is_left_out(small, tmp_path):
    paths = Examination().write(small["t1"], tmp_path, HEADERS["t1"])
    paths[12].unlink()
    found = find_study(tmp_path)
    assert not found.chosen()
    assert "not evenly spaced" in found.identification.left_out[0]


def test_a_short_series_and_a_series_in_time_are_left_out(small, tmp_path):
    examination = Examination()
    examination.write(small["t1"][:, :, :5], tmp_path / "short", HEADERS["t1"])
    twice = examination.write(small["t2"], tmp_path / "time", HEADERS["t2"])
    _write_again(twice, tmp_path / "time" / "again")
    reasons = find_study(tmp_path).identification.left_out
    assert reasons == {
        0: "it has only 5 slices",
        1: "it has several images at the same place (a series in time)",
    }


def _write_again(paths, folder):
    folder.mkdir()
    for path in paths:
        shutil.copy(path, folder / path.name)


def test_two_echoes_of_one_series_are_two_volumes(small, tmp_path):
    import pydicom
    from pydicom.uid import generate_uid

    header = {"SeriesDescription": "PD T2 tra", "ScanningSequence": "SE", "RepetitionTime": 3000}
    paths = Examination().write(small["t2"], tmp_path, header | {"EchoTime": 15})
    for path in paths:
        data = pydicom.dcmread(path)
        data.EchoTime, data.SOPInstanceUID = 95, generate_uid()
        data.save_as(path.with_name(f"{path.name}-2"))
    found = find_study(tmp_path)
    assert len(found.volumes) == 2
    assert found.chosen()["t2"].facts.echo_ms == 95


def test_series_of_two_patients_are_refused(small, tmp_path):
    Examination().write(small["t1"], tmp_path / "a", HEADERS["t1"])
    other = Examination(patient={"PatientName": "Roe^Richard", "PatientID": "MRN-12"})
    other.write(small["t2"], tmp_path / "b", HEADERS["t2"])
    with pytest.raises(InputError, match="series of 2 patients") as caught:
        find_study(tmp_path)
    assert "MRN" not in str(caught.value)


def test_days_between_series_are_reported_and_dates_are_not(small, tmp_path):
    first, later = Examination(), Examination(date="20240403")
    for channel in CHANNELS:
        examination = later if channel == "flair" else first
        examination.write(small[channel], tmp_path / channel, HEADERS[channel])
    study = read_folder_study(tmp_path, preparing=True)
    (finding,) = [finding for finding in study.findings if finding.topic == "time"]
    assert "taken 34 days apart" in finding.sentence
    assert str(finding) in study.warnings
    text = " ".join(map(str, study.findings))
    assert not any(secret in text for secret in ("2024", "Doe", "4711"))


def test_series_of_two_examinations_are_remarked(small, tmp_path):
    for date, channel in (("20240229", "t1"), ("20240403", "t2")):
        Examination(date=date).write(small[channel], tmp_path / channel, HEADERS[channel])
    remarks = find_study(tmp_path).identification.remarks
    assert remarks[0].startswith("The folder holds series of 2 examinations")


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    changes=st.lists(st.tuples(st.integers(132, 1100), st.integers(0, 255)), max_size=6),
    length=st.integers(0, 1500),
)
def test_a_broken_header_is_passed_over(small, tmp_path, changes, length):
    """Whatever a file holds, looking for headers neither fails nor hangs."""
    path = tmp_path / "one"
    if not path.exists():
        Examination().write(small["t1"][:, :, :1], tmp_path / "whole", {})[0].rename(path)
    content = bytearray(path.read_bytes()[:length])
    for place, value in changes:
        if place < len(content):
            content[place] = value
    broken = tmp_path / "broken"
    broken.write_bytes(content)
    header = read_header(broken)
    assert header is None or header.size[0] > 0


@pytest.mark.filterwarnings("ignore:.*VR")
def test_odd_values_of_a_patient_do_not_come_into_the_log(small, tmp_path, caplog):
    odd = Examination(patient={"PatientID": "MRN 4711 ä" * 9})
    (path, *_) = odd.write(small["t1"][:, :, :2], tmp_path, {"SeriesInstanceUID": "Doe^Jane"})
    caplog.clear()
    with caplog.at_level("DEBUG"):
        assert read_header(path).series == "Doe^Jane"
    assert "4711" not in caplog.text
    assert "Doe" not in caplog.text


def test_an_enhanced_multi_frame_object_is_one_volume(small, tmp_path):
    _write_enhanced(small["flair"], tmp_path / "flair.dcm")
    found = find_study(tmp_path)
    (volume,) = found.volumes
    assert volume.facts.inversion_ms == 2500
    assert found.identification.guesses["flair"].source == "DICOM"
    image = volume.read("flair")
    assert difference(Grid.of(image), Grid.of(small["flair"])) == ""
    assert np.array_equal(
        sitk.GetArrayViewFromImage(image), sitk.GetArrayViewFromImage(small["flair"])
    )


def _write_enhanced(image, path):
    """Write an image as one Enhanced MR object, with the functional groups that place it."""
    import pydicom
    from pydicom.dataset import Dataset
    from pydicom.sequence import Sequence
    from pydicom.uid import EnhancedMRImageStorage

    (first, *_) = Examination().write(image, path.parent / "classic", {"SeriesDescription": "S5"})
    data = pydicom.dcmread(first)
    shutil.rmtree(path.parent / "classic")

    def group(**values):
        item = Dataset()
        for keyword, value in values.items():
            setattr(item, keyword, value)
        return Sequence([item])

    shared = Dataset()
    shared.PlaneOrientationSequence = group(ImageOrientationPatient=data.ImageOrientationPatient)
    shared.PixelMeasuresSequence = group(
        PixelSpacing=data.PixelSpacing, SliceThickness=data.SliceThickness
    )
    shared.MREchoSequence = group(EffectiveEchoTime=120.0)
    shared.MRTimingAndRelatedParametersSequence = group(RepetitionTime=9000.0)
    shared.MRModifierSequence = group(InversionTimes=2500.0)
    frames = []
    for index in range(image.GetSize()[2]):
        frame = Dataset()
        place = [round(v, 6) for v in image.TransformIndexToPhysicalPoint((0, 0, index))]
        frame.PlanePositionSequence = group(ImagePositionPatient=place)
        frame.FrameContentSequence = group(
            StackID="1", InStackPositionNumber=index + 1, DimensionIndexValues=[1, index + 1]
        )
        frames.append(frame)
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
        delattr(data, keyword)
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID = EnhancedMRImageStorage
    data.SharedFunctionalGroupsSequence = Sequence([shared])
    data.PerFrameFunctionalGroupsSequence = Sequence(frames)
    data.NumberOfFrames = len(frames)
    data.PixelData = sitk.GetArrayFromImage(image).astype(np.int16).tobytes()
    data.save_as(path)


def test_image_files_are_recognised_by_name(small, tmp_path):
    names = {"t1": "P1_t1", "t1c": "P1_t1ce", "t2": "P1_t2", "flair": "P1_flair"}
    for channel, name in names.items():
        sitk.WriteImage(small[channel], str(tmp_path / f"{name}.nii.gz"))
    sitk.WriteImage(sitk.Cast(small["t1"] > 0, sitk.sitkUInt8), str(tmp_path / "P1_seg.nii.gz"))
    found = find_study(tmp_path)
    assert {channel: volume.name for channel, volume in found.chosen().items()} == names
    assert set(read_folder_study(tmp_path).images) == set(CHANNELS)


def test_files_without_telling_names_are_recognised_by_their_images_and_warned_about(
    small, tmp_path
):
    order = ("t2", "flair", "t1c", "t1")
    for number, channel in enumerate(order):
        sitk.WriteImage(small[channel], str(tmp_path / f"volume{number}.nrrd"))
    study = read_folder_study(tmp_path)
    for channel, image in study.images.items():
        assert np.array_equal(
            sitk.GetArrayViewFromImage(image), sitk.GetArrayViewFromImage(small[channel])
        )
    warned = [finding for finding in study.findings if finding.topic == "channel"]
    assert {finding.severity for finding in warned} == {"warning"}
    assert all("brightness beside the other volumes" in f.sentence for f in warned)


def test_a_sidecar_of_dcm2niix_tells_what_the_name_does_not(small, tmp_path):
    sitk.WriteImage(small["t2"], str(tmp_path / "S12.nii.gz"))
    values = {
        "Modality": "MR",
        "SeriesDescription": "S12",
        "ScanningSequence": "SE",
        "EchoTime": 0.098,
        "RepetitionTime": 5.2,
    }
    (tmp_path / "S12.json").write_text(json.dumps(values))
    guess = find_study(tmp_path).identification.guesses["t2"]
    assert "TE 98, TR 5200 ms make T2" in guess.reason


def test_a_missing_contrast_is_refused_unless_it_is_optional(small, tmp_path):
    for channel in ("t1", "t1c", "t2"):
        sitk.WriteImage(small[channel], str(tmp_path / f"{channel}.nii.gz"))
    with pytest.raises(InputError, match="recognised as FLAIR"):
        read_folder_study(tmp_path)
    assert set(read_folder_study(tmp_path, optional=("flair",)).images) == {"t1", "t1c", "t2"}


def test_files_of_two_patients_are_not_mixed(small, tmp_path):
    for channel in CHANNELS:
        for patient in ("anna", "bert"):
            (tmp_path / patient).mkdir(exist_ok=True)
            if (patient, channel) != ("anna", "flair"):
                sitk.WriteImage(small[channel], str(tmp_path / patient / f"{channel}.nii.gz"))
    told = "T1 in 'anna', contrast-enhanced T1 in 'anna', T2 in 'anna', FLAIR in 'bert'"
    remarks = find_study(tmp_path).identification.remarks
    assert told in remarks[0]
    assert any("look like T1: 'anna/t1' and 'bert/t1'; 'anna/t1' was taken" in r for r in remarks)
    rows = identify_folder({"folder": str(tmp_path)}, lambda *_: None)["volumes"]
    assert {"anna/t1", "bert/t1", "flair"} <= {row["title"] for row in rows}
    with pytest.raises(InputError, match="as if of several patients") as caught:
        read_folder_study(tmp_path)
    assert "Give the folder of one patient" in caught.value.advice
    named = {"flair": tmp_path / "bert" / "flair.nii.gz"}
    assert set(read_folder_study(tmp_path, named=named).images) == set(CHANNELS)
    # A folder for each contrast is one patient's.
    apart = tmp_path / "apart"
    for channel in CHANNELS:
        (apart / channel).mkdir(parents=True)
        shutil.copy(tmp_path / "bert" / f"{channel}.nii.gz", apart / channel)
    assert find_study(apart).mixture() == ""


def test_an_empty_folder_is_said_to_be_empty(tmp_path):
    with pytest.raises(InputError, match="holds no volumes"):
        find_study(tmp_path)
    with pytest.raises(InputError, match="does not exist"):
        find_study(tmp_path / "nowhere")


def test_a_damaged_dicom_file_is_told(small, tmp_path):
    paths = Examination().write(small["t2"], tmp_path, HEADERS["t2"])
    paths[7].write_bytes(paths[7].read_bytes()[:-500])
    with pytest.raises(InputError, match="'t2_tse_tra' cannot be read"):
        find_study(tmp_path).volumes[0].read()


def test_the_real_proton_density_series_is_none_of_the_four(shared_data):
    found = find_study(shared_data / "dicom-series")
    (volume,) = found.volumes
    assert found.chosen() == {}
    assert "PD" in found.identification.left_out[0].upper()
    # The first file has other data behind its pixels, which GDCM takes half a minute over.
    rest = replace(volume.series, headers=volume.series.headers[1:])
    image = read_series(rest)
    assert image.GetSize() == (256, 256, 19)
    assert image.GetSpacing()[2] == pytest.approx(7.0, abs=0.1)

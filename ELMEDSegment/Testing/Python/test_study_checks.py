"""What cannot be segmented is refused in one sentence that names the volume and what is wrong."""

from __future__ import annotations

import json
from datetime import datetime

import numpy as np
import pytest
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDSegmentLib.geometry import Grid
from ELMEDSegmentLib.inputs.study import check_study, read_study
from ELMEDSegmentLib.labels import CHANNELS


@pytest.fixture
def images(phantom):
    return phantom(size=(40, 42, 38), spacing=(2.0, 2.0, 2.0)).images()


def changed(image, change):
    """Return a float copy of `image` whose array was changed."""
    array = sitk.GetArrayFromImage(image).astype(np.float32)
    change(array)
    return Grid.of(image).place(array)


def test_missing_channel_is_named(phantom, tmp_path):
    paths = phantom().write(tmp_path)
    del paths["flair"]
    with pytest.raises(InputError, match="no FLAIR volume"):
        read_study(paths)


def test_missing_file_is_named(phantom, tmp_path):
    paths = phantom().write(tmp_path)
    paths["t2"].unlink()
    with pytest.raises(InputError, match=r"t2 file .*t2\.nii\.gz' does not exist"):
        read_study(paths)


@pytest.mark.parametrize("extension", [".nii.gz", ".nii", ".nrrd", ".mha"])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.99])
def test_cut_file_is_refused_in_every_format(phantom, tmp_path, extension, share):
    paths = phantom(size=(40, 42, 38), spacing=(2.0, 2.0, 2.0)).write(tmp_path)
    image = sitk.ReadImage(str(paths["t1"]))
    paths["t1"] = tmp_path / f"t1{extension}"
    sitk.WriteImage(image, str(paths["t1"]))
    content = paths["t1"].read_bytes()
    paths["t1"].write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match="t1 file .* cannot be read"):
        read_study(paths)


def test_file_with_a_changed_byte_is_refused(phantom, tmp_path):
    paths = phantom(size=(40, 42, 38), spacing=(2.0, 2.0, 2.0)).write(tmp_path)
    content = bytearray(paths["t1"].read_bytes())
    content[len(content) // 2] ^= 0xFF
    paths["t1"].write_bytes(content)
    with pytest.raises(InputError, match="t1 file .* cannot be read"):
        read_study(paths)


def test_text_file_is_refused(phantom, tmp_path):
    paths = phantom().write(tmp_path)
    paths["t1"] = tmp_path / "notes.txt"
    paths["t1"].write_text("not an image")
    with pytest.raises(InputError, match="t1 file .* cannot be read"):
        read_study(paths)


def test_single_slice_is_refused(images):
    images["t1"] = images["t1"][:, :, 10:11]
    with pytest.raises(InputError, match="t1 volume is a single slice"):
        check_study(images)


def test_two_dimensional_image_is_refused(images):
    images["t1"] = images["t1"][:, :, 10]
    with pytest.raises(InputError, match="t1 volume has 2 dimensions"):
        check_study(images)


def test_time_series_is_refused(images):
    images["t2"] = sitk.JoinSeries([images["t2"], images["t2"]])
    with pytest.raises(InputError, match="t2 volume has 4 dimensions"):
        check_study(images)


def test_colour_image_is_refused(images):
    images["t2"] = sitk.Compose([images["t2"]] * 3)
    with pytest.raises(InputError, match="3 values a voxel"):
        check_study(images)


def test_other_size_is_said_with_the_numbers(images):
    images["t2"] = images["t2"][:-1]
    with pytest.raises(InputError, match=r"t2 volume lies on another grid .*39 x 42 x 38"):
        check_study(images)


def test_other_position_is_said_in_millimetres(images):
    images["t2"].SetOrigin([value + 3.0 for value in images["t2"].GetOrigin()])
    with pytest.raises(InputError, match=r"3\.00 mm apart"):
        check_study(images)


def test_origins_rounded_by_a_file_format_are_the_same_grid(images):
    images["t2"].SetOrigin([value + 1e-4 for value in images["t2"].GetOrigin()])
    assert check_study(images).reference == "t1c"


def test_empty_volume_is_refused(images):
    images["t1c"] = images["t1c"] * 0
    with pytest.raises(InputError, match="t1c volume is empty"):
        check_study(images)


def test_constant_volume_is_refused(images):
    images["t1c"] = images["t1c"] * 0 + 7
    with pytest.raises(InputError, match="t1c volume has the same intensity"):
        check_study(images)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_voxels_that_are_not_numbers_are_counted(images, value):
    def spoil(array):
        array[3, 4, 5:8] = value

    images["flair"] = changed(images["flair"], spoil)
    with pytest.raises(InputError, match="flair volume holds 3 voxels that are not numbers"):
        check_study(images)


def test_volume_given_twice_is_refused(images):
    images["t2"] = sitk.Cast(images["flair"], sitk.sitkFloat64)
    with pytest.raises(InputError, match="t2 and flair volumes are the same"):
        check_study(images)


def test_unknown_reference_is_refused(images):
    with pytest.raises(InputError, match="'adc' is not one of"):
        check_study(images, reference="adc")


def test_study_with_skull_is_warned_about(images):
    def fill(array):
        array += 20

    with_skull = {name: changed(image, fill) for name, image in images.items()}
    assert any("skull" in warning for warning in check_study(with_skull).warnings)
    assert not check_study(images).warnings


# Findings: what was noticed, and what will be done about it


def found(images, topic, **options):
    """Return the findings about `topic` that `check_study` keeps."""
    return [each for each in check_study(images, **options).findings if each.topic == topic]


def test_other_grids_are_one_finding_when_the_study_is_prepared_afterwards(images):
    images["t2"] = images["t2"][:-1]
    images["flair"].SetOrigin([value + 3.0 for value in images["flair"].GetOrigin()])
    study = check_study(images, preparing=True)
    (finding,) = [each for each in study.findings if each.topic == "grid"]
    assert finding.severity == "note"
    assert finding.sentence == (
        "The T2 and FLAIR volumes lie on other grids than the contrast-enhanced T1 volume."
    )
    assert finding.action == "They will be registered and resampled."
    assert not study.prepared
    assert not study.warnings


def test_a_prepared_study_has_nothing_to_prepare(images):
    assert check_study(images, preparing=True).prepared


def test_a_skull_is_found_by_the_head_s_volume_where_air_is_zero(phantom):
    """Scanners of some makers write zero for air: less than 60 % of the voxels show anything."""
    patient = phantom(size=(90, 90, 90), spacing=(3.0, 3.0, 3.0))
    images = patient.images()
    zyx = np.indices(patient.brain.shape) - 44.5
    head = (np.sqrt((zyx**2).sum(axis=0)) * 3 < 90) * 300
    images = {
        name: image + Grid.of(image).place(head.astype(np.int16)) for name, image in images.items()
    }
    assert np.count_nonzero(head) < 0.6 * head.size
    (finding,) = found(images, "skull", preparing=True)
    assert finding.action == "The brain will be extracted."
    assert not check_study(images, preparing=True).prepared


def test_long_voxels_are_a_warning_that_names_the_volumes(phantom):
    images = phantom(size=(40, 42, 16), spacing=(2.0, 2.0, 5.0)).images()
    (finding,) = found(images, "spacing")
    assert finding.severity == "warning"
    assert finding.sentence == "Voxels of all volumes are up to 5.0 mm long."
    (finding,) = found(images, "spacing", working_mm=2.0)
    assert finding.sentence.endswith("5.0 mm long; the network works on voxels of 2 mm.")


def test_a_head_that_was_scanned_in_part_is_a_warning(images):
    low = {name: image[:, :, 10:30] + 50 for name, image in images.items()}
    sentences = [each.sentence for each in found(low, "coverage", preparing=True)]
    assert "The t2 volume covers only 40 mm from foot to head" in sentences[2]


def test_a_brain_that_ends_at_the_border_is_a_warning(images):
    cut = {name: image[:, :, 16:] for name, image in images.items()}
    (finding,) = found(cut, "coverage")
    assert "ends at the border of the t1c volume" in finding.sentence


def test_a_contrast_that_covers_a_part_only_is_a_warning(images):
    images["flair"] = images["flair"][:, :, 18:]
    sentences = [each.sentence for each in found(images, "coverage", preparing=True)]
    assert any("The flair volume covers only" in text and "%" in text for text in sentences)


def test_a_label_map_among_the_volumes_is_a_warning(images):
    images["t2"] = sitk.Cast(images["t2"] > 500, sitk.sitkUInt8)
    (finding,) = found(images, "intensity")
    assert "t2 volume has only 2 different intensities" in finding.sentence


def test_intensities_that_were_normalised_before_are_a_note(images):
    images["t2"] = (sitk.Cast(images["t2"], sitk.sitkFloat32) - 400) / 100
    (finding,) = found(images, "intensity")
    assert finding.severity == "note"
    assert "negative intensities" in finding.sentence


def test_a_tilted_grid_is_a_note(phantom):
    cosine, sine = np.cos(0.3), np.sin(0.3)
    direction = (1, 0, 0, 0, cosine, -sine, 0, sine, cosine)
    images = phantom(size=(40, 42, 38), spacing=(2.0, 2.0, 2.0), direction=direction).images()
    (finding,) = found(images, "orientation")
    assert "tilted by 17 degrees" in finding.sentence


def test_days_between_volumes_are_a_warning_without_a_date(images):
    acquired = {
        "t1": datetime(2024, 2, 29, 10, 15),
        "t1c": datetime(2024, 2, 29, 10, 40),
        "flair": datetime(2024, 3, 14, 9, 0),
    }
    (finding,) = found(images, "time", acquired=acquired)
    assert "The t1 and flair volumes were taken 14 days apart" in finding.sentence
    assert "2024" not in str(finding)
    del acquired["flair"]
    assert not found(images, "time", acquired=acquired)


def test_every_finding_says_what_is_done_and_goes_into_json(images):
    images["t2"] = images["t2"][:, :, 12:] + 40
    findings = check_study(images, preparing=True).findings
    assert findings
    for finding in findings:
        values = json.loads(json.dumps(finding.as_dict()))
        assert values["sentence"].endswith(".")
        assert values["action"].endswith(".")
        assert set(values["channels"]) <= set(images)


def test_the_real_raw_study_says_what_has_to_be_prepared(shared_data):
    paths = {name: shared_data / "raw-study" / f"{name}.nii.gz" for name in CHANNELS}
    study = read_study(paths, preparing=True)
    topics = {finding.topic for finding in study.findings}
    assert {"grid", "skull", "spacing"} <= topics
    assert not study.prepared


def test_real_prepared_studies_have_nothing_to_prepare(shared_data):
    for folder in sorted((shared_data / "glioma").iterdir())[:3]:
        study = read_study({name: folder / f"{name}.nii.gz" for name in CHANNELS}, preparing=True)
        assert study.prepared
        assert study.warnings == ()

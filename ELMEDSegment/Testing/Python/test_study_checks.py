"""What cannot be segmented is refused in one sentence that names the volume and what is wrong."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDSegmentLib.geometry import Grid
from ELMEDSegmentLib.study import check_study, read_study


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
    with pytest.raises(InputError, match=r"no FLAIR \(flair\) volume"):
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

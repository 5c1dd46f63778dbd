"""What cannot be computed is refused with one clear sentence."""

import numpy as np
import pytest
import SimpleITK as sitk

from ELMEDLib.command import main
from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.backends import Options
from ELMEDRadiomicsLib.engine import extract
from ELMEDRadiomicsLib.geometry import GeometryError
from ELMEDRadiomicsLib.masks import MaskError
from ELMEDRadiomicsLib.reading import read_image
from ELMEDRadiomicsLib.settings import from_parameters

SHAPE = (8, 9, 10)


@pytest.fixture
def image(cases):
    return cases.placed(cases.scan(0, SHAPE))


@pytest.fixture
def mask(cases):
    return cases.placed(cases.blob(0, SHAPE))


def setting(**values):
    return from_parameters({"setting": values})


@pytest.mark.parametrize("extension", [".nii.gz", ".nii"])
def test_cut_file(image, tmp_path, extension):
    path = tmp_path / f"image{extension}"
    sitk.WriteImage(image, str(path))
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    with pytest.raises(InputError, match="damaged or cut off"):
        read_image(path)


def test_empty_mask(image):
    with pytest.raises(MaskError, match="no voxel is labelled"):
        extract({"a": image}, sitk.Cast(image * 0, sitk.sitkUInt8))


def test_absent_label_names_those_that_there_are(image, mask):
    with pytest.raises(MaskError) as caught:
        extract({"a": image}, mask * 3, labels=[2])
    assert "Label 2" in caught.value.message
    assert "3" in caught.value.advice


def test_the_background_is_no_segment(image, mask):
    with pytest.raises(MaskError, match="Label 0 is the background"):
        extract({"a": image}, mask, labels=[0])


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (["radiomics", "--label", "0"], "Label 0 is the background"),
        (["radiomics", "--threads", "0"], "0 images cannot be worked on at once"),
        (["radiomics-maps", "--label", "0", "--settings", "s.json"], "Label 0 is the background"),
    ],
)
def test_numbers_of_the_command_line_that_mean_nothing(
    image, mask, tmp_path, capsys, monkeypatch, asked, sentence
):
    monkeypatch.chdir(tmp_path)
    for name, volume in (("a.nrrd", image), ("m.nrrd", mask)):
        sitk.WriteImage(volume, name)
    (tmp_path / "s.json").write_text('{"featureClass": {"firstorder": ["Mean"]}}')
    command, *options = asked
    assert main([command, "a.nrrd", "--mask", "m.nrrd", *options, "-o", "out.csv"]) != 0
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()


def test_single_voxel(image):
    one = np.zeros(SHAPE, np.uint8)
    one[4, 4, 4] = 1
    mask = sitk.GetImageFromArray(one)
    mask.CopyInformation(image)
    with pytest.raises(MaskError, match="single voxel"):
        extract({"a": image}, mask)


def test_too_few_dimensions(image):
    line = np.zeros(SHAPE, np.uint8)
    line[4, 4, 2:7] = 1
    mask = sitk.GetImageFromArray(line)
    mask.CopyInformation(image)
    with pytest.raises(MaskError, match="spans 1 of the 2 dimensions"):
        extract({"a": image}, mask)
    assert extract({"a": image}, mask, setting(minimumROIDimensions=1)).features


def test_too_few_voxels(image, mask):
    with pytest.raises(MaskError, match="minimumROISize asks for more than 100000"):
        extract({"a": image}, mask, setting(minimumROISize=100000))


@pytest.mark.parametrize("what", ["Size", "Origin", "Spacing", "Direction"])
def test_geometry_mismatch_names_what_differs_and_offers_resampling(image, mask, what):
    other = sitk.Image(mask)
    if what == "Size":
        other = other[:9]
    elif what == "Direction":
        other.SetDirection((0, 1, 0, 1, 0, 0, 0, 0, -1))
    else:
        values = getattr(other, f"Get{what}")()
        getattr(other, f"Set{what}")([value + 0.125 for value in values])
    with pytest.raises(GeometryError) as caught:
        extract({"a": image}, other)
    assert what.lower() in caught.value.message
    assert "correctMask" in caught.value.advice
    if what == "Origin":
        assert "-10.375" in caught.value.message
        assert "-10.5" in caught.value.message


def test_corrected_mask_gives_the_values_of_the_mask_on_the_grid(image, mask):
    finer = sitk.Resample(mask, [20, 18, 16], sitk.Transform(), sitk.sitkNearestNeighbor,
                          (-10.75, 22.0, 2.75), (0.5, 0.5, 0.5), mask.GetDirection())  # fmt: skip
    found = extract({"a": image}, finer, setting(correctMask=True))
    assert found.values() == extract({"a": image}, mask).values()


def test_mask_out_of_the_image(image, mask):
    moved = sitk.Image(mask)
    moved.SetOrigin((100, 0, 0))
    with pytest.raises(GeometryError, match="reaches out of the image"):
        extract({"a": image}, moved, setting(resampledPixelSpacing=[2, 2, 2]))


def test_nan_in_the_segment(image, mask):
    values = sitk.GetArrayFromImage(image)
    values[4, 4, 5] = np.nan
    broken = sitk.GetImageFromArray(values)
    broken.CopyInformation(image)
    with pytest.raises(InputError, match="NaN"):
        extract({"a": broken}, mask)
    with pytest.raises(InputError, match="NaN"):
        extract({"a": broken}, mask, setting(normalize=True))


def test_a_million_bins(image, mask):
    with pytest.raises(InputError) as caught:
        extract({"a": image}, mask, setting(binWidth=1e-5))
    assert "bins" in caught.value.message
    assert "at least" in caught.value.advice


def test_image_type_that_is_not_computed_is_named(image, mask):
    with pytest.raises(InputError, match="LBP3D"):
        extract({"a": image}, mask, from_parameters({"imageType": {"LBP3D": {}}}))


def test_flat_image_cannot_be_normalised(image, mask):
    with pytest.raises(InputError, match="same intensity everywhere"):
        extract({"a": image * 0 + 5}, mask, setting(normalize=True))


def test_flat_image_in_two_dimensions(mask):
    with pytest.raises(InputError, match="2 dimensions"):
        extract({"scout": sitk.Image(5, 5, sitk.sitkUInt8)}, mask)


def test_colour_image(image, mask):
    with pytest.raises(InputError, match="values per voxel"):
        extract({"a": sitk.Compose(image, image)}, mask)


def test_mask_channel_that_does_not_exist(image, mask):
    both = sitk.Compose(mask, mask * 0)
    assert extract({"a": image}, both, setting(label_channel=0)).features
    with pytest.raises(MaskError, match="label_channel 2"):
        extract({"a": image}, both, setting(label_channel=2))


def test_unknown_engine_profile_and_normalisation(image, mask):
    for options in (
        Options(engine="fast"),
        Options(profile="strict"),
        Options(normalisation="zscore"),
    ):
        with pytest.raises(InputError, match="not a known"):
            extract({"a": image}, mask, options=options)


def test_shape2d_is_left_out_with_a_warning(image, mask):
    asked = {"featureClass": {"shape2D": [], "firstorder": ["Mean"]}}
    found = extract({"a": image}, mask, from_parameters(asked))
    assert list(found.values()) == ["original_firstorder_Mean"]
    assert "force2D" in found.warnings[0]

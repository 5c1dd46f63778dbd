"""Feature maps."""

import json
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from ELMEDLib.command import main
from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.backends import Options
from ELMEDRadiomicsLib.engine import extract
from ELMEDRadiomicsLib.maps import feature_maps
from ELMEDRadiomicsLib.settings import from_parameters

SHAPE = (7, 8, 9)
EVERYTHING = ("firstorder", "glcm", "gldm", "glrlm", "glszm", "ngtdm")


@pytest.fixture
def pair(cases):
    mask = np.zeros(SHAPE, np.uint8)
    mask[1:6, 2:7, 2:8] = 1
    return cases.placed(cases.scan(0, SHAPE), (1, 1.5, 2)), cases.placed(mask, (1, 1.5, 2))


@pytest.mark.parametrize("flat", [False, True])
def test_map_holds_the_feature_of_the_cube_around_each_voxel(pair, flat):
    image, mask = pair
    values = sitk.GetArrayFromImage(image)
    # Bins of the whole segment, so that a cube alone has the same ones.
    setting = {"binWidth": 500, "minimumROIDimensions": 1, "force2D": flat}
    image = sitk.GetImageFromArray(np.where(values > np.median(values), 900.0, 100.0))
    image.CopyInformation(mask)
    classes = {name: [] for name in EVERYTHING}
    classes["glcm"] = ["Contrast", "JointEntropy", "ClusterShade", "Idn", "MaximumProbability"]
    settings = from_parameters({"featureClass": classes, "setting": setting})
    maps = feature_maps(image, mask, settings)
    for place in ((3, 4, 4), (1, 2, 2), (5, 6, 7)):
        z, y, x = place
        cube = np.zeros(SHAPE, np.uint8)
        cube[z - (not flat) : z + 2 - flat, y - 1 : y + 2, x - 1 : x + 2] = 1
        alone = sitk.GetImageFromArray(cube * sitk.GetArrayFromImage(mask))
        alone.CopyInformation(mask)
        both = sitk.GetArrayFromImage(image)[sitk.GetArrayFromImage(alone) > 0]
        if both.min() == both.max():
            continue
        expected = extract({"a": image}, alone, settings).values()
        for name, value in expected.items():
            found = sitk.GetArrayFromImage(maps[name])[place]
            assert found == pytest.approx(value, rel=1e-9, abs=1e-9, nan_ok=True), name


def test_map_lies_on_the_image_and_is_empty_outside(pair):
    image, mask = pair
    asked = {"featureClass": {"firstorder": ["Mean"]}, "voxelSetting": {"initValue": -1}}
    maps = feature_maps(image, mask, from_parameters(asked))
    (mean,) = maps.values()
    assert mean.GetOrigin() == image.GetOrigin()
    assert mean.GetSpacing() == image.GetSpacing()
    values = sitk.GetArrayFromImage(mean)
    assert (values[sitk.GetArrayFromImage(mask) == 0] == -1).all()
    assert (values[sitk.GetArrayFromImage(mask) == 1] > 0).all()


def test_unmasked_kernels_see_beyond_the_segment(pair):
    image, mask = pair
    asked = {"featureClass": {"firstorder": ["Mean"]}, "voxelSetting": {"maskedKernel": False}}
    (mean,) = feature_maps(image, mask, from_parameters(asked)).values()
    cube = sitk.GetArrayFromImage(image)[0:3, 1:4, 1:4]
    assert sitk.GetArrayFromImage(mean)[1, 2, 2] == pytest.approx(cube.mean())


def test_batches_do_not_change_the_maps(pair, monkeypatch):
    image, mask = pair
    settings = from_parameters({"featureClass": {"glcm": ["Contrast"], "glszm": []}})
    at_once = feature_maps(image, mask, settings)
    monkeypatch.setattr("ELMEDRadiomicsLib.maps.MOST_BATCH", 7)
    for name, found in feature_maps(image, mask, settings).items():
        assert np.array_equal(
            sitk.GetArrayFromImage(found), sitk.GetArrayFromImage(at_once[name]), equal_nan=True
        )


def test_shape_has_no_map(pair):
    with pytest.raises(InputError, match="Shape features have no maps"):
        feature_maps(*pair, from_parameters({"featureClass": {"shape": []}}))


def test_the_two_profiles_differ_where_the_standard_does(pair):
    image, mask = pair
    asked = from_parameters({"featureClass": {"firstorder": ["Kurtosis"]}})
    plain = extract({"a": image}, mask, asked).values()
    standard = extract({"a": image}, mask, asked, options=Options(profile="ibsi")).values()
    name = "original_firstorder_Kurtosis"
    assert standard[name] == pytest.approx(plain[name] - 3)


def test_maps_of_a_resampled_image_lie_on_the_image(pair):
    image, mask = pair
    setting = {"resampledPixelSpacing": [2, 2, 2], "interpolator": "sitkLinear"}
    asked = {"featureClass": {"firstorder": ["Mean"]}, "setting": setting}
    (mean,) = feature_maps(image, mask, from_parameters(asked)).values()
    assert mean.GetSize() == image.GetSize()
    assert (sitk.GetArrayFromImage(mean) > 0).any()


def test_command_writes_one_file_per_map(pair, tmp_path):
    image, mask = pair
    paths = [str(tmp_path / name) for name in ("image.nii.gz", "mask.nii.gz", "p.json")]
    sitk.WriteImage(image, paths[0])
    sitk.WriteImage(mask, paths[1])
    asked = {"featureClass": {"glcm": ["Contrast", "Idm"]}, "setting": {"binWidth": 10}}
    Path(paths[2]).write_text(json.dumps(asked))
    arguments = ["radiomics-maps", paths[0], "--mask", paths[1], "--settings", paths[2]]
    assert main([*arguments, "-o", str(tmp_path / "maps")]) == 0
    names = sorted(path.name for path in (tmp_path / "maps").iterdir())
    assert names == ["original_glcm_Contrast.nrrd", "original_glcm_Idm.nrrd"]

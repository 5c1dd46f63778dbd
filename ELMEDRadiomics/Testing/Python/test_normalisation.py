"""MRI normalisation by name."""

import numpy as np
import pytest
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.normalisation import (
    NyulStandard,
    brain_values,
    fit_mapping,
    nyul_standard,
    white_stripe,
)
from ELMEDRadiomicsLib.settings import Settings

PLAIN = Settings().general


def head(seed, gain=1.0, offset=0.0):
    """A skull-stripped head: grey matter at 400, white matter at 600, background 0."""
    random = np.random.default_rng(seed)
    places = np.indices((24, 24, 24)) - 11.5
    radius = np.sqrt((places**2).sum(0))
    values = np.where(radius < 8, 600.0, 400.0) + random.normal(0, 15, radius.shape)
    return sitk.GetImageFromArray(np.where(radius < 11, values * gain + offset, 0.0))


def mapped(image, choice, **more):
    mapping = fit_mapping(image, {**PLAIN, **more.pop("settings", {})}, choice, **more)
    return mapping.apply(sitk.GetArrayViewFromImage(image))


def test_none_leaves_the_image_alone():
    assert fit_mapping(head(0), PLAIN, "none") is None
    assert fit_mapping(head(0), PLAIN) is None


def test_whole_image_is_simpleitks_normalisation():
    image = head(0)
    expected = sitk.GetArrayFromImage(sitk.Normalize(image))
    assert np.array_equal(mapped(image, "image"), expected)


def test_brain_has_mean_0_and_deviation_1():
    image = head(0)
    brain = sitk.GetArrayViewFromImage(image) != 0
    values = mapped(image, "brain")[brain]
    assert values.mean() == pytest.approx(0, abs=1e-9)
    assert values.std() == pytest.approx(1)


def test_outliers_are_taken_back_before_scaling():
    more = {"settings": {"removeOutliers": 1.0, "normalizeScale": 100}}
    values = mapped(head(0), "brain", **more)
    assert values.max() == 100
    assert values.min() == -100


def test_white_matter_lies_at_0_whatever_the_scanner():
    for gain, offset in ((1, 0), (0.2, 50)):
        image = head(1, gain, offset)
        values = mapped(image, "white-stripe", name="t1")
        assert abs(np.median(values[12, 8:16, 8:16])) < 1.5


def test_white_stripe_takes_the_highest_peak_for_t2():
    values = np.concatenate([np.full(900, 10.0), np.full(300, 50.0)])
    values += np.random.default_rng(0).normal(0, 1, 1200)
    assert white_stripe(values, last_peak=False)[0] == pytest.approx(10, abs=1)
    assert white_stripe(values, last_peak=True)[0] == pytest.approx(50, abs=2)


def test_nyul_brings_scanners_to_one_scale(tmp_path):
    standard = nyul_standard([(head(0), None), (head(1, 2, 100), None)])
    standard.save(tmp_path / "standard.json")
    assert NyulStandard.load(tmp_path / "standard.json") == standard
    one, two = (mapped(image, "nyul", standard=standard) for image in (head(2), head(2, 3.0, 40.0)))
    inside = sitk.GetArrayFromImage(head(2)) != 0
    assert np.abs(one - two)[inside].max() < 1e-6


def test_a_histogram_that_is_highest_at_its_end_has_a_stripe_all_the_same():
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.exponential(10, 50_000), rng.normal(150, 3, 300)])
    mean, sigma = white_stripe(values, last_peak=True)
    assert 0 < mean < 10
    assert sigma > 0


def test_a_brain_mask_on_another_grid_of_equal_size_is_refused():
    image = sitk.GetImageFromArray(np.random.default_rng(0).normal(100, 9, (6, 7, 8)))
    brain = sitk.GetImageFromArray(np.ones((6, 7, 8), np.uint8))
    brain.SetOrigin((0.0, 1e-5, 0.0))  # rounded by a file
    assert brain_values(image, brain).size == 6 * 7 * 8
    brain.SetOrigin((0.0, 2.0, 0.0))
    with pytest.raises(InputError, match="does not lie on the image's grid"):
        brain_values(image, brain)


def test_what_is_missing_is_named():
    with pytest.raises(InputError, match="stored standard"):
        fit_mapping(head(0), PLAIN, "nyul")
    with pytest.raises(InputError, match="brain mask"):
        fit_mapping(head(0) + 5, PLAIN, "brain")

"""The numbers behind the charts, against what numpy and the features say."""

from __future__ import annotations

import json

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from ELMEDLib.command import main
from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.charts.intensities import box, boxes, histograms, scaled
from ELMEDRadiomicsLib.charts.service import charts_files
from ELMEDRadiomicsLib.charts.texture_matrix import KINDS, texture_matrix
from ELMEDRadiomicsLib.engine import extract
from ELMEDRadiomicsLib.settings import Settings

INTENSITIES = st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=30).map(np.array)


@settings(deadline=None)
@given(a=INTENSITIES, b=INTENSITIES)
def test_every_voxel_is_in_one_bin_and_boxes_are_in_order(a, b):
    found = histograms({"a": a, "b": b})
    for percent in found["percent"].values():
        assert sum(percent) == pytest.approx(100)
    assert np.all(np.diff(found["centres"]) > 0)

    numbers = box(a)
    assert list(numbers.values()) == sorted(numbers.values())
    assert numbers["median"] == pytest.approx(float(np.median(a.astype(float))))
    assert a.min() <= numbers["low"] + 1e-9
    assert numbers["high"] <= a.max() + 1e-9


def test_boxes_of_sequences_in_other_units_are_the_same_when_relative():
    values = np.random.default_rng(0).normal(0, 1, 500)
    one = boxes({"a": values[:200], "b": values[200:]})
    other = boxes({"a": 7 + 900 * values[:200], "b": 7 + 900 * values[200:]})

    for segment in ("a", "b"):
        assert one["relative"][segment] == pytest.approx(other["relative"][segment])
    other["relative"] = scaled(other["intensity"], other["scale"])
    assert other["relative"]["b"] == pytest.approx(one["relative"]["b"])
    assert other["intensity"]["a"]["median"] == pytest.approx(7 + 900 * np.median(values[:200]))


@pytest.fixture(scope="module")
def case(cases):
    return next(cases.simulated_cases())


@pytest.mark.parametrize("profile", ["pyradiomics", "ibsi"])
def test_features_can_be_computed_from_the_matrix_that_is_shown(case, profile):
    """Runs, zones and dependences: emphasis of the shown counts is the engine's feature."""
    from ELMEDRadiomicsLib.backends import Options

    parameters = Settings({"setting": {"binWidth": 10}})
    expected = extract(
        {"a": case.image}, case.mask, parameters, {1: "a"}, Options(profile=profile)
    ).values()
    for kind, feature in (
        ("glszm", "HighGrayLevelZoneEmphasis"),
        ("gldm", "HighGrayLevelEmphasis"),
    ):
        found = texture_matrix(case.image, case.mask, 1, kind, parameters, profile)
        counts, rows = np.array(found["counts"]), np.array(found["rows"])
        emphasis = (counts.sum(axis=1) * rows**2).sum() / counts.sum()
        assert emphasis == pytest.approx(expected[f"original_{kind}_{feature}"])
    found = texture_matrix(case.image, case.mask, 1, "glcm", parameters, profile)
    counts = np.array(found["counts"])
    assert np.array_equal(counts, counts.T)
    assert len(found["rows"]) == len(found["columns"]) == len(counts)


def test_a_value_that_is_no_number_inside_a_segment_is_refused(case, tmp_path):
    array = sitk.GetArrayFromImage(case.image).astype(np.float32)
    array[sitk.GetArrayViewFromImage(case.mask) == 1] = np.nan
    image = sitk.GetImageFromArray(array)
    image.CopyInformation(case.image)
    sitk.WriteImage(image, str(tmp_path / "t1c.nrrd"))
    sitk.WriteImage(case.mask, str(tmp_path / "seg.nrrd"))
    images = {"t1c": str(tmp_path / "t1c.nrrd")}

    with pytest.raises(InputError, match="'t1c' holds values inside a segment"):
        charts_files({"images": images, "mask": str(tmp_path / "seg.nrrd"), "labels": [1]})


def test_the_command_writes_everything(case, tmp_path):
    sitk.WriteImage(case.image, str(tmp_path / "t1c.nii.gz"))
    sitk.WriteImage(case.mask, str(tmp_path / "seg.nii.gz"))
    image, mask = tmp_path / "t1c.nii.gz", tmp_path / "seg.nii.gz"
    output = tmp_path / "charts.json"

    assert main(["radiomics-charts", f"t1c={image}", "--mask", str(mask), "-o", str(output)]) == 0

    found = json.loads(output.read_text())
    assert set(found["matrices"]) == set(KINDS)
    assert set(found["histograms"]) == {"t1c"}
    for values in found["radar"].values():
        assert all(0 <= value <= 1 + 1e-9 for value in values.values())
    largest = max(own["MeshVolume"] for own in found["shapes"].values())
    shares = [own["MeshVolume"] for own in found["radar"].values()]
    assert max(shares) == 1
    assert largest > 0

"""Robustness: the ICC against published numbers, the changes, and a whole run."""

from __future__ import annotations

import math

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from ELMEDLib.command import main
from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.backends import Options
from ELMEDRadiomicsLib.engine import extract
from ELMEDRadiomicsLib.robustness.icc import icc
from ELMEDRadiomicsLib.robustness.perturbations import (
    STEPS,
    changed_image,
    changed_mask,
    noise_of,
)
from ELMEDRadiomicsLib.robustness.repeat import repeated
from ELMEDRadiomicsLib.robustness.stability import stability
from ELMEDRadiomicsLib.settings import Settings
from ELMEDRadiomicsLib.writing import read_extraction

JUDGES = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
"""Four judges' ratings of six targets, table 2 of Shrout and Fleiss 1979."""


def test_the_icc_is_that_of_the_paper():
    found = icc(np.array(JUDGES, float))

    assert found.value == pytest.approx(0.29, abs=0.005)
    assert found.low == pytest.approx(0.019, abs=0.001)  # as R's psych package gives it


def test_targets_that_are_all_alike_have_no_icc():
    assert math.isnan(icc(np.array([[5.0, 3.0, 8.0], [5.0, 3.0, 8.0]])).value)
    assert math.isnan(icc(np.full((3, 4), 7.0)).value)


@settings(deadline=None, max_examples=40)
@given(
    rows=st.lists(st.lists(st.floats(-100, 100), min_size=4, max_size=4), min_size=3, max_size=8),
    factor=st.floats(0.01, 100),
    offset=st.floats(-50, 50),
)
def test_the_icc_does_not_depend_on_the_unit_and_is_1_without_changes(rows, factor, offset):
    table = np.array(rows).round(3)
    one, other = icc(table), icc(factor * table + offset)
    assert (math.isnan(one.value) and math.isnan(other.value)) or one.value == pytest.approx(
        other.value, abs=1e-6
    )
    if not math.isnan(one.value):
        assert one.value <= 1 + 1e-9
    same = np.repeat(table[:, :1], 4, axis=1)
    if np.ptp(same) > 0.01:
        assert icc(same).value == pytest.approx(1)


@pytest.fixture(scope="module")
def study():
    """Two segments in an image with texture, and noise of a known strength."""
    z, y, x = np.indices((14, 34, 36))
    labels = np.zeros((14, 34, 36), np.uint8)
    labels[np.sqrt((z - 7) ** 2 * 2 + (y - 12) ** 2 + (x - 12) ** 2) < 7] = 1
    labels[np.sqrt((z - 7) ** 2 * 2 + (y - 24) ** 2 + (x - 25) ** 2) < 6] = 2
    smooth = 400.0 + 200.0 * labels.astype(float) + 40 * np.sin(x / 3) * np.cos(y / 4)
    array = smooth + np.random.default_rng(3).normal(0, 5, labels.shape)
    image = sitk.GetImageFromArray(array.astype(np.float32))
    return image, sitk.GetImageFromArray(labels)


def test_the_changes_are_small_and_what_they_are_called(study):
    image, mask = study
    own = sitk.Cast(mask == 1, sitk.sitkUInt8)
    before = sitk.GetArrayFromImage(own).astype(bool)
    masks = {
        title: sitk.GetArrayFromImage(changed_mask(own, step)).astype(bool)
        for title, step in STEPS.items()
    }
    assert np.array_equal(masks["as drawn"], before)
    smaller, larger = masks["one voxel smaller"], masks["one voxel larger"]
    assert (before & ~smaller).any()
    assert not (smaller & ~before).any()
    assert not (before & ~larger).any()
    moved = np.argwhere(masks["shifted along x"]).mean(axis=0) - np.argwhere(before).mean(axis=0)
    assert moved == pytest.approx([0, 0, 1])

    array = sitk.GetArrayFromImage(image).astype(float)
    assert noise_of(array) == pytest.approx(5, rel=0.25)
    without = array.copy()
    without[:, :6] = np.nan
    assert noise_of(without) == pytest.approx(5, rel=0.25)
    difference = sitk.GetArrayFromImage(changed_image(image, 0)) - array
    assert difference.std() == pytest.approx(noise_of(array), rel=0.05)
    assert np.array_equal(
        sitk.GetArrayFromImage(changed_image(image, 0)),
        sitk.GetArrayFromImage(changed_image(image, 0)),
    )


def test_sizes_are_stable_and_what_noise_rules_is_not(study):
    image, mask = study
    wanted = Settings(
        {
            "featureClass": {
                "shape": ["MeshVolume"],
                "firstorder": ["Mean", "Minimum"],
                "glcm": ["ClusterShade"],
            },
            "setting": {"binWidth": 20},
        }
    )
    values, warnings = repeated(
        {"a": image, "b": image + 1000}, mask, wanted, {1: "one", 2: "two"}, Options()
    )
    assert warnings == []
    assert {len(row) for targets in values.values() for row in targets.values()} == {len(STEPS)}
    first = extract({"a": image}, mask, wanted, {1: "one"}).values()
    for name, value in first.items():
        target = "one" if "_shape_" in name else "one in a"
        assert values[name][target][0] == pytest.approx(value)
    assert len(values["original_shape_MeshVolume"]) == 2  # once a segment
    found = stability(values)
    assert found["original_firstorder_Mean"].stable
    assert found["original_firstorder_Mean"].icc > 0.95
    assert found["original_glcm_ClusterShade"].change > found["original_firstorder_Mean"].change


def test_one_target_is_judged_by_its_change_and_undefined_values_are_unstable():
    found = stability(
        {
            "calm": {"a": [100.0, 101.0, 99.0]},
            "wild": {"a": [100.0, 130.0, 99.0]},
            "undefined": {"a": [math.nan, 1.0, 1.0]},
        }
    )
    assert math.isnan(found["calm"].icc)
    assert found["calm"].stable
    assert not found["wild"].stable
    assert not found["undefined"].stable
    assert found["wild"].as_json()["icc"] is None


def test_a_segment_that_would_vanish_is_left_out_and_said_to(study):
    image, mask = study
    array = sitk.GetArrayFromImage(mask)
    array[array == 2] = 0
    array[5, 24:26, 24:26] = 2
    small = sitk.GetImageFromArray(array)
    wanted = Settings({"featureClass": {"firstorder": ["Mean"]}})

    values, warnings = repeated({"a": image}, small, wanted, {1: "one", 2: "two"}, Options())
    assert list(values["original_firstorder_Mean"]) == ["one in a"]
    assert "'two' is too small" in warnings[0]
    with pytest.raises(InputError, match="too small"):
        repeated({"a": image}, small, wanted, {2: "two"}, Options())


def test_the_command_adds_it_to_the_result(study, tmp_path, capsys):
    image, mask = study
    sitk.WriteImage(image, str(tmp_path / "a.nii.gz"))
    sitk.WriteImage(mask, str(tmp_path / "seg.nii.gz"))
    words = ["radiomics", str(tmp_path / "a.nii.gz"), "--mask", str(tmp_path / "seg.nii.gz")]
    output = tmp_path / "found.json"
    assert main([*words, "--preset", "course", "--robustness", "-o", str(output)]) == 0

    robustness = read_extraction(output).robustness
    assert len(robustness) == 5
    assert robustness["original_shape_MeshVolume"]["targets"] == 2
    unstable = sum(not one["stable"] for one in robustness.values())
    assert f"{unstable} of 5 features are unstable" in capsys.readouterr().out

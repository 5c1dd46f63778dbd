"""Probabilities of nested regions become one consistent label a voxel."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ELMEDSegmentLib.evaluation import dice, evaluate
from ELMEDSegmentLib.labels import REGIONS
from ELMEDSegmentLib.postprocessing import labels_of, without_islands

SHAPE = (3, 4, 5)
probabilities = arrays(np.float32, SHAPE, elements=st.floats(0, 1, width=32))
labels = arrays(np.uint8, SHAPE, elements=st.integers(0, 3))


@given(whole=probabilities, core=probabilities, enhancing=probabilities)
def test_regions_are_nested_whatever_the_network_says(whole, core, enhancing):
    found = labels_of({"WT": whole, "TC": core, "ET": enhancing})
    regions = {name: np.isin(found, values) for name, values in REGIONS.items()}
    np.testing.assert_array_equal(regions["WT"], whole > 0.5)
    assert not (regions["TC"] & ~regions["WT"]).any()
    assert not (regions["ET"] & ~regions["TC"]).any()


@given(labels=labels)
def test_regions_of_labels_give_the_labels_back(labels):
    regions = {name: np.isin(labels, values) * 1.0 for name, values in REGIONS.items()}
    np.testing.assert_array_equal(labels_of(regions), labels)


def test_small_islands_go_and_the_tumour_stays():
    found = np.zeros((30, 30, 30), np.uint8)
    found[5:15, 5:15, 5:15] = 2
    found[8:12, 8:12, 8:12] = 3
    found[25, 25, 25] = 1
    cleaned = without_islands(found, voxel_volume_ml=0.001)
    assert cleaned[25, 25, 25] == 0
    np.testing.assert_array_equal(cleaned[:20], found[:20])


def test_island_is_judged_by_millilitres_not_voxels():
    found = np.zeros((10, 10, 10), np.uint8)
    found[5, 5, 5:8] = 2
    assert without_islands(found, voxel_volume_ml=0.05).any()
    assert not without_islands(found, voxel_volume_ml=0.01).any()


def test_nothing_found_stays_nothing():
    assert not without_islands(np.zeros((4, 4, 4), np.uint8), 0.001).any()


@given(first=labels, second=labels)
def test_dice_is_symmetric_and_between_zero_and_one(first, second):
    scores = evaluate(first, second)
    assert scores == evaluate(second, first)
    assert all(0 <= score <= 1 for score in scores.values())
    assert set(evaluate(first, first).values()) == {1.0}


def test_dice_follows_the_convention_for_empty_regions():
    empty, some = np.zeros(4, bool), np.array([True, False, False, False])
    assert dice(empty, empty) == 1.0
    assert dice(some, empty) == 0.0
    assert dice(np.array([True, True, False, False]), some) == 2 / 3

"""Steps of a preparation are recorded, and the way back is exact whatever they were."""

from __future__ import annotations

import json

import numpy as np
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from ELMEDSegmentLib.geometry import Grid
from ELMEDSegmentLib.raw.recording import extraction
from ELMEDSegmentLib.raw.steps import (
    BRAIN_EXTRACTION,
    REGISTRATION,
    RESAMPLING,
    History,
    Step,
    as_matrix,
    as_transform,
)

IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
SCAN = Grid((24, 20, 12), (1.5, 1.2, 4.0), (-20.0, 14.0, 3.0), IDENTITY)

angles = st.floats(-np.pi, np.pi)
shifts = st.floats(-300, 300)


@st.composite
def rigid_transforms(draw: st.DrawFn) -> sitk.Euler3DTransform:
    transform = sitk.Euler3DTransform()
    transform.SetCenter([draw(shifts) for _ in range(3)])
    transform.SetRotation(draw(angles), draw(angles), draw(angles))
    transform.SetTranslation([draw(shifts) for _ in range(3)])
    return transform


def history_of(*transforms: sitk.Euler3DTransform) -> History:
    moves = [Step(REGISTRATION, "t1", "moved", {}, as_matrix(one)) for one in transforms]
    others = [Step(BRAIN_EXTRACTION, "", "extracted"), Step(RESAMPLING, "", "sampled")]
    elsewhere = Step(REGISTRATION, "t2", "moved", {}, as_matrix(sitk.Euler3DTransform()))
    return History((*moves, elsewhere, *others), {"t1": SCAN, "t2": SCAN}, "t2")


@settings(max_examples=200, deadline=None)
@given(st.lists(rigid_transforms(), max_size=4), st.lists(shifts, min_size=3, max_size=3))
def test_there_and_back_is_where_one_was(transforms, point):
    history = history_of(*transforms)
    start = np.array([*point, 1.0])
    there = history.matrix("t1") @ start
    np.testing.assert_allclose(history.inverse("t1") @ there, start, atol=1e-9 * 1e3)
    product = history.inverse("t1") @ history.matrix("t1")
    np.testing.assert_allclose(product[:3, :3], np.eye(3), atol=1e-13)


@settings(max_examples=50, deadline=None)
@given(rigid_transforms(), st.lists(shifts, min_size=3, max_size=3))
def test_a_step_moves_points_as_its_transform_does(transform, point):
    moved = as_matrix(transform) @ np.array([*point, 1.0])
    np.testing.assert_allclose(moved[:3], transform.TransformPoint(point), atol=1e-9)
    again = as_transform(as_matrix(transform)).TransformPoint(point)
    np.testing.assert_allclose(again, transform.TransformPoint(point), atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(rigid_transforms())
def test_labels_come_back_to_the_very_voxels_that_they_came_from(transform):
    """A prepared grid that lies on the scan's voxels exactly brings each label home."""
    history = history_of(transform)
    rng = np.random.default_rng(4)
    labels = rng.integers(0, 4, SCAN.size[::-1]).astype(np.uint8)
    matrix = history.matrix("t1")
    direction = matrix[:3, :3] @ np.reshape(SCAN.direction, (3, 3))
    origin = matrix[:3, :3] @ np.array(SCAN.origin) + matrix[:3, 3]
    moved = Grid(SCAN.size, SCAN.spacing, tuple(origin), tuple(direction.ravel()))
    back = history.to_native(moved.place(labels), "t1")
    assert Grid.of(back) == SCAN
    assert np.array_equal(sitk.GetArrayFromImage(back), labels)


def test_only_the_steps_of_a_channel_move_it():
    turn = sitk.Euler3DTransform()
    turn.SetRotation(0.1, 0.2, 0.3)
    history = history_of(turn)
    assert len(history.of("t1")) == 3
    np.testing.assert_allclose(history.matrix("t2"), np.eye(4))
    assert not np.allclose(history.matrix("t1"), np.eye(4))


def test_a_history_can_be_written_and_read():
    turn = sitk.Euler3DTransform()
    turn.SetRotation(0.1, 0.2, 0.3)
    turn.SetTranslation((5, -7, 11))
    history = history_of(turn)
    again = History.from_dict(json.loads(json.dumps(history.as_dict())))
    np.testing.assert_array_equal(again.matrix("t1"), history.matrix("t1"))
    assert again.native == history.native
    assert again.sentences() == ["moved", "moved", "extracted", "sampled"]


def test_what_is_said_of_the_brain_is_what_was_done():
    brain = SCAN.place(np.ones(SCAN.size[::-1], np.uint8))
    said = {count: extraction("bundled", brain, count, 4).sentence for count in (0, 3, 4)}
    assert "was extracted by ELMED brain extraction" in said[4]
    assert said[4].endswith("in 4 contrasts, and their mean was taken.")
    assert "in 3 of 4 contrasts; the others show it alone" in said[3]
    assert said[0].startswith("The volumes show the brain (41 ml) alone")
    assert extraction("bundled", brain, 0, 4).parameters["method"] == "not zero"
    assert extraction("hd-bet", brain, 4, 4).sentence.endswith("by HD-BET in the reference volume.")

"""Segments come onto an image's grid where they are in the patient."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from ELMEDLib.errors import InputError
from ELMEDLib.masks import layers_on_grid

SIZE = (9, 8, 7)


def box(low, high, origin=(0.0, 0.0, 0.0)):
    """A segment of 1 mm voxels from index `low` to before `high` (x, y, z)."""
    array = np.zeros(SIZE[::-1], np.uint8)
    array[tuple(slice(a, b) for a, b in zip(low[::-1], high[::-1], strict=True))] = 1
    image = sitk.GetImageFromArray(array)
    image.SetOrigin(origin)
    return image


GRID = sitk.Image(SIZE, sitk.sitkFloat32)


def test_overlapping_segments_go_into_layers_and_keep_their_labels():
    segments = {
        "a": box((1, 1, 1), (4, 4, 4)),
        "b": box((2, 2, 2), (3, 3, 3)),
        "c": box((5, 5, 5), (6, 6, 6)),
    }

    found = layers_on_grid(segments, GRID, "image")

    assert [layer.labels for layer in found.layers] == [{1: "a", 3: "c"}, {2: "b"}]
    arrays = [sitk.GetArrayFromImage(layer.mask) for layer in found.layers]
    assert [(array == value).sum() for array, value in ((arrays[0], 1), (arrays[1], 2))] == [27, 1]


def test_an_empty_segment_is_named():
    segments = {"a": box((1, 1, 1), (4, 4, 4)), "nothing": box((0, 0, 0), (0, 0, 0))}

    assert layers_on_grid(segments, GRID, "image").empty == ("nothing",)


def test_a_segment_that_reaches_out_of_the_image_is_refused():
    segment = box((0, 0, 0), (4, 4, 4), origin=(-1.0, 0.0, 0.0))

    with pytest.raises(InputError, match="25% of the segment 'Core' lies outside the volume 'T1'"):
        layers_on_grid({"Core": segment}, GRID, "T1")


@settings(deadline=None, max_examples=30)
@given(
    moved=st.tuples(*[st.integers(0, 3)] * 3),
    spacing=st.sampled_from([(1.0, 1.0, 1.0), (0.5, 1.0, 2.0)]),
    angle=st.floats(-3.0, 3.0),
)
def test_a_segment_on_a_part_of_the_grid_comes_back_voxel_by_voxel(moved, spacing, angle):
    c, s = np.cos(angle), np.sin(angle)
    grid = sitk.Image(SIZE, sitk.sitkFloat32)
    grid.SetSpacing(spacing)
    grid.SetDirection((c, -s, 0.0, s, c, 0.0, 0.0, 0.0, 1.0))
    grid.SetOrigin((-31.0, 4.5, 90.0))
    array = np.random.default_rng(1).integers(0, 2, (4, 4, 4)).astype(np.uint8)
    segment = sitk.GetImageFromArray(array)
    segment.SetSpacing(spacing)
    segment.SetDirection(grid.GetDirection())
    segment.SetOrigin(grid.TransformIndexToPhysicalPoint(moved))

    (layer,) = layers_on_grid({"one": segment}, grid, "image").layers

    x, y, z = moved
    expected = np.zeros(SIZE[::-1])
    expected[z : z + 4, y : y + 4, x : x + 4] = array
    assert (sitk.GetArrayFromImage(layer.mask) == expected).all()

"""Distances between surfaces: what they mean to a reader, and equality with MONAI."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from ELMEDSegmentLib.evaluation import compare, compare_files
from ELMEDSegmentLib.labels import ENHANCING_TUMOUR, OEDEMA
from ELMEDSegmentLib.surfaces import EMPTY_MM, hausdorff95, surface_dice

SHAPE = (7, 8, 9)
SPACING = st.tuples(*[st.floats(0.5, 5.0)] * 3)
MASKS = arrays(bool, SHAPE)
SOME = MASKS.filter(np.any)


def ball(radius: float, shift: float = 0.0) -> np.ndarray:
    z, y, x = np.mgrid[-16:17, -16:17, -16:17]
    return z**2 + y**2 + (x - shift) ** 2 <= radius**2


@given(first=SOME, second=SOME, spacing=SPACING)
@settings(max_examples=60, deadline=None)
def test_distances_are_symmetric_and_scale_with_the_voxels(first, second, spacing):
    distance = hausdorff95(first, second, spacing)
    assert distance == hausdorff95(second, first, spacing)
    assert 0 <= distance <= np.linalg.norm(np.array(SHAPE) * spacing)
    doubled = tuple(2 * size for size in spacing)
    assert hausdorff95(first, second, doubled) == pytest.approx(2 * distance)
    share = surface_dice(first, second, spacing)
    assert share == surface_dice(second, first, spacing)
    assert 0 <= share <= 1


@given(mask=MASKS, spacing=SPACING)
@settings(max_examples=30, deadline=None)
def test_a_segmentation_agrees_with_itself(mask, spacing):
    assert hausdorff95(mask, mask, spacing) == 0
    assert surface_dice(mask, mask, spacing) == 1


@given(first=SOME, second=SOME, near=st.floats(0, 8), more=st.floats(0, 8))
@settings(max_examples=40, deadline=None)
def test_a_wider_tolerance_never_lowers_surface_dice(first, second, near, more):
    assert surface_dice(first, second, (1, 1, 1), near) <= surface_dice(
        first, second, (1, 1, 1), near + more
    )


@pytest.mark.parametrize("shift", [1, 3, 6])
def test_a_moved_ball_is_as_far_off_as_it_was_moved(shift):
    assert hausdorff95(ball(8), ball(8, shift), (1, 1, 1)) == pytest.approx(shift, abs=0.5)


def test_surface_dice_forgives_what_the_tolerance_allows():
    assert surface_dice(ball(8), ball(8, 1), (1, 1, 1), 1.0) == 1
    assert surface_dice(ball(8), ball(8, 5), (1, 1, 1), 1.0) < 0.6


def test_empty_regions_follow_the_convention_of_brats():
    nothing = np.zeros((6, 6, 6), np.uint8)
    oedema = nothing.copy()
    oedema[2:4, 2:4, 2:4] = OEDEMA
    enhancing = np.where(oedema > 0, ENHANCING_TUMOUR, 0)
    right = compare(oedema, oedema, (1, 1, 1))
    assert right["dice"]["ET"] == 1
    assert right["hd95_mm"]["ET"] == 0
    assert right["surface_dice"]["ET"] == 1
    for found, expected in ((enhancing, oedema), (oedema, enhancing)):
        wrong = compare(found, expected, (1, 1, 1))
        assert wrong["dice"]["ET"] == 0
        assert wrong["hd95_mm"]["ET"] == EMPTY_MM
        assert wrong["surface_dice"]["ET"] == 0
        assert wrong["hd95_mm"]["WT"] == 0
    # The grid of BraTS is 240x240x155 mm.
    assert np.linalg.norm((240, 240, 155)) == pytest.approx(EMPTY_MM, abs=0.01)


@given(data=st.data(), spacing=SPACING, tolerance=st.floats(0.3, 6.0))
@settings(max_examples=40, deadline=None)
def test_figures_equal_those_of_monai(data, spacing, tolerance):
    import torch
    from monai.metrics import compute_hausdorff_distance, compute_surface_dice

    shape = data.draw(array_shapes(min_dims=3, max_dims=3, min_side=4, max_side=9))
    masks = [data.draw(arrays(bool, shape).filter(np.any)) for _ in range(2)]
    tensors = [torch.from_numpy(mask[None, None].astype(np.float32)) for mask in masks]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        distance = compute_hausdorff_distance(
            *tensors, include_background=True, percentile=95, spacing=list(spacing)
        )
        share = compute_surface_dice(
            *tensors, [tolerance], include_background=True, spacing=list(spacing)
        )
    assert hausdorff95(*masks, spacing) == pytest.approx(float(distance), rel=1e-5, abs=1e-5)
    assert surface_dice(*masks, spacing, tolerance) == pytest.approx(float(share), abs=1e-6)


def test_what_was_found_beyond_a_reference_that_was_cut_close_counts(tmp_path):
    """Slicer's files end where their labels end; tilted and anisotropic here."""
    expected = np.zeros((20, 24, 28), np.uint8)
    expected[5:13, 7:17, 9:22] = OEDEMA
    found = np.roll(expected, 1, axis=1)
    found[16:19, 20:23, 23:27] = ENHANCING_TUMOUR
    files = {}
    for name, array in (("expected", expected), ("found", found)):
        image = sitk.GetImageFromArray(array)
        image.SetSpacing((1.0, 1.2, 2.0))
        image.SetOrigin((5.0, -7.0, 9.0))
        image.SetDirection(sitk.Euler3DTransform((0, 0, 0), 0.3, -0.2, 0.1).GetMatrix())
        files[name] = tmp_path / f"{name}.nrrd"
        sitk.WriteImage(image, str(files[name]))
        if name == "expected":
            sitk.WriteImage(image[8:23, 6:18, 4:14], str(tmp_path / "cut.nrrd"))
    whole = compare_files(files["found"], files["expected"])
    cut = compare_files(files["found"], tmp_path / "cut.nrrd")
    assert whole.scores["hd95_mm"]["ET"] == EMPTY_MM
    for measure, values in whole.scores.items():
        assert cut.scores[measure] == pytest.approx(values)

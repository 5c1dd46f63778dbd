"""RANO diameters: equal to an exhaustive search, inside the region, at right angles."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.burden.bidimensional import largest_crosses
from ELMEDRadiomicsLib.diameters import mesh_points

FINE = 16
"""Samples in a pixel's length, when a line is checked the slow way."""

QUARTER = 0.25


def follow_the_rule(mask, starts, ends):
    """The rule as it is documented: samples on a fixed grid, a quarter of a pixel or less apart."""
    halvings = int(np.ceil(np.log2(4 * (max(mask.shape) + 2))))
    shares = np.arange(1, 2**halvings)[:, None] / 2**halvings
    return np.array(
        [touches(mask, a + (b - a) * shares, 1e-6).all() for a, b in zip(starts, ends, strict=True)]
    )


def touches(mask, places, border=1e-3):
    """Whether places (half pixels) lie in a pixel of the region or on its border."""
    padded = np.pad(mask, 2)
    found = np.zeros(places.shape[:-1], bool)
    for shift in itertools.product((-border, border), repeat=2):
        row, column = np.moveaxis(np.floor(places / 2 + 0.5 + shift).astype(int) + 2, -1, 0)
        row, column = row.clip(0, padded.shape[0] - 1), column.clip(0, padded.shape[1] - 1)
        found |= padded[row, column]
    return found


def are_inside(mask, starts, ends):
    """Check lines the slow way: no part outside is longer than a quarter of a pixel."""
    count = int(np.ceil(np.abs(np.subtract(ends, starts)).max() / 2 * FINE)) + 2
    shares = np.linspace(0, 1, count)[:, None]
    found = []
    for start, end in zip(np.asarray(starts, float), np.asarray(ends, float), strict=True):
        outside = ~touches(mask, start + (end - start) * shares)
        length = np.abs(end - start).max() / 2
        runs = np.diff(np.flatnonzero(np.diff(np.pad(outside, 1).astype(int))))[::2]
        found.append(runs.max(initial=0) / count * length <= QUARTER)
    return np.array(found)


def perpendicular_to(mask, points, way, spacing):
    """The longest line across `way` (mm), from any point of the border, the slow way."""
    across = np.array([-way[1], way[0]]) / spacing
    across /= np.abs(across).max() * FINE / 2
    steps = np.arange(1, 2 * FINE * max(mask.shape))[:, None]
    best = 0.0
    for sign in (1, -1):
        inside = touches(mask, points[:, None] + sign * across * steps)
        best = max(best, np.where(inside.all(1), len(steps), inside.argmin(1)).max())
    return best * np.hypot(*(across / 2 * spacing))


def exhaustive(mask, spacing, worth):
    """The longest line, the classic product and the largest one, by trying all pairs of points.

    Lines whose product cannot reach `worth` are left out of the last.
    """
    points = mesh_points(np.pad(mask, 1)) - 2
    first, second = np.triu_indices(len(points), 1)
    ways = (points[second] - points[first]) / 2 * spacing
    inside = follow_the_rule(mask, points[first], points[second])
    ways = ways[inside]
    lengths = np.hypot(*ways.T)
    best = lengths.max()
    known = {}

    def product(way):
        key = tuple(np.round(way / np.hypot(*way) * (1 if way[0] > 0 else -1), 6))
        if key not in known:
            known[key] = perpendicular_to(mask, points, way, spacing)
        return np.hypot(*way) * known[key]

    classic = max(product(way) for way in ways[lengths > best - 1e-6])
    worthy = ways[lengths * best > worth]
    return best, classic, max((product(way) for way in worthy), default=0.0)


def check(mask, spacing):
    """Hold the quick search against the exhaustive one, within one voxel at each diameter."""
    found = largest_crosses(mask[None], (1.0, *spacing))
    best, classic, product = exhaustive(mask, np.array(spacing), found.product.product)
    voxel = max(spacing)

    def slack(cross):
        return voxel * (cross.longest.length + cross.perpendicular.length)

    # A line at right angles may turn out longer than the longest between two points of the border.
    assert best - 1e-3 <= found.classic.longest.length <= best + voxel
    assert abs(found.classic.product - classic) <= slack(found.classic)
    assert product - found.product.product <= slack(found.product)
    assert found.product.product >= found.classic.product - 1e-6


def check_lines(mask, spacing, found):
    """Both lines are inside, at right angles, and as long as they are said to be."""
    for cross in (found.classic, found.product):
        plane = mask[cross.plane]
        ways = []
        for chord in (cross.longest, cross.perpendicular):
            # The end of a ray is found by halving its last step; it may lie just on the border.
            assert are_inside(plane, [chord.start], [chord.end]).all()
            way = np.subtract(chord.end, chord.start) / 2 * spacing[1:]
            assert np.hypot(*way) == pytest.approx(chord.length, abs=1e-6)
            ways.append(way / max(np.hypot(*way), 1e-9))
        assert abs(np.dot(*ways)) < 1e-6
        assert cross.longest.length >= cross.perpendicular.length


def disc(size, radius, inner=0.0, stretch=(1.0, 1.0)):
    rows, columns = np.indices((size, size)) - (size - 1) / 2
    distance = np.hypot(rows / stretch[0], columns / stretch[1])
    return (distance <= radius) & (distance >= inner)


def c_shape(size):
    mask = disc(size, size / 2, size / 4)
    mask[size // 2 - 1 : size // 2 + 2, size // 2 :] = False
    return mask


@st.composite
def blobs(draw):
    """Smooth noise above a threshold, with holes; its largest piece."""
    seed = draw(st.integers(0, 10_000))
    size = draw(st.integers(5, 9))
    smoothness = draw(st.sampled_from([0.8, 1.2, 2.0]))
    noise = ndimage.gaussian_filter(
        np.random.default_rng(seed).normal(size=(size, size)), smoothness
    )
    mask = noise > np.quantile(noise, draw(st.sampled_from([0.3, 0.5, 0.7])))
    labels, _ = ndimage.label(mask, np.ones((3, 3)))
    return labels == np.bincount(labels.ravel())[1:].argmax() + 1


@given(blobs(), st.sampled_from([(1.0, 1.0), (0.5, 1.5), (1.2, 0.9)]))
@settings(max_examples=8, deadline=None)
def test_the_quick_search_finds_what_an_exhaustive_one_does(mask, spacing):
    check(mask, spacing)


@given(
    st.lists(blobs(), min_size=1, max_size=4), st.sampled_from([(5.0, 1.0, 1.0), (1.0, 0.4, 1.1)])
)
@settings(max_examples=40, deadline=None)
def test_lines_never_leave_the_region_and_are_at_right_angles(planes, spacing):
    size = max(plane.shape[0] for plane in planes)
    mask = np.stack([np.pad(plane, ((0, size - len(plane)),) * 2) for plane in planes])
    check_lines(mask, np.array(spacing), largest_crosses(mask, spacing))


@pytest.mark.parametrize(
    "mask",
    [
        pytest.param(disc(8, 4), id="disc"),
        pytest.param(disc(11, 5.4, 3), id="ring"),
        pytest.param(c_shape(13), id="c-shape"),
        pytest.param(np.ones((2, 9), bool), id="bar"),
        pytest.param(np.eye(9, dtype=bool), id="diagonal"),
        pytest.param(np.ones((1, 1), bool), id="voxel"),
    ],
)
def test_known_shapes_are_measured_as_an_exhaustive_search_does(mask):
    check(mask, (1.0, 1.0))
    check_lines(mask[None], np.ones(3), largest_crosses(mask[None], (1.0, 1.0, 1.0)))


def test_an_ellipse_has_its_two_axes():
    found = largest_crosses(disc(80, 15, stretch=(2.0, 1.0))[None], (1.0, 0.5, 1.0))

    # 60 rows of 0.5 mm and 30 columns of 1 mm: a circle in the world.
    assert found.classic.longest.length == pytest.approx(30, abs=1)
    assert found.classic.perpendicular.length == pytest.approx(30, abs=1)
    found = largest_crosses(disc(80, 15, stretch=(2.0, 1.0))[None], (1.0, 1.0, 1.0))
    assert found.classic.longest.length == pytest.approx(60, abs=1)
    assert found.classic.perpendicular.length == pytest.approx(30, abs=1)


def test_the_lines_of_a_ring_do_not_cross_its_cavity():
    outer, inner = 20.0, 12.0
    found = largest_crosses(disc(45, outer, inner)[None], (1.0, 1.0, 1.0))

    tangent = 2 * np.sqrt(outer**2 - inner**2)
    assert found.classic.longest.length == pytest.approx(tangent, abs=1.5)
    assert found.product.longest.length < 2 * outer - 3


def test_a_square_is_as_wide_as_its_voxels():
    mask = np.zeros((1, 14, 14), bool)
    mask[0, 2:12, 2:12] = True
    found = largest_crosses(mask, (1.0, 1.0, 1.0))

    assert found.product.product >= 100
    assert found.classic.longest.length == pytest.approx(np.hypot(10, 9), abs=1e-6)


def test_the_best_plane_is_found():
    mask = np.stack([np.pad(disc(21, radius), 2) for radius in (3, 9.4, 6)])
    found = largest_crosses(mask, (3.0, 1.0, 1.0))

    assert found.classic.plane == found.product.plane == 1


def best_of_planes(mask, spacing):
    """Both products when each plane is measured by itself, so that none is left out unseen."""
    found = [largest_crosses(plane[None], spacing) for plane in mask if plane.any()]
    return max(f.classic.product for f in found), max(f.product.product for f in found)


@given(
    st.lists(blobs(), min_size=2, max_size=6), st.sampled_from([(5.0, 1.0, 1.0), (1.0, 0.4, 1.1)])
)
@settings(max_examples=15, deadline=None)
def test_no_plane_is_left_out_that_would_have_won(planes, spacing):
    size = max(plane.shape[0] for plane in planes)
    mask = np.stack([np.pad(plane, ((0, size - len(plane)),) * 2) for plane in planes])
    found = largest_crosses(mask, spacing)
    classic, product = best_of_planes(mask, spacing)

    assert found.classic.product == pytest.approx(classic, rel=1e-6)
    assert found.product.product == pytest.approx(product, rel=0.02)


def test_no_plane_of_a_real_tumour_is_left_out_that_would_have_won(shared_data):
    for study in ("brats2021-01485", "msd-brats-001"):
        image = sitk.ReadImage(str(shared_data / "glioma" / study / "seg.nii.gz"))
        labels = sitk.GetArrayFromImage(image)[::4, ::2, ::2]
        mask = np.isin(labels, (1, 2, 3))
        found = largest_crosses(mask, (4.0, 2.0, 2.0))
        classic, product = best_of_planes(mask, (4.0, 2.0, 2.0))

        assert found.classic.product == pytest.approx(classic, rel=1e-6)
        assert found.product.product == pytest.approx(product, rel=1e-6)


def test_a_slice_that_is_all_specks_is_measured_at_once():
    mask = np.random.default_rng(0).random((2, 240, 240)) < 0.12
    mask[:, 98:132, 78:122] = False
    mask[1, 100:130, 80:120] = True
    started = time.process_time()
    found = largest_crosses(mask, (1.0, 1.0, 1.0))

    assert time.process_time() - started < 10  # all 25 000 points together: minutes, gigabytes
    assert found.classic.plane == 1
    assert found.classic.longest.length == pytest.approx(np.hypot(40, 29), abs=0.1)


@pytest.mark.parametrize("density", [0.12, 0.3, 0.45])
def test_pieces_of_a_slice_searched_apart_give_what_all_together_do(density, monkeypatch):
    masks = np.random.default_rng(1).random((4, 1, 24, 24)) < density
    together = [largest_crosses(mask, (1.0, 0.8, 1.0)) for mask in masks]
    monkeypatch.setattr("ELMEDRadiomicsLib.burden.pieces.MANY_POINTS", 0)
    apart = [largest_crosses(mask, (1.0, 0.8, 1.0)) for mask in masks]

    for one, other in zip(apart, together, strict=True):
        assert one.classic.product == pytest.approx(other.classic.product, rel=1e-6)
        assert one.product.product == pytest.approx(other.product.product, rel=1e-6)


def test_a_slice_with_more_lines_than_can_be_compared_is_refused_in_a_sentence():
    chequered = np.indices((1, 64, 64)).sum(0) % 2 == 0

    with pytest.raises(InputError, match="too porous"):
        largest_crosses(chequered, (1.0, 1.0, 1.0))


def test_an_empty_mask_has_no_diameters():
    assert largest_crosses(np.zeros((2, 3, 4), bool), (1.0, 1.0, 1.0)) is None


def test_real_tumours_are_measured_as_an_exhaustive_search_does(shared_data):
    """On small cuts: trying all lines of a whole tumour would take hours."""
    for study in sorted((shared_data / "glioma").iterdir())[1::4]:
        labels = sitk.GetArrayFromImage(sitk.ReadImage(str(next(study.glob("*seg*")))))
        plane = labels == 3
        slice_ = plane[plane.sum((1, 2)).argmax()]
        coarse = slice_[::4, ::4]
        if coarse.sum() > 2:
            check(coarse, (4.0, 4.0))


def test_real_tumours_keep_their_lines_inside(shared_data):
    for study in sorted((shared_data / "glioma").iterdir())[::4]:
        labels = sitk.GetArrayFromImage(sitk.ReadImage(str(next(study.glob("*seg*")))))
        for wanted in ((3,), (1, 2, 3)):
            mask = np.isin(labels, wanted)
            mask[: np.flatnonzero(mask.any((1, 2)))[0] + 5] = False
            planes = mask[np.argsort(-mask.sum((1, 2)))[:6]]
            check_lines(planes, np.ones(3), largest_crosses(planes, (1.0, 1.0, 1.0)))

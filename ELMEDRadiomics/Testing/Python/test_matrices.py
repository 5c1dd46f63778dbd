"""The texture matrices, against pencil and paper, and against counting voxel by voxel."""

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ELMEDRadiomicsLib.diameters import largest_distance, largest_in_planes, mesh_points
from ELMEDRadiomicsLib.discretisation import discretise, ranked
from ELMEDRadiomicsLib.matrices import Matrices
from ELMEDRadiomicsLib.region import Region
from ELMEDRadiomicsLib.shape import Shape, shape

# The example of pyradiomics' documentation.
EXAMPLE = np.array(
    [[5, 2, 5, 4, 4], [3, 3, 3, 1, 3], [2, 1, 1, 1, 3], [4, 2, 2, 2, 3], [3, 5, 3, 3, 2]]
)


def matrices_of(levels, mask=None, distances=(1,), flat_axis=None):
    mask = np.ones(levels.shape, bool) if mask is None else mask
    region = Region(mask, (1, 1, 1), distances, flat_axis)
    return Matrices(region, ranked(levels[mask]))


def test_zones_of_the_example():
    zones = matrices_of(EXAMPLE[None]).zones()
    assert zones.sizes.tolist() == [1, 2, 3, 4, 5]
    expected = [[0, 0, 0, 1, 0], [1, 0, 0, 0, 1], [1, 0, 1, 0, 1], [1, 1, 0, 0, 0], [3, 0, 0, 0, 0]]
    assert zones.counts.tolist() == expected


def test_dependences_of_the_example():
    alike = matrices_of(EXAMPLE[None]).dependences(0)
    expected = [[0, 1, 2, 1], [1, 2, 3, 0], [1, 4, 4, 0], [1, 2, 0, 0], [3, 0, 0, 0]]
    assert alike.counts.tolist() == expected


def test_runs_of_the_example():
    runs = matrices_of(EXAMPLE[None]).runs()
    expected = [[1, 0, 1], [3, 0, 1], [4, 1, 1], [1, 1, 0], [3, 0, 0]]
    assert runs.counts[:, :3, -1].tolist() == expected


LEVELS = st.integers(1, 4)
SHAPES = st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(2, 5))


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    SHAPES,
    st.integers(0, 10**6),
    st.sampled_from([(1,), (2,), (1, 2)]),
    st.sampled_from([None, 0, 1, 2]),
    st.integers(0, 2),
)
def test_matrices_equal_counting_voxel_by_voxel(shape, seed, distances, flat_axis, alpha):
    random = np.random.default_rng(seed)
    levels = random.integers(1, 5, shape)
    mask = random.random(shape) < 0.7
    mask.flat[0] = True
    matrices = matrices_of(levels, mask, distances, flat_axis)
    grey = matrices.levels.grey.tolist()
    inside = {tuple(place): int(levels[tuple(place)]) for place in np.argwhere(mask).tolist()}
    for number, offset in enumerate(matrices.region.directions.tolist()):
        expected = np.zeros((len(grey), len(grey)))
        for place, level in inside.items():
            other = inside.get(tuple(np.add(place, offset)))
            if other:
                expected[grey.index(level), grey.index(other)] += 1
        assert (matrices.cooccurrence()[..., number] == expected).all()
    around = list(matrices.region.directions) + [-d for d in matrices.region.directions]
    sizes, tones = {}, dict.fromkeys(grey, 0.0)
    for place, level in inside.items():
        near = [inside.get(tuple(np.add(place, offset).tolist())) for offset in around]
        near = [other for other in near if other]
        size = 1 + sum(abs(other - level) <= alpha for other in near)
        sizes[level, size] = sizes.get((level, size), 0) + 1
        tones[level] += abs(level - np.mean(near)) if near else 0
    alike = matrices.dependences(alpha)
    found = {
        (grey[i], int(alike.sizes[j])): int(alike.counts[i, j])
        for i, j in np.argwhere(alike.counts > 0)
    }
    assert found == sizes
    assert matrices.tone_differences().differences == pytest.approx(list(tones.values()))
    zones = matrices.zones()
    assert zones.counts.sum(0) @ zones.sizes == len(inside)


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10**6), st.tuples(*[st.integers(1, 6)] * 3))
def test_diameters_equal_comparing_all_points(seed, size):
    random = np.random.default_rng(seed)
    mask = random.random(size) < 0.5
    mask.flat[0] = True
    spacing = random.uniform(0.5, 3, 3)
    points = mesh_points(np.pad(mask, 1))
    places = points / 2 * spacing
    apart = np.sqrt(((places[:, None] - places) ** 2).sum(-1))
    assert largest_distance(points, spacing) == pytest.approx(apart.max(), rel=1e-12)
    for axis in range(3):
        together = points[:, None, axis] == points[None, :, axis]
        expected = np.where(together, apart, 0).max()
        assert largest_in_planes(points, spacing, axis) == pytest.approx(expected, rel=1e-12)


def test_shape_of_a_cuboid_is_near_the_true_one():
    found = shape(Shape(np.ones((20, 30, 40), bool), (1, 1, 1)), ("MeshVolume", "VoxelVolume"))
    assert found["VoxelVolume"] == 24000
    assert found["MeshVolume"] == pytest.approx(24000, rel=0.01)


@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=50), st.sampled_from([0.5, 5, 25]))
def test_bins_hold_their_intensities(values, width):
    intensities = np.array(values)
    levels = discretise(intensities, width).values
    assert levels.min() == 1
    edges = (levels - levels[0]) * width
    assert (np.abs((intensities - intensities[0]) - edges) <= width * (1 + 1e-9)).all()


def test_counts_are_symmetric_in_space():
    random = np.random.default_rng(1)
    levels = random.integers(1, 6, (4, 5, 6))
    straight = matrices_of(levels)
    for axes in itertools.permutations(range(3)):
        turned = matrices_of(levels.transpose(axes))
        assert (turned.zones().counts == straight.zones().counts).all()
        assert (turned.dependences(0).counts == straight.dependences(0).counts).all()

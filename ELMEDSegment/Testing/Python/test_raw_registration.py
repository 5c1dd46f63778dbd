"""Registration finds a known motion, says how sure it is, and repeats itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
import SimpleITK as sitk

from ELMEDSegmentLib.geometry import Grid
from ELMEDSegmentLib.raw.registration import Registration, Scan, motion, overlap, register
from ELMEDSegmentLib.raw.steps import as_matrix, as_transform
from ELMEDSegmentLib.simulate.fields import smooth_field

IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
WHOLE = Grid((72, 80, 64), (2.0, 2.0, 2.0), (-71.0, -79.0, -63.0), IDENTITY)
THICK = Grid((68, 74, 26), (2.0, 2.0, 5.0), (-60.0, -80.0, -70.0), IDENTITY)


class Brain:
    """An ellipsoid of two tissues, dark in one contrast where it is bright in the other."""

    def __init__(self) -> None:
        z, y, x = (line * 2.0 for line in np.indices(WHOLE.size[::-1]))
        x, y, z = x - 71, y - 79, z - 63
        self.inside = (x / 50) ** 2 + (y / 62) ** 2 + (z / 44) ** 2 < 1
        field = smooth_field(np.random.default_rng(2), self.inside.shape, 9.0)
        self.first = np.where(self.inside, np.where(field > 0, 700, 300), 0)
        self.second = np.where(self.inside, np.where(field > 0, 200, 900), 30)

    def scan(
        self, values: np.ndarray, matrix: np.ndarray | None = None, grid: Grid = WHOLE
    ) -> Scan:
        """Scan the brain on `grid`, whose positions `matrix` takes to where the brain is."""
        through = as_transform(np.eye(4) if matrix is None else matrix)
        noise = np.random.default_rng(7).normal(0, 15, grid.size[::-1]).astype(np.float32)
        image = grid.resample(WHOLE.place(values.astype(np.float32)), through=through)
        brain = grid.resample(WHOLE.place(self.inside.astype(np.float32)), through=through)
        return Scan(image + grid.place(noise), brain)


@pytest.fixture(scope="module")
def brain() -> Brain:
    return Brain()


def rigid(degrees: tuple[float, float, float], shift: tuple[float, float, float]) -> np.ndarray:
    transform = sitk.Euler3DTransform()
    transform.SetRotation(*(math.radians(angle) for angle in degrees))
    transform.SetTranslation(shift)
    return as_matrix(transform)


def error_mm(found: np.ndarray, true: np.ndarray) -> float:
    """The mean distance of where the two matrices take points of the brain."""
    points = np.random.default_rng(1).uniform(-40, 40, (200, 3))
    moved = [points @ matrix[:3, :3].T + matrix[:3, 3] for matrix in (found, true)]
    return float(np.linalg.norm(moved[0] - moved[1], axis=1).mean())


@pytest.mark.parametrize(
    ("degrees", "shift"),
    [((0, 0, 0), (0, 0, 0)), ((9, -5, 7), (6, -8, 10)), ((-14, 3, 4), (45, 30, -35))],
)
def test_a_known_motion_is_found_across_contrasts_and_thick_slices(brain, degrees, shift):
    true = rigid(degrees, shift)
    grid = Grid(THICK.size, THICK.spacing, tuple(THICK.origin - np.array(shift)), THICK.direction)
    found = register(brain.scan(brain.first), brain.scan(brain.second, true, grid), threads=1)
    assert error_mm(found.matrix, true) < 1.0
    assert found.agreement > 0.95
    assert found.after >= found.before
    assert not found.failed
    assert found.doubts("T2") == [] or math.dist(shift, (0, 0, 0)) > 50


def test_the_same_seed_gives_the_same_registration_to_the_last_bit(brain):
    moving = brain.scan(brain.second, rigid((5, 2, -4), (3, 3, 3)), THICK)
    first, second = (register(brain.scan(brain.first), moving, seed=3, threads=1) for _ in "ab")
    assert np.array_equal(first.matrix, second.matrix)
    assert (first.before, first.after) == (second.before, second.after)


def test_a_volume_in_place_is_hardly_moved(brain):
    found = register(brain.scan(brain.first), brain.scan(brain.second), threads=1)
    assert error_mm(found.matrix, np.eye(4)) < 0.2


def test_brains_that_do_not_fit_are_a_failure_and_are_told(brain):
    other = brain.scan(brain.second, grid=THICK)
    small = np.zeros(THICK.size[::-1], np.float32)
    small[4:9, 10:20, 10:20] = 1
    found = register(brain.scan(brain.first), Scan(other.image, THICK.place(small)), threads=1)
    assert found.failed
    assert "overlap by" in found.doubts("FLAIR")[0]


def test_implausible_motion_is_told():
    matrix = rigid((40, 0, 0), (0, 0, 0))
    turn, shift = motion(matrix, np.zeros(3))
    said = Registration(matrix, 0.1, 0.5, 0.95, turn, shift).doubts("T1")
    assert len(said) == 1
    assert "turned by 40 degrees" in said[0]
    assert "same patient" in said[0]


def test_the_overlap_counts_only_where_both_volumes_look(brain):
    upper = Grid((72, 80, 30), (2.0, 2.0, 2.0), (-71.0, -79.0, 0.0), IDENTITY)
    whole, part = brain.scan(brain.first), brain.scan(brain.second, grid=upper)
    assert overlap(whole.brain, part.brain, np.eye(4)) > 0.97
    assert overlap(whole.brain, part.brain, rigid((0, 0, 0), (0, 60, 0))) < 0.7

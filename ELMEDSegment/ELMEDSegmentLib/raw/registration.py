"""Rigid registration of one contrast to another, by mutual information.

Mattes et al. 2003, "PET-CT image registration in the chest using free-form deformations",
doi:10.1109/TMI.2003.809072, as ITK implements it. Only the brain and a rim around it count: jaw
and neck move by themselves. All chance comes from the seed, so that a registration can be repeated
exactly with the same number of threads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDSegmentLib.geometry import Grid
from ELMEDSegmentLib.preparation import bounding_box, lps_grid, smoothed
from ELMEDSegmentLib.raw.steps import as_matrix, as_transform, rigid_inverse

if TYPE_CHECKING:
    from collections.abc import Sequence

BINS = 32

RIM_MM = 8.0
"""How much around the brain counts: its edge is what says most."""

LEVELS_MM = (4.0, 2.0)
"""Voxel sizes, one after the other. Mutual information places rigid volumes far within a voxel."""

SAMPLES = 20_000
"""Voxels that are compared at most; more of them do not place the brain any better."""

PITCHES = (0.0, math.radians(-15), math.radians(15))
"""Heads differ in pitch above all; the search begins with each of these, about the brain."""

LARGEST_TURN_DEGREES, LARGEST_SHIFT_MM = 25.0, 50.0
"""Motion beyond this between volumes of one examination is implausible."""

SMALLEST_AGREEMENT = 0.85
"""Dice of the two brains below which either the brains or the registration are doubtful."""

WORST_AGREEMENT = 0.6
"""Dice of the two brains below which no registration can be spoken of."""


@dataclass(frozen=True)
class Scan:
    """A volume as it was scanned, and where its brain is.

    Attributes:
        image: float32.
        brain: probability of brain, float32, on any grid of the same space.
    """

    image: sitk.Image
    brain: sitk.Image


@dataclass(frozen=True)
class Registration:
    """Where a moving volume lies in the fixed volume's space, and how sure that is.

    Attributes:
        matrix: 4x4, rigid, from positions in mm in the moving volume to positions in the fixed one.
        before: mutual information with both volumes where the scanner put them, in nats.
        after: mutual information when registered.
        agreement: Dice of the two brains when registered, 0 to 1.
        turn_degrees: how far the volume was turned.
        shift_mm: how far the middle of the brain was moved.
    """

    matrix: np.ndarray
    before: float
    after: float
    agreement: float
    turn_degrees: float
    shift_mm: float

    @property
    def failed(self) -> bool:
        """Whether the volumes do not fit each other at all."""
        return self.agreement < WORST_AGREEMENT or not math.isfinite(self.after)

    def doubts(self, title: str) -> list[str]:
        """Return what is doubtful about the registration of the volume `title`, a sentence each."""
        said = []
        if self.turn_degrees > LARGEST_TURN_DEGREES or self.shift_mm > LARGEST_SHIFT_MM:
            said.append(
                f"The {title} volume was turned by {self.turn_degrees:.0f} degrees and moved by "
                f"{self.shift_mm:.0f} mm, which is much for one examination: check that it is the "
                "same patient's, and look whether it fits."
            )
        if self.agreement < SMALLEST_AGREEMENT:
            said.append(
                f"The brain in the {title} volume and the one in the reference overlap by "
                f"{self.agreement:.0%} only (Dice) after registration: look whether they fit."
            )
        return said


def register(fixed: Scan, moving: Scan, seed: int = 0, threads: int | None = None) -> Registration:
    """Register `moving` to `fixed`, rigidly.

    A volume that lies best where the scanner put it stays exactly there.

    Args:
        fixed: the reference.
        moving: another volume of the same head.
        seed: of the samples.
        threads: of the computation; ITK's own choice when None.
    """
    centre = _centre(fixed.brain)
    transform = sitk.Euler3DTransform()
    transform.SetCenter(centre.tolist())
    for number, spacing in enumerate(LEVELS_MM):
        level = _Level(fixed, moving, spacing, seed, threads)
        if number == 0:
            starts = _starts(centre, _centre(moving.brain))
            values = [level.information(start) for start in starts]
            best = sorted(range(len(starts)), key=lambda index: -values[index])[:2]
            found = [level.optimised(starts[index]) for index in best]
            transform = max(found, key=level.information)
        else:
            transform = level.optimised(transform)
    still = sitk.Euler3DTransform()
    still.SetCenter(centre.tolist())
    before, after = level.information(still), level.information(transform)
    if after <= before:
        # Nothing was gained: the scanner's own positions are the better guess.
        transform, after = still, before
    matrix = rigid_inverse(as_matrix(transform))
    agreement = overlap(fixed.brain, moving.brain, matrix)
    return Registration(matrix, before, after, agreement, *motion(matrix, _centre(moving.brain)))


def overlap(fixed: sitk.Image, moving: sitk.Image, matrix: np.ndarray) -> float:
    """Return the Dice of two brains, the second moved by `matrix`, where both volumes look.

    Args:
        fixed: probability of brain.
        moving: probability of brain; its space is mapped to that of `fixed` by `matrix`.
        matrix: 4x4.
    """
    inverse = as_transform(rigid_inverse(matrix))
    moved = sitk.Resample(moving, fixed, inverse, sitk.sitkLinear, 0.0)
    looked = sitk.Resample(moving * 0 + 1, fixed, inverse, sitk.sitkNearestNeighbor, 0.0)
    seen = sitk.GetArrayViewFromImage(looked) > 0
    first = (sitk.GetArrayViewFromImage(fixed) > 0.5) & seen  # noqa: PLR2004 - probability
    second = (sitk.GetArrayViewFromImage(moved) > 0.5) & seen  # noqa: PLR2004
    total = int(first.sum() + second.sum())
    return 2 * int((first & second).sum()) / total if total else 0.0


def motion(matrix: np.ndarray, point: np.ndarray) -> tuple[float, float]:
    """Return by how many degrees `matrix` turns, and by how many mm it moves `point` (x, y, z)."""
    cosine = (np.trace(matrix[:3, :3]) - 1) / 2
    turn = math.degrees(math.acos(min(max(float(cosine), -1.0), 1.0)))
    return turn, float(np.linalg.norm(matrix[:3, :3] @ point + matrix[:3, 3] - point))


def _starts(fixed: np.ndarray, moving: np.ndarray) -> list[sitk.Euler3DTransform]:
    """Return where the search may begin: as the scanner has it, and brain upon brain."""
    starts = []
    for shift, pitch in [((0.0, 0.0, 0.0), 0.0), *((moving - fixed, pitch) for pitch in PITCHES)]:
        start = sitk.Euler3DTransform()
        start.SetCenter(fixed.tolist())
        start.SetRotation(pitch, 0.0, 0.0)
        start.SetTranslation([float(value) for value in shift])
        starts.append(start)
    return starts


def _centre(brain: sitk.Image) -> np.ndarray:
    """Return the centre of mass `(x, y, z)` in mm of a probability of brain."""
    weights = sitk.GetArrayViewFromImage(brain)
    total = float(weights.sum())
    middle = [
        float(weights.sum(axis=tuple(a for a in range(3) if a != axis)) @ np.arange(length))
        / max(total, 1e-6)
        for axis, length in zip((2, 1, 0), weights.shape[::-1], strict=True)
    ]
    position: np.ndarray = Grid.of(brain).position(np.array([middle]))[0]
    return position


class _Level:
    """Both volumes at one voxel size, and their mutual information."""

    def __init__(
        self, fixed: Scan, moving: Scan, spacing_mm: float, seed: int, threads: int | None
    ) -> None:
        brain = sitk.GetArrayViewFromImage(fixed.brain) > 0.5  # noqa: PLR2004 - probability
        grid = Grid.of(fixed.brain)
        start, size = bounding_box(brain) if brain.any() else ((0, 0, 0), grid.size)
        box = _grown(lps_grid(grid.part(start, size), spacing_mm), RIM_MM)
        self.fixed = box.resample(smoothed(fixed.image, spacing_mm))
        self.moving = smoothed(moving.image, spacing_mm)
        distance = sitk.SignedMaurerDistanceMap(
            box.resample(fixed.brain) > 0.5,  # noqa: PLR2004
            squaredDistance=False,
            useImageSpacing=True,
        )
        self.mask = sitk.Cast(distance <= RIM_MM, sitk.sitkUInt8)
        self.spacing_mm, self.seed, self.threads = spacing_mm, seed, threads

    def information(self, transform: sitk.Euler3DTransform) -> float:
        """Return the mutual information in nats; minus infinity without any overlap."""
        method = self._method()
        method.SetInitialTransform(sitk.Euler3DTransform(transform))
        try:
            return -float(method.MetricEvaluate(self.fixed, self.moving))
        except RuntimeError:  # ITK: too few samples map inside the moving image
            return -math.inf

    def optimised(self, start: sitk.Euler3DTransform) -> sitk.Euler3DTransform:
        """Return the transform that the search arrives at from `start`."""
        method = self._method()
        transform = sitk.Euler3DTransform(start)
        method.SetInitialTransform(transform, inPlace=True)
        method.SetOptimizerAsRegularStepGradientDescent(
            learningRate=self.spacing_mm,
            minStep=0.01,
            numberOfIterations=150,
            relaxationFactor=0.6,
            gradientMagnitudeTolerance=1e-7,
        )
        method.SetOptimizerScalesFromPhysicalShift()
        try:
            method.Execute(self.fixed, self.moving)
        except RuntimeError:  # as above: the search left the volume
            return sitk.Euler3DTransform(start)
        return transform

    def _method(self) -> sitk.ImageRegistrationMethod:
        method = sitk.ImageRegistrationMethod()
        method.SetMetricAsMattesMutualInformation(BINS)
        method.SetMetricFixedMask(self.mask)
        method.SetInterpolator(sitk.sitkLinear)
        inside = int(np.count_nonzero(sitk.GetArrayViewFromImage(self.mask)))
        share = min(1.0, SAMPLES / max(inside, 1))
        if share < 1:
            method.SetMetricSamplingStrategy(method.RANDOM)
            # ITK takes 0 for the time of day.
            method.SetMetricSamplingPercentage(share, self.seed + 1)
        if self.threads:
            # Sums are rounded by the number of parts that they are made of.
            method.SetNumberOfThreads(self.threads)
            method.SetNumberOfWorkUnits(self.threads)
        return method


def _grown(grid: Grid, margin_mm: float) -> Grid:
    margin: Sequence[int] = [math.ceil(margin_mm / spacing) for spacing in grid.spacing]
    start = [-n for n in margin]
    return grid.part(start, [n + 2 * m for n, m in zip(grid.size, margin, strict=True)])

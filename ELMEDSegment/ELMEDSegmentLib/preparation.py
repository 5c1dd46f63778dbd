"""From a study to what a network takes, and back.

The study's four volumes are brought onto the working grid: axis-aligned in LPS (whatever the
direction matrix of the scan), with the model's voxel size, just around the brain. Intensities are
z-scored over the brain. The way back puts region probabilities onto the reference volume's grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDSegmentLib.geometry import Grid
from ELMEDSegmentLib.normalisation import NORMALISATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ELMEDSegmentLib.inputs.study import Study

# Linear interpolation averages at most two voxels an axis. Beyond this ratio of the working voxel
# to the scan's voxel it would skip voxels, so that the scan is smoothed first.
LARGEST_RATIO_WITHOUT_SMOOTHING = 2.2


@dataclass(frozen=True)
class Preparation:
    """What was done to a study, so that it can be undone.

    Attributes:
        reference: the grid of the reference volume, on which results are returned.
        brain: the part of the reference grid around the brain; nothing outside was looked at.
        working: the grid of `Prepared.array`.
        statistics: mean and standard deviation of each channel over the brain, before z-scoring.
        normalisation: how intensities were scaled, a name of `NORMALISATIONS`.
    """

    reference: Grid
    brain_start: tuple[int, ...]
    brain: Grid
    working: Grid
    statistics: dict[str, tuple[float, float]]
    normalisation: str = "zscore-brain"

    def to_brain(self, volume: np.ndarray) -> np.ndarray:
        """Return `volume` `(z, y, x)` of the working grid, interpolated on the `brain` grid."""
        image = self.working.place(np.ascontiguousarray(volume, dtype=np.float32))
        array: np.ndarray = sitk.GetArrayFromImage(self.brain.resample(image))
        return array

    def to_reference(self, labels: np.ndarray) -> sitk.Image:
        """Return `labels` `(z, y, x)` of the `brain` grid as an image on the reference grid."""
        whole = np.zeros(self.reference.size[::-1], labels.dtype)
        x, y, z = self.brain_start
        depth, height, width = labels.shape
        whole[z : z + depth, y : y + height, x : x + width] = labels
        return self.reference.place(whole)


@dataclass(frozen=True)
class Prepared:
    """A study as a network takes it.

    Attributes:
        array: float32 `(channel, z, y, x)`, z-scored over the brain, 0 outside it.
        brain: bool `(z, y, x)`, where the study shows brain.
        preparation: how it was made, and the way back.
    """

    array: np.ndarray
    brain: np.ndarray
    preparation: Preparation


def prepare(
    study: Study,
    channels: Sequence[str],
    spacing_mm: float,
    normalisation: str = "zscore-brain",
    field_of_view: Sequence[int] = (),
) -> Prepared:
    """Prepare `study` for a network that takes `channels` on a grid of `spacing_mm`.

    A channel that the study does not have is zero everywhere, the mean of a z-scored brain.

    Args:
        study: a checked study.
        channels: in the network's order.
        spacing_mm: of the working grid.
        normalisation: how intensities are scaled, a name of `NORMALISATIONS`.
        field_of_view: voxels (x, y, z) that the working grid has at least; what is beyond the brain
            is zero.

    Raises:
        InputError: a volume has no brain in it, or the same intensity everywhere.
    """
    reference = study.images[study.reference]
    images = {channel: study.images[channel] for channel in channels if channel in study.images}
    brain = brain_of(images.values())
    start, size = bounding_box(brain)
    part = Grid.of(reference).part(start, size)
    working = _enlarged(lps_grid(part, spacing_mm), field_of_view)
    scheme = NORMALISATIONS[normalisation]
    weight = _sampled(_block(brain, start, size).astype(np.float32), part, working)
    inside = weight > 0.5  # noqa: PLR2004 - more than half of the voxel is brain
    statistics: dict[str, tuple[float, float]] = {}
    array = np.zeros((len(channels), *weight.shape), np.float32)
    for index, channel in enumerate(channels):
        if channel not in images:
            continue
        values = _block(sitk.GetArrayViewFromImage(images[channel]), start, size)
        values = values.astype(np.float32)
        shown, share = inside, weight
        counted = _block(brain, start, size)
        if scheme.own_voxels:
            counted = values != 0
            share = _sampled(counted.astype(np.float32), part, working)
            shown = share > 0.5  # noqa: PLR2004 - as above
        mean, deviation = _statistics(values[counted], channel)
        statistics[channel] = (mean, deviation)
        # Dividing by the share of brain keeps the dark background out of the brain's edge.
        score = (_sampled(values, part, working)[shown] / share[shown] - mean) / deviation
        array[index, shown] = scheme.limited(score)
    preparation = Preparation(Grid.of(reference), start, part, working, statistics, normalisation)
    return Prepared(array, inside, preparation)


def brain_of(images: Iterable[sitk.Image]) -> np.ndarray:
    """Return where a skull-stripped study shows brain: bool `(z, y, x)`, any channel above zero."""
    brain: np.ndarray | None = None
    for image in images:
        shown = sitk.GetArrayViewFromImage(image) != 0
        brain = shown if brain is None else brain | shown
    if brain is None or not brain.any():
        raise InputError(
            "The volumes show nothing: every voxel is zero.", "Choose the patient's volumes."
        )
    return brain


def bounding_box(mask: np.ndarray) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return start and size, both `(x, y, z)`, of the smallest block holding `mask` `(z, y, x)`."""
    start, size = [], []
    for axis in (2, 1, 0):
        others = tuple(other for other in range(3) if other != axis)
        line = np.flatnonzero(mask.any(axis=others))
        start.append(int(line[0]))
        size.append(int(line[-1] - line[0] + 1))
    return tuple(start), tuple(size)


def _block(array: np.ndarray, start: Sequence[int], size: Sequence[int]) -> np.ndarray:
    (x, y, z), (width, height, depth) = start, size
    return array[z : z + depth, y : y + height, x : x + width]


def _sampled(values: np.ndarray, part: Grid, working: Grid) -> np.ndarray:
    """Return float32 `values` `(z, y, x)` of the grid `part`, sampled on the grid `working`."""
    image = smoothed(part.place(values), working.spacing[0])
    array: np.ndarray = sitk.GetArrayFromImage(working.resample(image))
    return array


def _enlarged(grid: Grid, field_of_view: Sequence[int]) -> Grid:
    """Return `grid` with background around it, so that it has `field_of_view` voxels at least."""
    if not field_of_view:
        return grid
    size = [max(n, wanted) for n, wanted in zip(grid.size, field_of_view, strict=True)]
    start = [-((new - old) // 2) for new, old in zip(size, grid.size, strict=True)]
    return grid.part(start, size)


def _statistics(values: np.ndarray, channel: str) -> tuple[float, float]:
    mean, deviation = float(values.mean()), float(values.std())
    if not deviation > 0:
        raise InputError(
            f"The {channel} volume has the same intensity everywhere.",
            "Choose the right volume for this channel.",
        )
    return mean, deviation


def smoothed(image: sitk.Image, spacing_mm: float) -> sitk.Image:
    """Return a float32 `image` that can be sampled every `spacing_mm` without aliasing."""
    for axis, spacing in enumerate(image.GetSpacing()):
        if spacing_mm > LARGEST_RATIO_WITHOUT_SMOOTHING * spacing:
            # Half the working voxel: the usual choice against aliasing, Gaussian FWHM ~ one voxel.
            image = sitk.RecursiveGaussian(
                image, sigma=spacing_mm / 2.355, normalizeAcrossScale=False, order=0, direction=axis
            )
    return image


def lps_grid(part: Grid, spacing_mm: float) -> Grid:
    """Return the axis-aligned LPS grid of `spacing_mm` that covers all voxels of `part`."""
    axes = np.abs(np.reshape(part.direction, (3, 3)) * np.asarray(part.spacing))
    half_voxel = axes.sum(axis=1) / 2
    corners = part.corners()
    low, high = corners.min(axis=0) - half_voxel, corners.max(axis=0) + half_voxel
    size = np.maximum(np.ceil((high - low) / spacing_mm - 1e-6), 1).astype(int)
    # Centred, edge to edge: at whole ratios every sample is the mean of whole voxels.
    origin = low + spacing_mm / 2
    return Grid(
        tuple(int(n) for n in size),
        (spacing_mm,) * 3,
        tuple(float(value) for value in origin),
        (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0),
    )

"""B-spline resampling to a grid that lies along the image's axes, as one matrix per axis.

Both steps of B-spline interpolation, finding coefficients and evaluating them, are linear and act
along one axis at a time, so each axis has a matrix from image voxels to grid points. It holds the
wanted grid points only, and hardly anything farther than 28 voxels from them.

Source: Unser 1999, "Splines: a perfect fit for signal and image processing", with the boundary
handling of ITK's BSplineDecompositionImageFilter and BSplineInterpolateImageFunction.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDRadiomicsLib.boxes import box_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ELMEDRadiomicsLib.frames import Grid
    from ELMEDRadiomicsLib.working import Sequence

    Floats = NDArray[np.float64]

POLE = math.sqrt(3) - 2
HORIZON = math.ceil(math.log(1e-10) / math.log(-POLE))
NEGLIGIBLE = 1e-18
LARGE_IMAGE = 1_000_000
EDGE = 1e-6


def along_axes(image: sitk.Image, grid: Grid) -> list[Floats] | None:
    """Return the places of the grid points along each axis (z, y, x) in voxels of the image.

    None when the grid is turned against the image, or reaches its very edge.
    """
    if image.GetDirection() != grid.direction:
        return None
    first = image.TransformPhysicalPointToContinuousIndex(grid.origin)
    places = []
    for axis in (2, 1, 0):
        step = grid.spacing[axis] / image.GetSpacing()[axis]
        along = first[axis] + step * np.arange(grid.size[axis])
        if along[0] < EDGE - 0.5 or along[-1] > image.GetSize()[axis] - 0.5 - EDGE:
            return None
        places.append(along)
    return places


def may_use_matrices(sequence: Sequence) -> bool:
    """Whether the last bits of a resampled sequence cannot be seen in its features.

    They could in images that are small or not normalised (flat areas, whole numbers), and in
    filtered ones.
    """
    large = sequence.read.GetNumberOfPixels() >= LARGE_IMAGE
    return large and sequence.mapping is not None and not sequence.exact


def resampled_by_matrices(sequence: Sequence, grid: Grid) -> sitk.Image | None:
    """Return the normalised sequence on a grid, None when that is better left to ITK.

    The values equal ITK's but for the last bits.
    """
    image = sequence.read
    if not may_use_matrices(sequence):
        return None
    places = along_axes(image, grid)
    if places is None:
        return None
    matrices = [
        _matrix(size, tuple(along.tolist()))
        for size, along in zip(sequence.shape, places, strict=True)
    ]
    used = [np.flatnonzero(np.abs(matrix).max(0) > NEGLIGIBLE) for matrix in matrices]
    box = box_of([columns[0] for columns in used], [columns[-1] + 1 for columns in used])
    values: Floats = sequence.values(box)
    for axis, (matrix, part) in enumerate(zip(matrices, box.slices, strict=True)):
        lines = np.moveaxis(values, axis, 0)
        flat = matrix[:, part] @ lines.reshape(len(lines), -1)
        values = np.moveaxis(flat.reshape(-1, *lines.shape[1:]), 0, axis)
    result = sitk.GetImageFromArray(np.ascontiguousarray(values))
    result.SetOrigin(grid.origin)
    result.SetSpacing(grid.spacing)
    result.SetDirection(grid.direction)
    return result


@lru_cache(maxsize=48)
def _matrix(size: int, places: tuple[float, ...]) -> Floats:
    """Return the matrix (points, size) from voxels to values at places along an axis."""
    along = np.array(places)
    # ITK rounds to 32 bits before it chooses the four coefficients.
    second = np.floor(along.astype(np.float32)).astype(np.intp)
    share = along - second
    cubic = share**3 / 6
    w0 = 1 / 6 + 0.5 * share * (share - 1) - cubic
    w2 = share + w0 - 2 * cubic
    weights = np.stack([w0, 1 - w0 - w2 - cubic, w2, cubic])
    evaluation = np.zeros((len(along), size))
    rows = np.arange(len(along))
    for offset, weight in zip(range(-1, 3), weights, strict=True):
        columns = np.abs(second + offset)
        columns = np.where(columns > size - 1, 2 * (size - 1) - columns, columns)
        np.add.at(evaluation, (rows, np.clip(columns, 0, size - 1)), weight)
    result: Floats = evaluation @ _decomposition(size)
    result.flags.writeable = False
    return result


@lru_cache(maxsize=8)
def _decomposition(size: int) -> Floats:
    """Return the matrix (size, size) from values to B-spline coefficients."""
    if size == 1:
        return np.ones((1, 1))
    c = np.eye(size) * (1 - POLE) * (1 - 1 / POLE)
    powers = POLE ** np.arange(size)
    if size > HORIZON:
        c[0] = powers[:HORIZON] @ c[:HORIZON]
    else:
        mirrored = POLE ** (2 * (size - 1) - np.arange(size))
        mirrored[[0, -1]] = 0
        c[0] = (powers + mirrored) @ c / (1 - POLE ** (2 * (size - 1)))
    for n in range(1, size):
        c[n] += POLE * c[n - 1]
    c[-1] = POLE / (POLE**2 - 1) * (POLE * c[-2] + c[-1])
    for n in range(size - 2, -1, -1):
        c[n] = POLE * (c[n + 1] - c[n])
    return c

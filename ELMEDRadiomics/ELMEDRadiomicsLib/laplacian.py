"""Laplacian of Gaussian images (LoG), as ITK's LaplacianRecursiveGaussianImageFilter gives them.

ITK filters the whole image along each axis, nine times per width. Where the segments fill a part
of a large image only, the same filter is applied as matrices that give just the wanted voxels, in
ITK's order and with its rounding to 32 bits after each axis, so that the values are the same.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from ELMEDRadiomicsLib.recursive_gaussian import operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ELMEDRadiomicsLib.boxes import Box
    from ELMEDRadiomicsLib.working import WorkingImage

LEAST_SIZE = 4
LARGE_IMAGE = 1_000_000
NEGLIGIBLE = 1e-15
"""Share of a matrix's largest entry below which entries hardly ever change a 32-bit result."""

PIECE = 1_000_000
"""Voxels that are filtered at once."""

ITK_STEPS_PER_VOXEL = 4000
"""What nine passes of the recursion cost, in multiplications of a matrix product (measured)."""


def laplacian_images(
    working: WorkingImage, window: Box, settings: dict[str, Any]
) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the LoG image of each `sigma` (mm) inside a window.

    As in pyradiomics, a sigma for which the image is too small is left out with a warning.
    """
    size = np.array(working.shape[::-1])
    spacing = np.array(working.frame.spacing[::-1])
    for sigma in settings["sigma"]:
        if size.min() < LEAST_SIZE or (size < np.ceil(sigma / spacing) + 1).any():
            logging.getLogger(__name__).warning("LoG sigma %g: the image is too small", sigma)
            continue
        name = f"log-sigma-{str(sigma).replace('.', '-')}-mm-3D"
        yield name, laplacian(working.image, window, float(sigma))


def laplacian(image: sitk.Image, window: Box, sigma: float) -> NDArray[np.float32]:
    """Return the Laplacian of Gaussian, normalised across scale, inside a window (z, y, x).

    Args:
        image: the whole image that the filter sees.
        window: the part that is wanted.
        sigma: width in mm.
    """
    voxels = image.GetNumberOfPixels()
    if voxels >= LARGE_IMAGE:
        filters = [_AxisFilter(image, window, axis, sigma) for axis in range(3)]
        if _multiplications(filters) < ITK_STEPS_PER_VOXEL * voxels:
            return _by_matrices(image, filters)
    result = sitk.LaplacianRecursiveGaussian(image, sigma, True)
    return np.array(sitk.GetArrayViewFromImage(result)[window.slices])


class _AxisFilter:
    """Smoothing and second derivative along one axis, for the wanted rows."""

    def __init__(self, image: sitk.Image, window: Box, axis: int, sigma: float) -> None:
        length = image.GetSize()[2 - axis]
        self.axis = axis
        self.spacing = image.GetSpacing()[2 - axis]
        wanted = window.slices[axis]
        rows = [
            operator(length, sigma, self.spacing, second=second)[wanted] for second in (False, True)
        ]
        strength = np.abs(rows).max(axis=(0, 1))
        used = np.flatnonzero(strength > NEGLIGIBLE * strength.max())
        self.used = slice(int(used[0]), int(used[-1]) + 1)
        self.smoothing, self.derivative = (np.ascontiguousarray(row[:, self.used]) for row in rows)

    def apply(self, values: NDArray[Any], *, second: bool) -> NDArray[np.float32]:
        """Filter an array (z, y, x) along this axis."""
        matrix = self.derivative if second else self.smoothing
        shape = list(values.shape)
        shape[self.axis] = len(matrix)
        result = np.empty(shape, dtype=np.float32)
        # Products of some size each: a small one wastes time in threads, a large one in memory.
        across = 1 if self.axis == 0 else 0
        step = max(1, PIECE * values.shape[across] // values.size)
        for start in range(0, values.shape[across], step):
            piece = (slice(None),) * across + (slice(start, start + step),)
            part = values[piece]
            if self.axis == 0:
                lines = part.astype(np.float64, order="C").reshape(len(part), -1)
                result[piece] = (matrix @ lines).reshape(-1, *part.shape[1:])
            else:
                moved = np.moveaxis(part, self.axis, -1)
                lines = moved.astype(np.float64, order="C").reshape(-1, moved.shape[-1])
                filtered = (lines @ matrix.T).reshape(*moved.shape[:-1], -1)
                result[piece] = np.moveaxis(filtered, -1, self.axis)
        return result


def _orders() -> list[tuple[int, ...]]:
    """Return the axes (0 is z) in ITK's order: that of the derivative first, then from x to z."""
    return [(first, *(axis for axis in (2, 1, 0) if axis != first)) for first in (2, 1, 0)]


def _multiplications(filters: list[_AxisFilter]) -> float:
    total = 0.0
    for order in _orders():
        sizes = [float(entry.smoothing.shape[1]) for entry in filters]
        for axis in order:
            total += np.prod(sizes) * filters[axis].smoothing.shape[0]
            sizes[axis] = filters[axis].smoothing.shape[0]
    return total


def _by_matrices(image: sitk.Image, filters: list[_AxisFilter]) -> NDArray[np.float32]:
    used = tuple(entry.used for entry in filters)
    values = sitk.GetArrayViewFromImage(image)[used]
    total = np.zeros([len(entry.smoothing) for entry in filters], dtype=np.float32)
    for order in _orders():
        part: NDArray[Any] = values
        for axis in order:
            part = filters[axis].apply(part, second=axis == order[0])
        scaled = part.astype(np.float64) / filters[order[0]].spacing ** 2
        total = (total + scaled).astype(np.float32)
    return total

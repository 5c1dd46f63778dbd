"""How far apart the surfaces of two segmentations lie, in mm."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

EMPTY_MM = 373.13
"""The 95 % Hausdorff distance where one of two regions is empty.

The diagonal of BraTS's grid of 240x240x155 mm, as the challenge's evaluation has it and nnU-Net's
(Isensee et al. 2021, arXiv:2011.00848, `compute_BraTS_HD95`) after it.
"""

TOLERANCE_MM = 1.0
"""Surfaces that lie this close agree, for the surface Dice: a voxel of BraTS's grid."""

_PERCENTILE = 95


def hausdorff95(found: np.ndarray, expected: np.ndarray, spacing_mm: tuple[float, ...]) -> float:
    """Return the 95 % Hausdorff distance of two bool arrays `(z, y, x)` in mm.

    The larger of the 95th percentiles of the two directed distances, as MONAI has it. By BraTS's
    convention it is 0 where both are empty and `EMPTY_MM` where one is.

    Args:
        found: the segmentation.
        expected: the reference.
        spacing_mm: the size of a voxel in the order of the axes.
    """
    if not found.any() or not expected.any():
        return 0.0 if found.any() == expected.any() else EMPTY_MM
    return max(
        float(np.percentile(distances, _PERCENTILE))
        for distances in _distances(found, expected, spacing_mm)
    )


def surface_dice(
    found: np.ndarray,
    expected: np.ndarray,
    spacing_mm: tuple[float, ...],
    tolerance_mm: float = TOLERANCE_MM,
) -> float:
    """Return which share of the two surfaces lies within `tolerance_mm` of the other, 0 to 1.

    The normalised surface distance of Nikolov et al. 2021 (doi:10.2196/26151), with voxels for
    surface elements, as MONAI has it. Two empty regions agree; an empty one agrees with no other.
    """
    if not found.any() or not expected.any():
        return float(found.any() == expected.any())
    both = np.concatenate(_distances(found, expected, spacing_mm))
    return float(np.mean(both <= tolerance_mm))


def _distances(
    found: np.ndarray, expected: np.ndarray, spacing_mm: tuple[float, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the distance of every voxel of one surface from the other surface, and back."""
    both = found | expected
    # One voxel around what is there: a region that touches the grid's edge has a surface there.
    lines = [both.any(axis=tuple(a for a in range(3) if a != axis)) for axis in range(3)]
    box = tuple(slice(int(np.argmax(n)), n.size - int(np.argmax(n[::-1]))) for n in lines)
    surfaces = [_surface(np.pad(mask[box], 1)) for mask in (found, expected)]
    maps = [ndimage.distance_transform_edt(~edge, sampling=spacing_mm) for edge in surfaces]
    return maps[1][surfaces[0]], maps[0][surfaces[1]]


def _surface(mask: np.ndarray) -> np.ndarray:
    edge: np.ndarray = mask & ~ndimage.binary_erosion(mask)
    return edge

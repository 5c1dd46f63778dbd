"""The largest distances between points of the mesh around a mask.

Only points on the convex hull can be ends of a largest distance, so the hull is taken first:
exact, and without comparing every point with every other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

if TYPE_CHECKING:
    from collections.abc import Iterator

Floats = NDArray[np.float64]
Ints = NDArray[np.integer]

BLOCK = 512
FEW_POINTS = 64


def mesh_points(padded: NDArray[np.bool_]) -> Ints:
    """Return the points (points, zyx) halfway between voxels inside and outside, doubled.

    Args:
        padded: boolean mask of any dimension whose outermost voxels are all False.
    """
    found = []
    for axis in range(padded.ndim):
        changes = np.diff(padded, axis=axis)
        points = np.array(np.nonzero(changes)).T * 2
        points[:, axis] += 1
        found.append(points)
    return np.concatenate(found)


def largest_distance(points: Ints, spacing: Floats) -> float:
    """Return the largest distance in mm between points given in half voxels."""
    return float(np.sqrt(_largest_square(_outermost(points), spacing)))


def largest_in_planes(points: Ints, spacing: Floats, axis: int) -> float:
    """Return the largest distance in mm between points that agree in their place along `axis`."""
    best = 0.0
    planes = list(_planes(points, spacing, axis))
    for bound, plane in sorted(planes, key=lambda entry: -entry[0]):
        if bound <= best:
            break
        best = max(best, _largest_square(_outermost(plane, axis), spacing))
    return float(np.sqrt(best))


def _planes(points: Ints, spacing: Floats, axis: int) -> Iterator[tuple[float, Ints]]:
    """Yield each plane's points with an upper bound of their squared distances."""
    ordered = points[np.argsort(points[:, axis], kind="stable")]
    starts = np.flatnonzero(np.diff(ordered[:, axis], prepend=-1))
    for plane in np.split(ordered, starts[1:]):
        extent = (plane.max(0) - plane.min(0)) / 2 * spacing
        yield float((extent**2).sum()) * (1 + 1e-12), plane


def _outermost(points: Ints, flat_axis: int | None = None) -> Ints:
    """Leave out points that cannot be ends of a largest distance."""
    kept = points
    axes = [axis for axis in range(points.shape[1]) if axis != flat_axis]
    for axis in axes:
        kept = _ends_of_lines(kept, axis)
    if len(kept) <= FEW_POINTS:
        return kept
    try:
        return kept[ConvexHull(kept[:, axes]).vertices]
    except QhullError:
        return kept


def _ends_of_lines(points: Ints, axis: int) -> Ints:
    """Keep the first and the last point of each line along `axis`."""
    others = [other for other in range(points.shape[1]) if other != axis]
    ordered = points[np.lexsort((points[:, axis], *(points[:, other] for other in others)))]
    new_line = (np.diff(ordered[:, others], axis=0) != 0).any(1)
    first = np.concatenate([[True], new_line])
    last = np.concatenate([new_line, [True]])
    return ordered[first | last]


def _largest_square(points: Ints, spacing: Floats) -> float:
    places = points / 2 * spacing
    best = 0.0
    for start in range(0, len(places), BLOCK):
        block = places[start : start + BLOCK]
        squares = np.zeros((len(block), len(places)))
        for axis in range(places.shape[1]):
            squares += (block[:, axis, None] - places[None, :, axis]) ** 2
        best = max(best, float(squares.max()))
    return best

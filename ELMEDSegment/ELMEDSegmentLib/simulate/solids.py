"""Balls and tubes in head coordinates, from which the procedural head is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = NDArray[np.float32]
Point = tuple[float, float, float]


class Space:
    """Millimetre coordinates of a 1 mm grid, from its middle: `z`, `y`, `x` broadcast to 3D."""

    def __init__(self, shape: tuple[int, int, int], middle: Point) -> None:
        self.shape = shape
        axes = [np.arange(n, dtype=np.float32) - m for n, m in zip(shape, middle, strict=True)]
        self.z = axes[0][:, None, None] + np.zeros(shape, np.float32)
        self.y = axes[1][:, None] + np.zeros(shape, np.float32)
        self.x = axes[2] + np.zeros(shape, np.float32)
        self._middle = middle

    def shifted(self, displacement: Sequence[Array]) -> Space:
        """Return the same grid, bent: what is built in it comes out deformed."""
        bent = Space.__new__(Space)
        bent.shape, bent._middle = self.shape, self._middle
        bent.z = self.z + displacement[0]
        bent.y = self.y + displacement[1]
        bent.x = self.x + displacement[2]
        return bent


def ball(space: Space, centre: Point, radii: Point, mirrored: bool = False) -> Array:
    """Return the level of an ellipsoid, 1 on its surface; `mirrored` puts one on either side."""
    x = np.abs(space.x) if mirrored else space.x
    squares = (
        ((space.z - centre[0]) / radii[0]) ** 2
        + ((space.y - centre[1]) / radii[1]) ** 2
        + ((x - centre[2]) / radii[2]) ** 2
    )
    return np.sqrt(squares)


def tube(
    space: Space, points: Sequence[Point], radii: Sequence[float], mirrored: bool = False
) -> Array:
    """Return the signed distance in mm from a tapering tube along `points`, negative inside.

    Only the neighbourhood of the tube is computed; elsewhere the distance is 99.
    """
    result = np.full(space.shape, 99.0, np.float32)
    x_all = np.abs(space.x) if mirrored else space.x
    ends = np.array(points, np.float32)
    reach = max(radii) + 2
    near = (space.z > ends[:, 0].min() - reach) & (space.z < ends[:, 0].max() + reach)
    near &= (space.y > ends[:, 1].min() - reach) & (space.y < ends[:, 1].max() + reach)
    near &= (x_all > ends[:, 2].min() - reach) & (x_all < ends[:, 2].max() + reach)
    place = np.stack([space.z[near], space.y[near], x_all[near]])
    best = np.full(place.shape[1], 99.0, np.float32)
    for start, stop, wide, narrow in zip(ends, ends[1:], radii, radii[1:], strict=False):
        along = (stop - start)[:, None]
        t = ((place - start[:, None]) * along).sum(0) / float((along**2).sum())
        t = np.clip(t, 0, 1)
        away = np.sqrt(((place - start[:, None] - t * along) ** 2).sum(0))
        best = np.minimum(best, away - (wide + t * (narrow - wide)))
    result[near] = best
    return result

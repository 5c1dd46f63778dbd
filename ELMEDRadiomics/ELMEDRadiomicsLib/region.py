"""One segment's voxels in their bounding box, with what depends on the mask alone.

A region is made once per segment and used for every sequence and every filtered image, so what
it works out (neighbours, the order of voxels along each direction) is kept.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Ints = NDArray[np.integer]


def directions(distances: Sequence[int], flat_axis: int | None = None) -> Ints:
    """Return one of each pair of opposite offsets at the given Chebyshev distances.

    Args:
        distances: whole numbers of voxels.
        flat_axis: the axis (0 is z) along which no offset moves, None for all of space.

    Returns:
        (directions, 3) offsets (z, y, x), from large to small, as pyradiomics orders them.
    """
    reach = range(max(distances), -max(distances) - 1, -1)
    wanted = set(distances)
    offsets = [
        offset
        for offset in itertools.product(reach, repeat=3)
        if offset > (0, 0, 0)
        and max(map(abs, offset)) in wanted
        and (flat_axis is None or offset[flat_axis] == 0)
    ]
    return np.array(offsets, dtype=np.int64).reshape(-1, 3)


@dataclass(frozen=True)
class Chain:
    """The voxels of a region ordered so that neighbours along one direction follow each other.

    Attributes:
        order: (n,) voxel numbers.
        joined: (n - 1,) whether entry k + 1 is the neighbour of entry k in that direction.
    """

    order: Ints
    joined: NDArray[np.bool_]


class Region:
    """The voxels of one segment.

    Args:
        mask: boolean (z, y, x), cropped to the segment's bounding box.
        spacing: voxel size (z, y, x) in mm.
        distances: how far neighbours may be, in voxels (Chebyshev).
        flat_axis: the axis along which nothing is a neighbour, None in 3D.
    """

    def __init__(
        self,
        mask: NDArray[np.bool_],
        spacing: Sequence[float],
        distances: Sequence[int] = (1,),
        flat_axis: int | None = None,
    ) -> None:
        self.mask = np.ascontiguousarray(mask)
        self.spacing = np.asarray(spacing, dtype=np.float64)
        self.flat_axis = flat_axis
        self.directions = directions(distances, flat_axis)
        self.unit_directions = directions((1,), flat_axis)
        self._margin = max(*distances, 1)
        self._padded = np.array(mask.shape) + 2 * self._margin
        self._strides = np.array([self._padded[1] * self._padded[2], self._padded[2], 1])

    @cached_property
    def where(self) -> tuple[Ints, Ints, Ints]:
        """The z, y and x indices of the voxels, in raster order."""
        z, y, x = np.nonzero(self.mask)
        return z, y, x

    @property
    def size(self) -> int:
        """The number of voxels."""
        return len(self.where[0])

    @cached_property
    def centres(self) -> Ints:
        """(n,) place of each voxel in the flattened box that has a margin all around."""
        places = np.array(self.where) + self._margin
        return (places * self._strides[:, None]).sum(0)

    def spread(self, values: Ints) -> Ints:
        """Lay one value per voxel out in the flattened box with margin; 0 is outside."""
        flat = np.zeros(int(np.prod(self._padded)), dtype=np.int32)
        flat[self.centres] = values
        return flat

    def neighbours(self, flat: Ints, offset: Ints) -> Ints:
        """Return what stands in `flat` at `offset` (z, y, x) from each voxel."""
        step = int(offset @ self._strides)
        if step >= 0:
            return flat[step:].take(self.centres)
        return flat.take(self.centres + step)

    @cached_property
    def numbers(self) -> Ints:
        """The flattened box with margin, holding each voxel's number (from 0)."""
        return self.spread(np.arange(self.size))

    @cached_property
    def neighbour_counts(self) -> Ints:
        """(n,) how many of each voxel's neighbours belong to the region."""
        inside = self.spread(np.ones(self.size, dtype=np.int32))
        counts = np.zeros(self.size, dtype=np.int32)
        for offset in self.directions:
            counts += self.neighbours(inside, offset)
            counts += self.neighbours(inside, -offset)
        return counts

    @cached_property
    def chains(self) -> list[Chain]:
        """For each unit direction, the voxels ordered along it."""
        return [self._chain(offset) for offset in self.unit_directions]

    def _chain(self, offset: Ints) -> Chain:
        # Neighbours along a direction lie `step` apart in the flattened box, so they have the same
        # remainder modulo `step`, and in order of place nothing with that remainder is in between.
        step = int(offset @ self._strides)
        remainders = self.centres % step
        small = np.uint16 if step <= np.iinfo(np.uint16).max else np.int64
        order = np.argsort(remainders.astype(small), kind="stable")
        return Chain(order.astype(np.int32), np.diff(self.centres[order]) == step)

    @cached_property
    def has_lines(self) -> NDArray[np.bool_]:
        """For each unit direction, whether any line along it holds two voxels of the region."""
        found = []
        for offset, chain in zip(self.unit_directions, self.chains, strict=True):
            found.append(bool(chain.joined.any()) or self._some_line_has_two(offset))
        return np.array(found, dtype=bool)

    def _some_line_has_two(self, offset: Ints) -> bool:
        places = np.array(self.where)
        steps = np.full(self.size, np.iinfo(np.int64).max)
        for axis, move in enumerate(offset):
            if move > 0:
                steps = np.minimum(steps, places[axis])
            elif move < 0:
                steps = np.minimum(steps, self.mask.shape[axis] - 1 - places[axis])
        starts = places - offset[:, None] * steps
        return len(np.unique(starts, axis=1)[0]) < self.size

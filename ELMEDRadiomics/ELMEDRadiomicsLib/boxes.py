"""Boxes of voxels in arrays (z, y, x)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

Triple = tuple[int, int, int]


@dataclass(frozen=True)
class Box:
    """A box of voxels: from `start` up to but without `stop`, both (z, y, x)."""

    start: Triple
    stop: Triple

    @property
    def shape(self) -> Triple:
        """The number of voxels along each axis."""
        z, y, x = (stop - start for start, stop in zip(self.start, self.stop, strict=True))
        return z, y, x

    @property
    def slices(self) -> tuple[slice, slice, slice]:
        """The box as an index into an array."""
        z, y, x = (slice(a, b) for a, b in zip(self.start, self.stop, strict=True))
        return z, y, x

    @property
    def voxels(self) -> int:
        """The number of voxels in the box."""
        return int(np.prod(self.shape))

    def grown(self, margin: int, shape: Triple) -> Box:
        """Return the box with a margin all around, within an array of the given shape."""
        start = [max(a - margin, 0) for a in self.start]
        stop = [min(b + margin, size) for b, size in zip(self.stop, shape, strict=True)]
        return box_of(start, stop)

    def inside(self, outer: Box) -> Box:
        """Return this box as counted from the start of `outer`."""
        start = [a - b for a, b in zip(self.start, outer.start, strict=True)]
        stop = [a - b for a, b in zip(self.stop, outer.start, strict=True)]
        return box_of(start, stop)


def box_of(start: Iterable[int], stop: Iterable[int]) -> Box:
    """Make a box from two sequences of three integers."""
    first, last = (tuple(int(value) for value in corner) for corner in (start, stop))
    return Box((first[0], first[1], first[2]), (last[0], last[1], last[2]))


def whole(shape: Iterable[int]) -> Box:
    """Return the box that holds an array of the given shape."""
    return box_of((0, 0, 0), shape)


def bounding_box(mask: NDArray[np.bool_]) -> Box | None:
    """Return the smallest box that holds all True voxels, None when there are none."""
    bounds = []
    part = mask
    offset = []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        places = np.flatnonzero(part.any(axis=others))
        if len(places) == 0:
            return None
        first, last = int(places[0]), int(places[-1])
        # Narrow at once: the next axes then look at a part only.
        part = part[(slice(None),) * axis + (slice(first, last + 1),)]
        offset.append(first)
        bounds.append(last + 1)
    return box_of(offset, bounds)


def union(boxes: Iterable[Box]) -> Box:
    """Return the smallest box that holds all boxes."""
    listed = list(boxes)
    start = np.min([box.start for box in listed], axis=0)
    stop = np.max([box.stop for box in listed], axis=0)
    return box_of(start, stop)

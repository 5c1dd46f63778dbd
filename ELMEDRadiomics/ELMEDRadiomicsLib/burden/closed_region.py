"""Whether straight lines in a plane stay inside a region of pixels.

A region is the union of its pixels with their borders. Places are given in half pixels, (row,
column): the centre of pixel i is at 2 i, and its borders at 2 i - 1 and 2 i + 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[Any]

STEP = 0.5
"""Largest distance between samples along an axis, in half pixels: a quarter of a pixel."""

ROUNDING = 1e-6
"""In pixels: how close to a border counts as on it."""

BLOCK = 1 << 18
"""Samples that are looked up at once."""

FULL_LEVEL = 5
"""Up to this halving, which rejects most lines that leave, samples are taken level by level."""


class ClosedRegion:
    """The pixels of one plane, with a table that says what belongs to the closed region.

    The table has a cell for each pixel, each border between two and each corner between four; a
    border or corner belongs to the region when one of the pixels that touch it does. So a line may
    run along the edge of the region and through the corner where two pixels meet, and nowhere else
    outside.
    """

    def __init__(self, mask: NDArray[np.bool_], spacing: tuple[float, float]) -> None:
        """Build the table.

        Args:
            mask: (rows, columns), whose outermost pixels are all False.
            spacing: of rows and of columns, in mm.
        """
        self.mask = mask
        self.spacing = np.asarray(spacing, float)
        table = np.zeros((2 * mask.shape[0] + 1, 2 * mask.shape[1] + 1), bool)
        for rows in (0, 1, 2):
            for columns in (0, 1, 2):
                table[rows : rows + 2 * mask.shape[0] : 2][
                    :, columns : columns + 2 * mask.shape[1] : 2
                ] |= mask
        self._table = table.ravel()
        self._width = table.shape[1]
        self._last = np.array(table.shape) - 1
        # The same for all lines, so that whether one is inside depends on nothing but itself.
        self._halvings = int(np.ceil(np.log2(max(mask.shape) * 2 / STEP)))

    def contains(self, rows: Floats, columns: Floats) -> NDArray[np.bool_]:
        """Return whether places, in half pixels, belong to the region."""
        cells = self._cells(rows, 0)
        cells *= self._width
        cells += self._cells(columns, 1)
        found: NDArray[np.bool_] = self._table[cells]
        return found

    def _cells(self, places: Floats, axis: int) -> Ints:
        """Return the index in the table along an axis: odd in a pixel, even on a border."""
        lower = np.floor(places * 0.5 + (0.5 - ROUNDING)).astype(np.int64)
        upper = np.floor(places * 0.5 + (0.5 + ROUNDING)).astype(np.int64)
        upper += lower
        upper += 1
        return np.clip(upper, 0, self._last[axis], out=upper)

    def holds_lines(
        self, starts: Ints, ends: Ints, halvings: int | None = None
    ) -> NDArray[np.bool_]:
        """Return which lines stay inside the region.

        Lines are sampled at most a quarter of a pixel apart along each axis, in the middle first,
        so that most of those that leave the region are rejected at once. What a line cuts off the
        corner of an outside pixel between two samples is not noticed.

        Args:
            starts: (lines, 2), in half pixels.
            ends: likewise.
            halvings: how often the line is halved to find samples; so often that they are close
                enough unless told.
        """
        kept = np.arange(len(starts))
        halvings = min(halvings or self._halvings, self._halvings)
        # In whole numbers of 2^-halvings half pixels, counted from the edge of the first pixel.
        begins = (starts + 1).astype(np.int32) << halvings
        ways = (ends - starts).astype(np.int32)
        for level in range(1, halvings + 1):
            if not len(kept):
                break
            # After some halvings few lines are left: then few calls matter more than few samples.
            if level > FULL_LEVEL:
                kept = self._those_inside(kept, begins, ways, _shares(level, halvings, halvings))
                break
            kept = self._those_inside(kept, begins, ways, _shares(level, level, halvings))
        inside = np.zeros(len(starts), bool)
        inside[kept] = True
        return inside

    def _those_inside(self, kept: Ints, begins: Ints, ways: Ints, shares: Ints) -> Ints:
        """Return those of the lines that are inside at some parts of their way."""
        halvings = int(shares[0] + shares[-1]).bit_length() - 1
        count = max(1, BLOCK // len(shares))
        found = []
        for first in range(0, len(kept), count):
            block = kept[first : first + count]
            cells = self._halved(begins[block, 0], ways[block, 0], shares, halvings)
            cells *= self._width
            cells += self._halved(begins[block, 1], ways[block, 1], shares, halvings)
            found.append(block[self._table[cells].all(axis=1)])
        return np.concatenate(found) if found else kept[:0]

    @staticmethod
    def _halved(begins: Ints, ways: Ints, shares: Ints, halvings: int) -> Ints:
        """Return the indices in the table along an axis: odd in a pixel, even on a border."""
        places = begins[:, None] + ways[:, None] * shares
        cells = places >> (halvings + 1)
        places -= 1
        places >>= halvings + 1
        cells += places
        cells += 1
        return cells


def _shares(first: int, last: int, halvings: int) -> Ints:
    """Return what the halvings from `first` to `last` add, in parts of 2^-halvings of the way."""
    return np.concatenate(
        [
            np.arange(1, 2**level, 2, dtype=np.int32) << (halvings - level)
            for level in range(first, last + 1)
        ]
    )

"""Texture matrices of many small cubes of voxels at once, for feature maps.

A kernel is the cube around a voxel; its matrices count inside it alone. Everything here works on
windows: (kernels, places) ranks of grey levels from 1, 0 where a place does not belong.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.integer]


@dataclass(frozen=True)
class Kernel:
    """The places in a cube around a voxel.

    Args:
        radius: in voxels; the cube has 2 radius + 1 along each side.
        flat_axis: the axis (0 is z) along which it is one voxel thick, None in 3D.
    """

    radius: int
    flat_axis: int | None = None

    @property
    def places(self) -> Ints:
        """(places, 3) offsets (z, y, x) from the centre."""
        reach = range(-self.radius, self.radius + 1)
        sides = [(0,) if axis == self.flat_axis else reach for axis in range(3)]
        return np.array(list(itertools.product(*sides)))

    def pairs(self, offset: Sequence[int]) -> tuple[Ints, Ints]:
        """Return the numbers of the places that have a neighbour at `offset`, and of those."""
        places = self.places
        number = {tuple(place): n for n, place in enumerate(places.tolist())}
        ends = [number.get(tuple(place)) for place in (places + np.asarray(offset)).tolist()]
        found = [(start, end) for start, end in enumerate(ends) if end is not None]
        starts, stops = zip(*found, strict=True) if found else ((), ())
        return np.array(starts, dtype=np.intp), np.array(stops, dtype=np.intp)

    def lines(self, offset: Sequence[int]) -> list[list[int]]:
        """Return the places along each line of the cube in a direction, in order."""
        starts, stops = self.pairs(offset)
        following = dict(zip(starts.tolist(), stops.tolist(), strict=True))
        firsts = sorted(set(range(len(self.places))) - set(following.values()))
        lines = []
        for first in firsts:
            line = [first]
            while line[-1] in following:
                line.append(following[line[-1]])
            lines.append(line)
        return lines


def cooccurrence(window: Ints, kernel: Kernel, directions: Ints, levels: int) -> Floats:
    """Return (kernels, levels, levels, directions): how often j stands at a direction from i."""
    counts = np.zeros((len(window), levels, levels, len(directions)))
    for number, offset in enumerate(directions):
        starts, stops = kernel.pairs(offset)
        i, j = window[:, starts], window[:, stops]
        rows, columns = np.nonzero((i > 0) & (j > 0))
        cells = (rows * levels + i[rows, columns] - 1) * levels + j[rows, columns] - 1
        tally = np.bincount(cells, minlength=len(window) * levels * levels)
        counts[..., number] = tally.reshape(len(window), levels, levels)
    return counts


def runs(window: Ints, kernel: Kernel, directions: Ints, levels: int) -> Floats:
    """Return (kernels, levels, lengths, directions): runs of one level."""
    longest = 2 * kernel.radius + 1
    counts = np.zeros((len(window), levels, longest, len(directions)))
    for number, offset in enumerate(directions):
        found = np.zeros((len(window), levels, longest))
        several = np.zeros(len(window), dtype=bool)
        for line in kernel.lines(offset):
            _count_runs(window[:, line], found)
            several |= (window[:, line] > 0).sum(1) > 1
        counts[..., number] = np.where(several[:, None, None], found, 0)
    return counts


def _count_runs(line: Ints, counts: Floats) -> None:
    """Add the runs of one line (kernels, places) to counts (kernels, levels, lengths)."""
    length = np.zeros(len(line), dtype=np.intp)
    for place in range(line.shape[1]):
        here = line[:, place]
        after = line[:, place + 1] if place + 1 < line.shape[1] else np.zeros_like(here)
        length = np.where(here > 0, length + 1, 0)
        ends = np.flatnonzero((here > 0) & (after != here))
        counts[ends, here[ends] - 1, length[ends] - 1] += 1
        length[ends] = 0


def zones(window: Ints, kernel: Kernel, directions: Ints, levels: int) -> Floats:
    """Return (kernels, levels, sizes): connected zones of one level."""
    number = window.shape[1]
    zone = np.tile(np.arange(number), (len(window), 1))
    joined = [kernel.pairs(offset) for offset in directions]
    changed = True
    while changed:
        before = zone.copy()
        for starts, stops in joined:
            same = (window[:, starts] == window[:, stops]) & (window[:, starts] > 0)
            least = np.minimum(zone[:, starts], zone[:, stops])
            zone[:, starts] = np.where(same, least, zone[:, starts])
            least = np.minimum(zone[:, starts], zone[:, stops])
            zone[:, stops] = np.where(same, least, zone[:, stops])
        changed = not np.array_equal(before, zone)
    kernels = np.arange(len(window))[:, None]
    sizes = np.zeros((len(window), number), dtype=np.intp)
    np.add.at(sizes, (np.broadcast_to(kernels, zone.shape)[window > 0], zone[window > 0]), 1)
    counts = np.zeros((len(window), levels, number))
    which, first = np.nonzero(sizes)
    np.add.at(counts, (which, window[which, first] - 1, sizes[which, first] - 1), 1)
    return counts


def neighbour_counts(
    window: Ints, kernel: Kernel, directions: Ints, grey: Ints, alpha: int
) -> tuple[Ints, Ints, Ints]:
    """Return, per place (kernels, places), neighbours, their summed grey levels, and those alike.

    Args:
        window: ranks of grey levels.
        kernel: the cube.
        directions: one of each pair of opposite offsets.
        grey: grey level by rank.
        alpha: the largest difference in grey level that counts as alike.
    """
    values = np.concatenate([[0], grey])[window]
    neighbours, sums, alike = (np.zeros(window.shape, dtype=np.intp) for _ in range(3))
    for offset in directions:
        starts, stops = kernel.pairs(offset)
        both = (window[:, starts] > 0) & (window[:, stops] > 0)
        near = both & (np.abs(values[:, starts] - values[:, stops]) <= alpha)
        for here, there in ((starts, stops), (stops, starts)):
            neighbours[:, here] += both
            sums[:, here] += np.where(both, values[:, there], 0)
            alike[:, here] += near
    return neighbours, sums, alike


def dependences(window: Ints, alike: Ints, levels: int) -> Floats:
    """Return (kernels, levels, sizes): places by how many neighbours and themselves are alike."""
    counts = np.zeros((len(window), levels, int(alike.max(initial=0)) + 1))
    kernels, places = np.nonzero(window)
    where = (kernels, window[kernels, places] - 1, alike[kernels, places])
    np.add.at(counts, where, 1)
    return counts


def tone_differences(
    window: Ints, neighbours: Ints, sums: Ints, grey: Ints
) -> tuple[Floats, Floats]:
    """Return (kernels, levels): places, and their summed difference from their neighbours' mean."""
    voxels, differences = (np.zeros((len(window), len(grey))) for _ in range(2))
    kernels, places = np.nonzero(window)
    ranks = window[kernels, places] - 1
    around = neighbours[kernels, places]
    means = sums[kernels, places] / np.maximum(around, 1)
    np.add.at(voxels, (kernels, ranks), 1)
    apart = np.where(around > 0, np.abs(grey[ranks] - means), 0.0)
    np.add.at(differences, (kernels, ranks), apart)
    return voxels, differences

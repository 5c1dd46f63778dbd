"""The five texture matrices of a region, from its grey levels, without a loop over voxels.

All are exact counts, with the conventions of pyradiomics 3.0.1; the definitions are those of the
IBSI reference manual, sections 3.6 to 3.11. Rows stand for the grey levels that occur.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ELMEDLib.errors import InputError

if TYPE_CHECKING:
    from ELMEDRadiomicsLib.discretisation import Levels
    from ELMEDRadiomicsLib.region import Chain, Region

Floats = NDArray[np.float64]
Ints = NDArray[np.integer]

X_AXIS = 2

MOST_CELLS = 400_000_000
"""Cells of the largest matrix that is made: 3.2 GB."""


@dataclass(frozen=True)
class SizeMatrix:
    """Counts by grey level and by size (of runs, zones or dependences).

    Attributes:
        counts: (levels, sizes) or (levels, sizes, directions).
        sizes: (sizes,) the sizes that occur, ascending.
    """

    counts: Floats
    sizes: Floats


@dataclass(frozen=True)
class ToneDifferences:
    """The neighbourhood grey tone difference matrix: voxels and summed differences per level."""

    voxels: Floats
    differences: Floats


class Matrices:
    """The texture matrices of one image in one region, each made when first asked for.

    Args:
        region: the voxels and their neighbours.
        levels: their grey levels.
    """

    def __init__(self, region: Region, levels: Levels) -> None:
        self.region = region
        self.levels = levels
        self._flat = region.spread(levels.ranks + 1)

    def cooccurrence(self) -> Floats:
        """Return (levels, levels, directions): how often j stands at a direction from i."""
        number = len(self.levels.grey)
        offsets = self.region.directions
        _refuse_if_huge(number * number * len(offsets), number)
        counts = np.empty((number, number, len(offsets)))
        here = self.levels.ranks.astype(np.intp) * (number + 1)
        for place, offset in enumerate(offsets):
            keys = here + self.region.neighbours(self._flat, offset)
            tally = np.bincount(keys, minlength=number * (number + 1))
            counts[:, :, place] = tally.reshape(number, number + 1)[:, 1:]
        return counts

    def runs(self) -> SizeMatrix:
        """Return (levels, lengths, directions): runs of one level along each unit direction.

        Directions in which no line holds two voxels of the region count no runs.
        """
        number = len(self.levels.grey)
        longest = max(self.region.mask.shape)
        chains = self.region.chains
        counts = np.zeros((number, longest, len(chains)))
        for place, chain in enumerate(chains):
            if self.region.has_lines[place]:
                ranks, lengths = _runs(self.levels.ranks, chain)
                keys = ranks.astype(np.intp) * longest + (lengths - 1)
                tally = np.bincount(keys, minlength=number * longest)
                counts[:, :, place] = tally.reshape(number, longest)
        present = np.flatnonzero(counts.any(axis=(0, 2)))
        return SizeMatrix(np.ascontiguousarray(counts[:, present]), _sizes(present))

    def zones(self) -> SizeMatrix:
        """Return (levels, sizes): connected zones of one level (26 neighbours, 8 in a plane)."""
        ranks, sizes = self._zone_list()
        present, columns = np.unique(sizes, return_inverse=True)
        number = len(self.levels.grey)
        _refuse_if_huge(number * len(present), number)
        tally = np.bincount(
            ranks.astype(np.intp) * len(present) + columns, minlength=number * len(present)
        )
        return SizeMatrix(tally.reshape(number, -1).astype(np.float64), present.astype(np.float64))

    def _zone_list(self) -> tuple[Ints, Ints]:
        """Return the level (rank) and the size of each zone."""
        # Runs along x are zones already; joining runs instead of voxels keeps the graph small.
        region = self.region
        offsets = region.unit_directions
        run_of_voxel = np.arange(region.size, dtype=np.int32)
        if region.flat_axis != X_AXIS:
            goes_on = self._equal(offsets[-1])  # the next voxel in raster order
            np.cumsum(~goes_on[:-1], out=run_of_voxel[1:])
            offsets = offsets[:-1]
        runs = int(run_of_voxel[-1]) + 1
        edges = [self._joins(offset, run_of_voxel) for offset in offsets]
        starts = np.concatenate([edge[0] for edge in edges] or [np.empty(0, np.int32)])
        ends = np.concatenate([edge[1] for edge in edges] or [np.empty(0, np.int32)])
        graph = coo_matrix((np.ones(len(starts), dtype=bool), (starts, ends)), shape=(runs, runs))
        zones, zone_of_run = connected_components(graph, directed=False)
        zone_of_voxel = zone_of_run[run_of_voxel]
        sizes = np.bincount(zone_of_voxel, minlength=zones)
        ranks = np.empty(zones, dtype=np.int32)
        ranks[zone_of_voxel] = self.levels.ranks
        return ranks, sizes

    def _equal(self, offset: Ints) -> NDArray[np.bool_]:
        return self.region.neighbours(self._flat, offset) == self.levels.ranks + 1

    def _joins(self, offset: Ints, run_of_voxel: Ints) -> tuple[Ints, Ints]:
        voxels = np.flatnonzero(self._equal(offset))
        others = self.region.neighbours(self.region.numbers, offset)[voxels]
        return run_of_voxel[voxels], run_of_voxel[others]

    def dependences(self, alpha: int) -> SizeMatrix:
        """Return (levels, sizes): voxels by how many neighbours (and themselves) are like them.

        Args:
            alpha: the largest difference in grey level that counts as alike.
        """
        region = self.region
        alike = np.ones(region.size, dtype=np.intp)
        if alpha == 0:
            flat, mine = self._flat, self.levels.ranks + 1
        else:
            mine = self.levels.values.astype(np.int32)
            flat = region.spread(mine)
        for offset in region.directions:
            for way in (offset, -offset):
                theirs = region.neighbours(flat, way)
                if alpha == 0:
                    alike += theirs == mine
                else:
                    alike += (theirs > 0) & (np.abs(theirs - mine) <= alpha)
        most = int(alike.max())
        keys = self.levels.ranks.astype(np.intp) * most + (alike - 1)
        number = len(self.levels.grey)
        tally = np.bincount(keys, minlength=number * most).reshape(number, most)
        present = np.flatnonzero(tally.any(axis=0))
        return SizeMatrix(tally[:, present].astype(np.float64), _sizes(present))

    def tone_differences(self) -> ToneDifferences:
        """Return, per level, its voxels and their summed difference from their neighbours' mean.

        A voxel without neighbours in the region differs by 0 and counts, as in pyradiomics.
        """
        region = self.region
        values = self.levels.values.astype(np.int32)
        flat = region.spread(values)
        sums = np.zeros(region.size, dtype=np.int64)
        for offset in region.directions:
            sums += region.neighbours(flat, offset)
            sums += region.neighbours(flat, -offset)
        neighbours = region.neighbour_counts
        means = sums / np.maximum(neighbours, 1)
        differences = np.where(neighbours > 0, np.abs(values - means), 0.0)
        number = len(self.levels.grey)
        summed = np.zeros(number)
        summed += np.bincount(self.levels.ranks, weights=differences, minlength=number)
        return ToneDifferences(self.levels.counts.astype(np.float64), summed)


def _runs(ranks: Ints, chain: Chain) -> tuple[Ints, Ints]:
    """Return the level and the length of each run along a chain."""
    ordered = ranks[chain.order]
    goes_on = chain.joined & (ordered[1:] == ordered[:-1])
    ends = np.append(np.flatnonzero(~goes_on), len(ordered) - 1)
    return ordered[ends], np.diff(ends, prepend=-1)


def _sizes(columns: Ints) -> Floats:
    return columns.astype(np.float64) + 1


def _refuse_if_huge(cells: int, levels: int) -> None:
    if cells > MOST_CELLS:
        raise InputError(
            f"{levels:,} grey levels in the segment make texture matrices too large for memory.",
            "Choose a larger bin width, or a bin count.",
        )

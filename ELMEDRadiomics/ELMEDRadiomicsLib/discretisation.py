"""Grey levels: intensities of a region put into bins.

Sources: pyradiomics 3.0.1 ("Image discretization": bins of fixed width whose edges are multiples
of the width, or a fixed number of bins), and the IBSI reference manual, section 2.7 (fixed bin
size counted from the lowest intensity, fixed bin number).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_BINS = 100_000


@dataclass(frozen=True)
class Levels:
    """The grey levels of a region's voxels.

    Attributes:
        ranks: (n,) place of each voxel's level among the levels that occur, from 0.
        grey: (levels,) the levels that occur, ascending, the lowest possible being 1.
        counts: (levels,) how many voxels have each.
    """

    ranks: NDArray[np.integer]
    grey: NDArray[np.integer]
    counts: NDArray[np.integer]

    @property
    def highest(self) -> int:
        """The highest level that occurs: the number of grey levels in the region."""
        return int(self.grey[-1])

    @property
    def values(self) -> NDArray[np.integer]:
        """(n,) the level of each voxel."""
        return self.grey[self.ranks]


def discretise(
    values: NDArray[Any], width: float, count: int | None = None, *, from_minimum: bool = False
) -> Levels:
    """Put the intensities of a region into bins.

    Args:
        values: (n,) intensities, in the type that the image has: pyradiomics computes bin edges in
            that type, and so does this.
        width: width of a bin, used when `count` is None.
        count: fixed number of bins between the lowest and the highest intensity.
        from_minimum: let the first bin start at the lowest intensity (IBSI) instead of at the
            multiple of the width below it (pyradiomics).

    Raises:
        InputError: the width gives more than `MOST_BINS` bins, or the intensities are not numbers.
    """
    edges = bin_edges(values, width, count, from_minimum=from_minimum)
    return ranked(np.digitize(values, edges))


def ranked(levels: NDArray[np.integer]) -> Levels:
    """Return the levels of voxels together with their ranks and counts."""
    tally = np.bincount(levels)
    grey = np.flatnonzero(tally)
    rank_of = np.zeros(len(tally), dtype=np.int32)
    rank_of[grey] = np.arange(len(grey))
    return Levels(rank_of[levels], grey, tally[grey])


def bin_edges(
    values: NDArray[Any], width: float, count: int | None = None, *, from_minimum: bool = False
) -> NDArray[Any]:
    """Return the lower edges of the bins and the end of the last one."""
    minimum, maximum = values.min(), values.max()
    if not np.isfinite(minimum) or not np.isfinite(maximum):
        raise InputError(
            "The image holds values inside the segment that are not numbers (NaN or infinity).",
            "Repair the image, or leave those voxels out of the segment.",
        )
    if count is not None:
        edges = np.histogram_bin_edges(values, count)
        edges[-1] += 1  # the highest intensity belongs to the last bin
        return edges
    bins = (float(maximum) - float(minimum)) / width
    if bins > MOST_BINS:
        raise InputError(
            f"A bin width of {width:g} would give {bins:,.0f} bins: the intensities in the segment "
            f"run from {float(minimum):g} to {float(maximum):g}.",
            f"Choose a bin width of at least {_sensible((float(maximum) - float(minimum)) / 64)}.",
        )
    start = minimum if from_minimum else minimum - (minimum % width)
    edges = np.arange(start, maximum + 2 * width, width)
    if len(edges) == 1:
        edges = np.array([edges[0] - 0.5, edges[0] + 0.5])
    return edges


def _sensible(width: float) -> str:
    digits = 10.0 ** np.floor(np.log10(width))
    return f"{np.ceil(width / digits) * digits:g}"

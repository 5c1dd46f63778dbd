"""First order features: statistics of the intensities of a region.

Definitions: pyradiomics 3.0.1 `firstorder`; IBSI reference manual, sections 3.3 and 3.4.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ELMEDRadiomicsLib.formulas import Floats, information

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray


class Intensities:
    """The intensities of one or more regions of equal or smaller size.

    Args:
        values: (regions, voxels) intensities, NaN where a region has fewer voxels.
        counts: (regions, levels) voxels per grey level.
        voxel_volume: of one voxel, in mm3.
        shift: added to intensities in Energy, TotalEnergy and RootMeanSquared.
    """

    def __init__(
        self, values: Floats, counts: NDArray[np.number], voxel_volume: float, shift: float
    ) -> None:
        self.values = values
        self.voxel_volume = voxel_volume
        self.shift = shift
        self._counts = counts

    @cached_property
    def probabilities(self) -> Floats:
        """(regions, levels) share of voxels per grey level."""
        totals = self._counts.sum(1, keepdims=True).astype(np.float64)
        totals[totals == 0] = 1
        return self._counts / totals

    @cached_property
    def ordered(self) -> Floats:
        """The intensities in ascending order, NaN last."""
        return np.sort(self.values, axis=1)

    @cached_property
    def sizes(self) -> NDArray[np.intp]:
        """(regions,) how many intensities each has."""
        return np.count_nonzero(~np.isnan(self.values), axis=1)

    @cached_property
    def mean(self) -> Floats:
        """(regions,) mean intensity."""
        return self.average(self.values)

    @cached_property
    def deviations(self) -> Floats:
        """(regions, voxels) intensities minus their mean."""
        return self.values - self.mean[:, None]

    @cached_property
    def squares(self) -> Floats:
        """(regions, voxels) squared deviations."""
        return self.deviations * self.deviations

    @cached_property
    def variance(self) -> Floats:
        """(regions,) second central moment."""
        return self.average(self.squares)

    @cached_property
    def energy(self) -> Floats:
        """(regions,) sum of squared, shifted intensities."""
        shifted = self.values + self.shift
        return np.nansum(shifted * shifted, 1)

    def average(self, array: Floats) -> Floats:
        """Return the mean of each row, leaving out NaN."""
        return np.nansum(array, 1) / self.sizes

    def percentile(self, percent: float) -> Floats:
        """Return a percentile of each row by linear interpolation, as numpy defines it."""
        places = percent / 100 * (self.sizes - 1)
        below = np.floor(places).astype(np.intp)
        above = np.minimum(below + 1, self.sizes - 1)
        rows = np.arange(len(self.ordered))
        low, high = self.ordered[rows, below], self.ordered[rows, above]
        share = places - below
        step = high - low
        return np.where(share >= 0.5, high - step * (1 - share), low + step * share)  # noqa: PLR2004

    def maximum(self) -> Floats:
        """Return the largest intensity of each row."""
        return self.ordered[np.arange(len(self.ordered)), self.sizes - 1]


def _standardised(x: Intensities, moment: Floats, power: float) -> Floats:
    # A flat region has moments of 0 and gets 0, as in pyradiomics.
    variance = np.where(x.variance == 0, 1.0, x.variance)
    return moment / variance**power


def _robust_deviation(x: Intensities) -> Floats:
    low, high = x.percentile(10)[:, None], x.percentile(90)[:, None]
    kept = np.where((x.values < low) | (x.values > high), np.nan, x.values)
    number = np.count_nonzero(~np.isnan(kept), axis=1)
    with np.errstate(invalid="ignore"):  # none may be left: NaN
        mean = np.nansum(kept, 1) / number
        return np.asarray(np.nansum(np.abs(kept - mean[:, None]), 1) / number)


FORMULAS: dict[str, Callable[[Intensities], Floats]] = {
    "10Percentile": lambda x: x.percentile(10),
    "90Percentile": lambda x: x.percentile(90),
    "Energy": lambda x: x.energy,
    "Entropy": lambda x: -information(x.probabilities).sum(1),
    "InterquartileRange": lambda x: x.percentile(75) - x.percentile(25),
    "Kurtosis": lambda x: _standardised(x, x.average(x.squares * x.squares), 2),
    "Maximum": lambda x: x.maximum(),
    "MeanAbsoluteDeviation": lambda x: x.average(np.abs(x.deviations)),
    "Mean": lambda x: x.mean,
    "Median": lambda x: x.percentile(50),
    "Minimum": lambda x: x.ordered[:, 0],
    "Range": lambda x: x.maximum() - x.ordered[:, 0],
    "RobustMeanAbsoluteDeviation": _robust_deviation,
    "RootMeanSquared": lambda x: np.sqrt(x.energy / x.sizes),
    "Skewness": lambda x: _standardised(x, x.average(x.squares * x.deviations), 1.5),
    "StandardDeviation": lambda x: np.sqrt(x.variance),
    "TotalEnergy": lambda x: x.energy * x.voxel_volume,
    "Uniformity": lambda x: (x.probabilities**2).sum(1),
    "Variance": lambda x: x.variance,
}


def first_order(intensities: Intensities, names: Iterable[str]) -> dict[str, Floats]:
    """Return the named features, one value per region."""
    return {name: FORMULAS[name](intensities) for name in names}

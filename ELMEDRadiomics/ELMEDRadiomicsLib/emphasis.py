"""Features of matrices that count by grey level and by size: runs, zones and dependences.

The three classes share their formulas; only names and a few details differ. Definitions:
pyradiomics 3.0.1 `glrlm`, `glszm`, `gldm`; IBSI reference manual, sections 3.7, 3.8 and 3.11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ELMEDRadiomicsLib.formulas import Floats, information, mean_over_directions

Ints = NDArray[np.integer]


class Sizes:
    """Counts by grey level and by size.

    Args:
        counts: (regions, levels, sizes, directions); one direction where there are none.
        grey: (levels,) grey level of each row.
        sizes: (sizes,) size of each column.
        weights: (directions,) factors for merging the matrices into one, None to keep them apart.
        empty_total: what a region without any count divides by.
    """

    def __init__(
        self,
        counts: Floats,
        grey: Ints,
        sizes: Floats,
        *,
        weights: Floats | None = None,
        empty_total: float = 1.0,
    ) -> None:
        if weights is not None:
            counts = (counts * weights).sum(3, keepdims=True)
        totals = counts.sum((1, 2))
        if counts.shape[3] > 1:
            used = totals.sum(0) > 0
            counts, totals = counts[..., used], totals[:, used]
        self.counts = counts
        self.total = np.where(totals == 0, empty_total, totals)
        self.i = grey.astype(np.float64)[None, :, None]
        self.j = sizes[None, :, None]

    @cached_property
    def by_level(self) -> Floats:
        """(regions, levels, directions)."""
        return self.counts.sum(2)

    @cached_property
    def by_size(self) -> Floats:
        """(regions, sizes, directions)."""
        return self.counts.sum(1)

    def mean(self, per_direction: Floats) -> Floats:
        """Divide (regions, directions) by the totals and average over directions."""
        return mean_over_directions(per_direction / self.total)

    def emphasis(self, level_power: int, size_power: int) -> Floats:
        """Return the mean over all counts of level^level_power size^size_power."""
        if size_power == 0:
            return self.mean((self.by_level * self.i**level_power).sum(1))
        by_size = np.einsum("vlsd,l->vsd", self.counts, self.i[0, :, 0] ** level_power)
        return self.mean((by_size * self.j**size_power).sum(1))

    def variance(self, marginal: Floats, values: Floats) -> Floats:
        """Return the variance of levels or sizes over all counts."""
        shares = marginal / self.total[:, None]
        centre = (shares * values).sum(1, keepdims=True)
        return mean_over_directions((shares * (values - centre) ** 2).sum(1))

    def uniformity(self, marginal: Floats, *, normalised: bool) -> Floats:
        """Return the sum of squares of a marginal over the total, or over its square."""
        squares = (marginal**2).sum(1)
        return self.mean(squares / self.total if normalised else squares)

    def percentage(self) -> Floats:
        """Return the number of runs or zones per voxel that they hold."""
        voxels = (self.by_size * self.j).sum(1)
        with np.errstate(invalid="ignore", divide="ignore"):
            return mean_over_directions(self.total / np.where(voxels == 0, self.total, voxels))

    def entropy(self) -> Floats:
        """Return the joint entropy of level and size."""
        return mean_over_directions(
            -information(self.counts / self.total[:, None, None]).sum((1, 2))
        )


Formula = Callable[[Sizes], Floats]

SHARED: dict[str, Formula] = {
    "GrayLevelNonUniformity": lambda m: m.uniformity(m.by_level, normalised=False),
    "GrayLevelNonUniformityNormalized": lambda m: m.uniformity(m.by_level, normalised=True),
    "GrayLevelVariance": lambda m: m.variance(m.by_level, m.i),
}


def _named(small: str, large: str, low: str, high: str, joined: str) -> dict[str, Formula]:
    """Return the eight emphases under the names of one class."""
    return {
        f"{small}Emphasis": lambda m: m.emphasis(0, -2),
        f"{large}Emphasis": lambda m: m.emphasis(0, 2),
        f"LowGrayLevel{low}": lambda m: m.emphasis(-2, 0),
        f"HighGrayLevel{high}": lambda m: m.emphasis(2, 0),
        f"{small}LowGrayLevel{joined}": lambda m: m.emphasis(-2, -2),
        f"{small}HighGrayLevel{joined}": lambda m: m.emphasis(2, -2),
        f"{large}LowGrayLevel{joined}": lambda m: m.emphasis(-2, 2),
        f"{large}HighGrayLevel{joined}": lambda m: m.emphasis(2, 2),
    }


def _sized(kind: str, non_uniformity: str, *, normalised: str) -> dict[str, Formula]:
    """Return the features of the sizes under the names of one class."""
    return {
        non_uniformity: lambda m: m.uniformity(m.by_size, normalised=False),
        normalised: lambda m: m.uniformity(m.by_size, normalised=True),
        f"{kind}Variance": lambda m: m.variance(m.by_size, m.j),
        f"{kind}Entropy": lambda m: m.entropy(),
    }


GLRLM_FORMULAS: dict[str, Formula] = {
    **SHARED,
    **_named("ShortRun", "LongRun", "RunEmphasis", "RunEmphasis", "Emphasis"),
    **_sized("Run", "RunLengthNonUniformity", normalised="RunLengthNonUniformityNormalized"),
    "RunPercentage": lambda m: m.percentage(),
}

GLSZM_FORMULAS: dict[str, Formula] = {
    **SHARED,
    **_named("SmallArea", "LargeArea", "ZoneEmphasis", "ZoneEmphasis", "Emphasis"),
    **_sized("Zone", "SizeZoneNonUniformity", normalised="SizeZoneNonUniformityNormalized"),
    "ZonePercentage": lambda m: m.percentage(),
}

GLDM_FORMULAS: dict[str, Formula] = {
    **SHARED,
    **_named("SmallDependence", "LargeDependence", "Emphasis", "Emphasis", "Emphasis"),
    **_sized(
        "Dependence", "DependenceNonUniformity", normalised="DependenceNonUniformityNormalized"
    ),
}


def glrlm(matrices: Sizes, names: Iterable[str]) -> dict[str, Floats]:
    """Return the named features of run lengths, one value per region."""
    return {name: GLRLM_FORMULAS[name](matrices) for name in names}


def glszm(matrices: Sizes, names: Iterable[str]) -> dict[str, Floats]:
    """Return the named features of size zones, one value per region."""
    return {name: GLSZM_FORMULAS[name](matrices) for name in names}


def gldm(matrices: Sizes, names: Iterable[str]) -> dict[str, Floats]:
    """Return the named features of dependences, one value per region."""
    return {name: GLDM_FORMULAS[name](matrices) for name in names}

"""Features of the grey level co-occurrence matrix.

Definitions: pyradiomics 3.0.1 `glcm`; IBSI reference manual, section 3.6. One matrix per
direction; features are computed on each and averaged, unless a weighting merges the matrices.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ELMEDRadiomicsLib.correlation_coefficient import maximal_correlation
from ELMEDRadiomicsLib.formulas import (
    EPSILON,
    Floats,
    information,
    mean_over_directions,
    safe_ratio,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Ints = NDArray[np.integer]

FEW_LEVELS = 16
"""Up to here sums run over all cells in order: in small matrices the rounding itself can decide."""


def direction_weights(
    norm: str, directions: Ints, spacing: Sequence[float] | Floats, *, squared: bool
) -> Floats:
    """Return the length in mm of each direction by `norm`, or exp(-length²) where `squared`.

    Args:
        norm: manhattan, euclidean, infinity, or no_weighting (all 1).
        directions: (directions, 3) offsets (z, y, x) in voxels.
        spacing: voxel size (z, y, x) in mm.
        squared: co-occurrences weigh exp(-length²), runs weigh their length.
    """
    steps = np.abs(directions) * np.asarray(spacing)
    if norm == "no_weighting":
        return np.ones(len(directions))
    if norm == "infinity":
        lengths = steps.max(1)
    elif norm == "manhattan":
        lengths = steps.sum(1)
    elif squared:
        return np.exp(-np.sum(steps**2, 1))
    else:
        return np.sqrt(np.sum(steps**2, 1))
    return np.exp(-(lengths**2)) if squared else lengths


class Cooccurrence:
    """Normalised co-occurrence matrices and what their features share.

    Args:
        counts: (regions, levels, levels, directions) how often j stands at a direction from i.
        grey: (levels,) the grey level of each row.
        highest: the number of grey levels, present or not.
        symmetric: count each pair both ways.
        weights: (directions,) factors for merging the matrices into one, None to keep them apart.
    """

    def __init__(
        self,
        counts: Floats,
        grey: Ints,
        highest: int,
        *,
        symmetric: bool = True,
        weights: Floats | None = None,
    ) -> None:
        if symmetric:
            counts = counts + counts.transpose(0, 2, 1, 3)
        if weights is not None:
            counts = (counts * weights).sum(3, keepdims=True)
        totals = counts.sum((1, 2))
        if counts.shape[3] > 1:
            used = totals.sum(0) > 0
            if not used.all():
                counts, totals = np.ascontiguousarray(counts[..., used]), totals[:, used]
        with np.errstate(invalid="ignore"):
            self.p = counts / np.where(totals == 0, np.nan, totals)[:, None, None, :]
        self.grey = grey.astype(np.float64)
        self.highest = highest
        self.i = self.grey[None, :, None, None]
        self.j = self.grey[None, None, :, None]

    @cached_property
    def px(self) -> Floats:
        """(regions, levels, 1, directions) row sums."""
        return self.p.sum(2, keepdims=True)

    @cached_property
    def py(self) -> Floats:
        """(regions, 1, levels, directions) column sums."""
        return self.p.sum(1, keepdims=True)

    @cached_property
    def mean_i(self) -> Floats:
        """(regions, 1, 1, directions) mean level of the rows."""
        return (self.i * self.p).sum((1, 2), keepdims=True)

    @cached_property
    def mean_j(self) -> Floats:
        """(regions, 1, 1, directions) mean level of the columns."""
        return (self.j * self.p).sum((1, 2), keepdims=True)

    @cached_property
    def entropy(self) -> Floats:
        """(regions, directions) joint entropy."""
        return -information(self.p).sum((1, 2))

    @cached_property
    def product(self) -> Floats:
        """The matrices that independent rows and columns would give."""
        return self.px * self.py

    @cached_property
    def product_logarithm(self) -> Floats:
        """Logarithm (base 2) of `product`."""
        return np.log2(self.product + EPSILON)

    @cached_property
    def sums(self) -> tuple[Floats, Floats]:
        """The sums i + j that occur and their probabilities (regions, sums, directions)."""
        return self._grouped(self.grey[:, None] + self.grey)

    @cached_property
    def differences(self) -> tuple[Floats, Floats]:
        """The differences |i - j| that occur, and (regions, differences, directions)."""
        return self._grouped(np.abs(self.grey[:, None] - self.grey))

    def _grouped(self, keys: Floats) -> tuple[Floats, Floats]:
        flat = keys.ravel()
        order = np.argsort(flat, kind="stable")
        values, starts = np.unique(flat[order], return_index=True)
        cells = self.p.reshape(len(self.p), len(flat), self.p.shape[3])
        return values, np.add.reduceat(cells[:, order], starts, axis=1)

    def over_differences(self, weight: Callable[[Floats], Floats]) -> Floats:
        """Return the mean over directions of sum over k of p(|i - j| = k) weight(k)."""
        values, shares = self.differences
        return mean_over_directions((shares * weight(values)[:, None]).sum(1))

    def cluster(self, power: int) -> Floats:
        """Return the central moment of i + j of the given power."""
        if len(self.grey) <= FEW_LEVELS:
            distances = self.i + self.j - self.mean_i - self.mean_j
            return mean_over_directions((self.p * distances**power).sum((1, 2)))
        values, shares = self.sums
        centre = (self.mean_i + self.mean_j)[:, 0, 0, :]
        moments = (shares * (values[None, :, None] - centre[:, None]) ** power).sum(1)
        return mean_over_directions(moments)


def _correlation(m: Cooccurrence) -> Floats:
    from_mean_i, from_mean_j = m.i - m.mean_i, m.j - m.mean_j
    sigma_i = (m.p * from_mean_i**2).sum((1, 2)) ** 0.5
    sigma_j = (m.p * from_mean_j**2).sum((1, 2)) ** 0.5
    covariance = (m.p * from_mean_i * from_mean_j).sum((1, 2))
    correlation = covariance / (sigma_i * sigma_j + EPSILON)
    correlation[sigma_i * sigma_j == 0] = 1
    return mean_over_directions(correlation)


def _first_information(m: Cooccurrence) -> Floats:
    rows, columns = -information(m.px).sum((1, 2)), -information(m.py).sum((1, 2))
    independent = -(m.p * m.product_logarithm).sum((1, 2))
    return mean_over_directions(
        safe_ratio(m.entropy - independent, np.fmax(rows, columns), otherwise=0.0)
    )


def _second_information(m: Cooccurrence) -> Floats:
    independent = -(m.product * m.product_logarithm).sum((1, 2))
    with np.errstate(invalid="ignore"):
        values = (1 - np.e ** (-2 * (independent - m.entropy))) ** 0.5
    values[independent == m.entropy] = 0
    return mean_over_directions(values)


def _autocorrelation(m: Cooccurrence) -> Floats:
    # ij = ((i + j)² - (i - j)²) / 4
    (sums, p_sums), (differences, p_differences) = m.sums, m.differences
    quarter = (p_sums * sums[:, None] ** 2).sum(1) - (
        p_differences * differences[:, None] ** 2
    ).sum(1)
    return mean_over_directions(quarter / 4)


def _difference_variance(m: Cooccurrence) -> Floats:
    values, shares = m.differences
    mean = (shares * values[:, None]).sum(1, keepdims=True)
    return mean_over_directions((shares * (values[:, None] - mean) ** 2).sum(1))


def _inverse_variance(m: Cooccurrence) -> Floats:
    values, shares = m.differences
    return mean_over_directions((shares[:, 1:] / values[1:, None] ** 2).sum(1))


FORMULAS: dict[str, Callable[[Cooccurrence], Floats]] = {
    "Autocorrelation": _autocorrelation,
    "ClusterProminence": lambda m: m.cluster(4),
    "ClusterShade": lambda m: m.cluster(3),
    "ClusterTendency": lambda m: m.cluster(2),
    "Contrast": lambda m: m.over_differences(lambda k: k**2),
    "Correlation": _correlation,
    "DifferenceAverage": lambda m: m.over_differences(lambda k: k),
    "DifferenceEntropy": lambda m: mean_over_directions(-information(m.differences[1]).sum(1)),
    "DifferenceVariance": _difference_variance,
    "Id": lambda m: m.over_differences(lambda k: 1 / (1 + k)),
    "Idm": lambda m: m.over_differences(lambda k: 1 / (1 + k**2)),
    "Idmn": lambda m: m.over_differences(lambda k: 1 / (1 + k**2 / m.highest**2)),
    "Idn": lambda m: m.over_differences(lambda k: 1 / (1 + k / m.highest)),
    "Imc1": _first_information,
    "Imc2": _second_information,
    "InverseVariance": _inverse_variance,
    "JointAverage": lambda m: mean_over_directions(m.mean_i[:, 0, 0, :]),
    "JointEnergy": lambda m: mean_over_directions((m.p**2).sum((1, 2))),
    "JointEntropy": lambda m: mean_over_directions(m.entropy),
    "MCC": lambda m: maximal_correlation(m.p, m.px, m.py),
    "MaximumProbability": lambda m: mean_over_directions(m.p.max((1, 2))),
    "SumAverage": lambda m: mean_over_directions((m.sums[1] * m.sums[0][:, None]).sum(1)),
    "SumEntropy": lambda m: mean_over_directions(-information(m.sums[1]).sum(1)),
    "SumSquares": lambda m: mean_over_directions((m.px * (m.i - m.mean_i) ** 2).sum((1, 2))),
}


def glcm(matrices: Cooccurrence, names: Iterable[str]) -> dict[str, Floats]:
    """Return the named features, one value per region."""
    return {name: FORMULAS[name](matrices) for name in names}

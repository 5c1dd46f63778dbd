"""Features of the neighbourhood grey tone difference matrix.

Definitions: pyradiomics 3.0.1 `ngtdm`; IBSI reference manual, section 3.10.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ELMEDRadiomicsLib.formulas import Floats, safe_ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

FLAT_COARSENESS = 1e6
"""Coarseness where nothing differs, as in pyradiomics and the IBSI manual."""


class Tones:
    """The matrix of one or more regions.

    Args:
        voxels: (regions, levels) voxels per grey level.
        differences: (regions, levels) summed difference from the neighbours' mean.
        grey: (levels,) the grey levels.
    """

    def __init__(self, voxels: Floats, differences: Floats, grey: NDArray[np.integer]) -> None:
        self.total = voxels.sum(1)
        with np.errstate(invalid="ignore", divide="ignore"):
            self.p = voxels / self.total[:, None]
        self.s = differences
        self.present = (voxels > 0).sum(1)
        self.gap = grey.astype(np.float64)[:, None] - grey
        self.i = grey.astype(np.float64)
        occurs = voxels > 0
        self.both = occurs[:, :, None] & occurs[:, None, :]

    @property
    def weighted(self) -> Floats:
        """(regions,) sum over levels of probability times difference."""
        return (self.p * self.s).sum(1)


def _contrast(m: Tones) -> Floats:
    pairs = (m.p[:, :, None] * m.p[:, None, :] * m.gap**2).sum((1, 2))
    number = (m.present * (m.present - 1)).astype(np.float64)
    return safe_ratio(pairs * m.s.sum(1) / m.total, number, otherwise=0.0)


def _busyness(m: Tones) -> Floats:
    levels = m.i * m.p
    gaps = np.where(m.both, np.abs(levels[:, :, None] - levels[:, None, :]), 0.0).sum((1, 2))
    return safe_ratio(m.weighted, gaps, otherwise=0.0)


def _complexity(m: Tones) -> Floats:
    weighted = m.p * m.s
    numerator = np.where(m.both, weighted[:, :, None] + weighted[:, None, :], 0.0)
    divisor = m.p[:, :, None] + m.p[:, None, :]
    divisor[divisor == 0] = 1
    return (np.abs(m.gap) * numerator / divisor).sum((1, 2)) / m.total


def _strength(m: Tones) -> Floats:
    pairs = (m.p[:, :, None] + m.p[:, None, :]) * m.gap**2
    return safe_ratio(np.where(m.both, pairs, 0.0).sum((1, 2)), m.s.sum(1), otherwise=0.0)


FORMULAS: dict[str, Callable[[Tones], Floats]] = {
    "Busyness": _busyness,
    "Coarseness": lambda m: safe_ratio(np.ones(len(m.p)), m.weighted, FLAT_COARSENESS),
    "Complexity": _complexity,
    "Contrast": _contrast,
    "Strength": _strength,
}


def ngtdm(tones: Tones, names: Iterable[str]) -> dict[str, Floats]:
    """Return the named features, one value per region."""
    return {name: FORMULAS[name](tones) for name in names}

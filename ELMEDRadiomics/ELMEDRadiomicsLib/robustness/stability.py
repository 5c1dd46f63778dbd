"""Which features are stable, from their values over all repetitions."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDRadiomicsLib.robustness.icc import icc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STABLE_ICC = 0.75
"""From here on reliability is called good (Koo and Li 2016, doi:10.1016/j.jcm.2016.02.012)."""

STABLE_CHANGE = 0.1
"""The largest relative change that passes where there are too few targets for an ICC."""

Values = dict[str, dict[str, list[float]]]
"""Values over all repetitions, by feature and by target (a segment in an image)."""


@dataclass(frozen=True)
class Stability:
    """How a feature fared.

    Attributes:
        icc: ICC(2,1) over the targets, NaN where there are too few.
        low: its lower 95 % limit.
        change: the median over the targets of the largest relative change.
        targets: how many segments in how many images it was looked at in, together.
        stable: whether it may be trusted.
    """

    icc: float
    low: float
    change: float
    targets: int
    stable: bool

    def as_json(self) -> dict[str, Any]:
        """Return it as a dictionary; NaN is None."""
        return {
            key: None if isinstance(value, float) and not math.isfinite(value) else value
            for key, value in asdict(self).items()
        }


def stability(values: Mapping[str, Mapping[str, Sequence[float]]]) -> dict[str, Stability]:
    """Return the stability of each feature.

    Targets in which the feature is undefined at any repetition are left out; a feature that is
    undefined in all of them is not stable.
    """
    return {name: _stability(targets) for name, targets in values.items()}


def _stability(targets: Mapping[str, Sequence[float]]) -> Stability:
    rows = [row for row in targets.values() if np.isfinite(row).all()]
    if not rows:
        return Stability(math.nan, math.nan, math.nan, 0, False)
    table = np.array(rows, dtype=np.float64)
    found = icc(table)
    # In the first repetition nothing was changed.
    scale = np.maximum(np.abs(table[:, :1]), 1e-12)
    change = float(np.median(np.max(np.abs(table - table[:, :1]) / scale, axis=1)))
    known = math.isfinite(found.value)
    stable = found.value >= STABLE_ICC if known else change <= STABLE_CHANGE
    return Stability(found.value, found.low, change, len(rows), bool(stable))

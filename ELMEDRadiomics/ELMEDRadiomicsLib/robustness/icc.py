"""Intraclass correlation: how much of the differences between targets survives repetition.

Source: Shrout and Fleiss 1979, Psychological Bulletin 86, doi:10.1037/0033-2909.86.2.420; the
confidence limit by McGraw and Wong 1996, Psychological Methods 1, doi:10.1037/1082-989X.1.1.30.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVEL = 0.95
LEAST_TARGETS = 2
LEAST_REPEATS = 2
ROUNDING = 1e-24
"""Relative to the squared values: smaller mean squares are rounding."""


@dataclass(frozen=True)
class Icc:
    """An ICC(2,1), absolute agreement of single measurements, with its lower 95 % limit.

    Both are NaN where there are too few targets, or no differences at all between them.
    """

    value: float
    low: float


def icc(values: NDArray[np.float64]) -> Icc:
    """Return the ICC(2,1) of repeated measurements.

    Args:
        values: (targets, repeats), without NaN.
    """
    targets, repeats = values.shape
    undefined = Icc(math.nan, math.nan)
    if targets < LEAST_TARGETS or repeats < LEAST_REPEATS:
        return undefined
    mean = values.mean()
    by_target, by_repeat = values.mean(axis=1), values.mean(axis=0)
    between = repeats * np.sum((by_target - mean) ** 2) / (targets - 1)
    across = targets * np.sum((by_repeat - mean) ** 2) / (repeats - 1)
    rest = values - by_target[:, None] - by_repeat[None, :] + mean
    error = np.sum(rest**2) / ((targets - 1) * (repeats - 1))
    least = ROUNDING * float(np.max(values**2))
    between, across, error = (
        0.0 if part <= least else float(part) for part in (between, across, error)
    )
    whole = between + (repeats - 1) * error + repeats * (across - error) / targets
    if whole <= 0 or between == error == 0:  # targets that are all alike tell nothing
        return undefined
    value = (between - error) / whole
    return Icc(float(value), _low(float(value), targets, repeats, between, across, error))


def _low(
    value: float, targets: int, repeats: int, between: float, across: float, error: float
) -> float:
    """Return the lower confidence limit (McGraw and Wong 1996, table 7)."""
    from scipy.stats import f

    if error == 0 and across == 0:
        return value
    if value >= 1:
        return value
    a = repeats * value / (targets * (1 - value))
    b = 1 + repeats * value * (targets - 1) / (targets * (1 - value))
    parts = (a * across) ** 2 / (repeats - 1)
    parts += (b * error) ** 2 / ((targets - 1) * (repeats - 1))
    freedom = (a * across + b * error) ** 2 / parts if parts > 0 else 0.0
    if not math.isfinite(freedom) or freedom <= 0:
        return math.nan
    critical = float(f.ppf(1 - (1 - LEVEL) / 2, targets - 1, freedom))
    upper = targets * (between - critical * error)
    lower = critical * (repeats * across + (repeats * targets - repeats - targets) * error)
    return upper / (lower + targets * between)

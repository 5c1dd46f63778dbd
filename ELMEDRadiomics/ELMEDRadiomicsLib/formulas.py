"""Arithmetic that several feature classes share.

Arrays have a leading axis of regions: one for a segment, one per voxel for feature maps.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EPSILON = float(np.spacing(1.0))
"""Added inside logarithms, as pyradiomics does."""


def information(p: Floats) -> Floats:
    """Return p log2(p) of each element, with pyradiomics' epsilon."""
    return p * np.log2(p + EPSILON)


def mean_over_directions(values: Floats) -> Floats:
    """Return the mean over the last axis of (regions, directions), leaving out NaN.

    A region without any direction gets NaN.
    """
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(known, values, 0.0).sum(-1) / known.sum(-1)


def safe_ratio(numerator: Floats, denominator: Floats, otherwise: float) -> Floats:
    """Divide, giving `otherwise` where the denominator is 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(denominator != 0, numerator / denominator, otherwise)

"""The maximal correlation coefficient of co-occurrence matrices.

Definition: Haralick et al. 1973; pyradiomics 3.0.1 `glcm` MCC: the square root of the second
largest eigenvalue of Q(i, j) = sum over k of p(i, k) p(j, k) / (px(i) py(k) + epsilon).
"""

from __future__ import annotations

import numpy as np

from ELMEDRadiomicsLib.formulas import EPSILON, Floats, mean_over_directions

FEW_LEVELS = 8
"""Up to here Q is summed term by term: in tiny matrices the rounding itself can decide."""


def maximal_correlation(p: Floats, px: Floats, py: Floats) -> Floats:
    """Return the coefficient of each region, the mean over its directions.

    Args:
        p: (regions, levels, levels, directions) normalised matrices, NaN where there are none.
        px: their row sums (regions, levels, 1, directions).
        py: their column sums (regions, 1, levels, directions).
    """
    levels = p.shape[1]
    if levels < 2:  # noqa: PLR2004 - a flat region correlates fully
        return np.ones(len(p))
    q = _q(p, px, py)
    eigenvalues = np.full((*q.shape[:2], levels), np.nan, dtype=np.complex128)
    usable = np.isfinite(q).all((2, 3))
    if usable.any():
        eigenvalues[usable] = np.sort(np.linalg.eigvals(q[usable]), axis=-1)
    second = eigenvalues[:, :, -2]
    if not np.iscomplex(second[usable]).any():
        with np.errstate(invalid="ignore"):
            return mean_over_directions(np.sqrt(second.real))
    roots = np.sqrt(second)
    return mean_over_directions(roots.real)


def _q(p: Floats, px: Floats, py: Floats) -> Floats:
    """Return Q as (regions, directions, levels, levels)."""
    shares = p / (px * py + EPSILON)
    if p.shape[1] > FEW_LEVELS:
        return np.matmul(shares.transpose(0, 3, 1, 2), p.transpose(0, 3, 2, 1))
    q = np.zeros_like(p)
    for k in range(p.shape[1]):
        products = p[:, :, None, k, :] * p[:, None, :, k, :]
        q += products / (px[:, :, None, 0, :] * py[:, None, :, k, :] + EPSILON)
    return q.transpose(0, 3, 1, 2)

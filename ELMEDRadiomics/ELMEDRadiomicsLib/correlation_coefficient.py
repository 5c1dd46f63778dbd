"""The maximal correlation coefficient of co-occurrence matrices.

Definition: Haralick et al. 1973; pyradiomics 3.0.1 `glcm` MCC: the square root of the second
largest eigenvalue of Q(i, j) = sum over k of p(i, k) p(j, k) / (px(i) py(k) + epsilon).

Q without its epsilon is similar to a symmetric matrix, of which a few largest eigenvalues are
found much faster than all eigenvalues of Q. The epsilon changes them, where grey levels are rare
even visibly, so Q itself is then looked at within the space of those few eigenvectors. The error
of that is the product of what leaves the space from either side, over the distance to the other
eigenvalues; where that is too large, all eigenvalues of Q are computed as the definition says.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh

from ELMEDRadiomicsLib.formulas import EPSILON, Floats, mean_over_directions

FEW_LEVELS = 8
"""Up to here Q is summed term by term: in tiny matrices the rounding itself can decide."""

MANY_LEVELS = 24
"""From here on the symmetric matrix is looked at first."""

SUBSPACE = 12
ACCURACY = 1e-11


def maximal_correlation(p: Floats, px: Floats, py: Floats) -> Floats:
    """Return the coefficient of each region, the mean over its directions.

    Args:
        p: (regions, levels, levels, directions) normalised matrices, NaN where there are none.
        px: their row sums (regions, levels, 1, directions).
        py: their column sums (regions, 1, levels, directions).
    """
    levels = p.shape[1]
    if levels < 2:  # noqa: PLR2004 - a flat region correlates fully
        return np.where(np.isnan(px).any((1, 2, 3)), np.nan, 1.0)
    second = np.full((len(p), p.shape[3]), np.nan, dtype=np.complex128)
    usable = np.isfinite(px[:, 0, 0, :])
    if levels >= MANY_LEVELS:
        for region, direction in np.argwhere(usable):
            second[region, direction] = _second_of_many(
                p[region, :, :, direction], px[region, :, 0, direction], py[region, 0, :, direction]
            )
    elif usable.any():
        q = _q(p, px, py)
        second[usable] = np.sort(np.linalg.eigvals(q[usable]), axis=-1)[:, -2]
    if not np.iscomplex(second[usable]).any():
        with np.errstate(invalid="ignore"):
            return mean_over_directions(np.sqrt(second.real))
    return mean_over_directions(np.sqrt(second).real)


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


def _second_of_many(p: Floats, px: Floats, py: Floats) -> complex:
    """Return the second largest eigenvalue of Q of one matrix (levels, levels)."""
    product = px[:, None] * py
    shares = p / (product + EPSILON)
    root_x, root_y = np.sqrt(px), np.sqrt(py)
    with np.errstate(divide="ignore"):
        over_x = np.where(px > 0, 1 / root_x, 0.0)
        over_y = np.where(py > 0, 1 / root_y, 0.0)
    scaled = over_x[:, None] * p * over_y
    number = min(SUBSPACE, len(p))
    values, vectors = eigh(
        scaled @ scaled.T,
        subset_by_index=[len(p) - number, len(p) - 1],
        overwrite_a=True,
        check_finite=False,
    )
    # Q in the same coordinates, within the space of the eigenvectors and what leaves that space.
    rows, columns = root_x[:, None] * shares, over_x[:, None] * p
    to_right, to_left = rows @ (columns.T @ vectors), columns @ (rows.T @ vectors)
    projected = vectors.T @ to_right
    leaving = np.linalg.norm(to_right - vectors @ projected)
    leaving *= np.linalg.norm(to_left - vectors @ projected.T)
    gap, largest = float(values[-2] - values[0]), max(float(values[-2]), 0.0)
    if leaving > ACCURACY * gap * largest:
        return complex(np.sort(np.linalg.eigvals(shares @ p.T))[-2])
    return complex(np.sort(np.linalg.eigvals(projected))[-2])

"""ComBat: differences between sites taken out of features, by empirical Bayes.

Johnson, Li and Rabinovic, "Adjusting batch effects in microarray expression data using empirical
Bayes methods", Biostatistics 8 (2007): the parametric form, with covariates that are kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ELMEDLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

SMALLEST_SITE = 3
"""Patients that a site must have: a variance of two says little."""

TOLERANCE = 1e-4
MOST_ROUNDS = 1000


def harmonised(values: Array, sites: Sequence[str], covariates: Array | None = None) -> Array:
    """Return features as if all had been measured at one average site.

    Args:
        values: `(patients, features)`, finite.
        sites: of each patient.
        covariates: `(patients, n)`, numbers whose effects are kept, such as age or a group;
            None for none.

    Returns:
        `(patients, features)`. Features that do not vary are returned as they are.

    Raises:
        InputError: there is one site only, a site has too few patients, or sites and covariates
            say the same.
    """
    names = sorted(set(sites))
    batches = np.array([[site == name for name in names] for site in sites], np.float64)
    counts = batches.sum(axis=0)
    _check(names, counts)
    design = batches if covariates is None else np.hstack([batches, covariates])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise InputError(
            "Sites and covariates say the same: what to keep and what to take out are one.",
            "Keep fewer covariates.",
        )
    result = values.astype(np.float64).copy()
    varies = np.ptp(values, axis=0) > 0
    data = result[:, varies]
    fit = np.linalg.lstsq(design, data, rcond=None)[0]
    mean = counts / counts.sum() @ fit[: len(names)]
    deviation = np.sqrt(np.mean((data - design @ fit) ** 2, axis=0))
    exact = deviation <= 1e-12 * np.maximum(np.abs(data).max(axis=0), 1e-300)
    deviation[exact] = 1.0
    kept = mean + design[:, len(names) :] @ fit[len(names) :]
    scores = (data - kept) / deviation
    for number in range(len(names)):
        here = batches[:, number] == 1
        shift, scale = _site_effect(scores[here][:, ~exact])
        adjusted = scores[here]
        adjusted[:, ~exact] = (adjusted[:, ~exact] - shift) / np.sqrt(scale)
        scores[here] = adjusted
    result[:, varies] = scores * deviation + kept
    return result


def _check(names: list[str], counts: Array) -> None:
    if len(names) < 2:  # noqa: PLR2004
        raise InputError("There is one site only.", "Switch harmonisation off.")
    for name, count in zip(names, counts, strict=True):
        if count < SMALLEST_SITE:
            raise InputError(
                f"The site '{name}' has {int(count)} patients; {SMALLEST_SITE} are needed.",
                "Leave its patients out, or join it with a site that scans alike.",
            )


def _site_effect(scores: Array) -> tuple[Array, Array]:
    """Return a site's shift and scale of each feature, shrunk towards those of all features.

    Args:
        scores: standardised features `(patients, features)` of the site.
    """
    count, features = scores.shape
    shift, scale = scores.mean(axis=0), scores.var(axis=0, ddof=1)
    if features < 2:  # noqa: PLR2004 - nothing to learn a prior from
        return shift, np.where(scale > 0, scale, 1.0)
    prior_mean, prior_variance = shift.mean(), shift.var(ddof=1)
    average, spread = scale.mean(), scale.var(ddof=1)
    if spread == 0 or prior_variance == 0:
        return shift, np.where(scale > 0, scale, 1.0)
    # Inverse gamma prior of the scale, by the method of moments.
    shape = (2 * spread + average**2) / spread
    rate = (average * spread + average**3) / spread
    mean, squares = shift, scale
    for _ in range(MOST_ROUNDS):
        new_shift = (count * prior_variance * mean + squares * prior_mean) / (
            count * prior_variance + squares
        )
        rest = ((scores - new_shift) ** 2).sum(axis=0)
        new_scale = (0.5 * rest + rate) / (count / 2 + shape - 1)
        change = max(_change(new_shift, shift), _change(new_scale, squares))
        shift, squares = new_shift, new_scale
        if change < TOLERANCE:
            break
    return shift, squares


def _change(new: Array, old: Array) -> float:
    return float(np.max(np.abs(new - old) / np.maximum(np.abs(old), 1e-12)))

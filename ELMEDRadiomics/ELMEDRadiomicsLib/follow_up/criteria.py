"""The response criteria that proposals follow: RANO 2.0.

Source: Wen et al. 2023, "RANO 2.0: Update to the Response Assessment in Neuro-Oncology Criteria
for High- and Low-Grade Gliomas in Adults", J Clin Oncol 41:5187, doi:10.1200/JCO.23.01059.
Responses are held against the baseline, progression against the nadir, which is the smallest
measurement since the baseline. The baseline is the first scan after radiotherapy.
"""

from __future__ import annotations

from dataclasses import dataclass

CR, PR, MR, SD, PD = "CR", "PR", "MR", "SD", "PD"

TITLES = {
    CR: "complete response",
    PR: "partial response",
    MR: "minor response",
    SD: "stable disease",
    PD: "progressive disease",
}

BETTER = {CR: 3, PR: 2, MR: 1, SD: 0, PD: -1}
"""Order of the categories."""

ROUNDING = 1e-9
"""A change that reaches a threshold but for rounding reaches it."""

PSEUDOPROGRESSION_WEEKS = 12.0
"""So long after radiotherapy, progression must be confirmed: it may be pseudoprogression."""

CONFIRMING_WEEKS = 4.0
"""A category is confirmed by a scan at least so much later."""


@dataclass(frozen=True)
class Thresholds:
    """Changes, as parts of what they are held against, that make a category.

    Attributes:
        measure: what is measured, in words.
        unit: of the measure.
        partial: decrease from the baseline.
        minor: decrease from the baseline; of non-enhancing tumours only.
        progression: increase from the nadir.
    """

    measure: str
    unit: str
    partial: float
    minor: float
    progression: float


THRESHOLDS = {
    "2d": Thresholds("sum of products", "mm²", 0.50, 0.25, 0.25),
    "volume": Thresholds("volume", "ml", 0.65, 0.40, 0.40),
}
"""Two-dimensional and volumetric thresholds of RANO 2.0."""


def reaches(change: float, threshold: float) -> bool:
    """Return whether a change is as large as a threshold, but for rounding."""
    return change >= threshold - ROUNDING

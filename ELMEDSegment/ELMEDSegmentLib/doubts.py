"""What is doubtful about a result, in sentences for who looks at it.

Each threshold is a choice between two nuisances: results that deserve a second look and do not get
one, and warnings that nobody reads any more because they always come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ELMEDSegmentLib.labels import REGION_TITLES

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING_FOUND = (
    "No tumour was found. Check that each volume is in its place, "
    "and that the skull has been removed."
)

AT_THE_BORDER = (
    "The tumour reaches the border of the field of view: "
    "a part of it may lie outside, and its volume may be larger."
)

LOWEST_MEAN_PROBABILITY = 0.8
"""Where a network is less sure of a region than this on average, it is worth a second look.

A voxel is labelled from 0.5 on, and a network that knows what it sees gives nearly 1 within. In
nine real studies, one of them also with contrasts exchanged, the network of version 0.1 was above
it in all regions that it found well (Dice 0.7 and more), and below it in most that it did not.
"""

SMALLEST_JUDGED_ML = 0.5
"""Regions below this volume are nearly all border, where no network is sure."""

LARGEST_SPREAD = 0.75
"""The rim between the thresholds 0.25 and 0.75, as a share of the mean of both volumes.

In the same studies regions that were found well had up to 0.72, others 0.98 to 1.8.
"""

SMALL_PIECE_ML = 1.0
"""A separate piece below this volume is more often a vessel or an artefact than a tumour."""

FEWEST_BORDER_MM2 = 25.0
"""Tumour on an outermost slice counts from this area on: a quarter of a square centimetre."""


def doubts(
    labels: np.ndarray,
    spacing_mm: tuple[float, ...],
    confidence: Mapping[str, Mapping[str, float]],
) -> list[str]:
    """Return what is doubtful about a segmentation, a sentence each.

    Args:
        labels: uint8 (1, 2, 3) `(z, y, x)` on the whole grid of the reference volume.
        spacing_mm: the size of a voxel in the order of the axes.
        confidence: of each region, as `uncertainty.confidence` returns it.
    """
    if not labels.any():
        return [NOTHING_FOUND]
    return [
        *_at_the_border(labels, spacing_mm),
        *_unsure(confidence),
        *_spread(confidence),
        *_small_pieces(labels, spacing_mm),
    ]


def _at_the_border(labels: np.ndarray, spacing_mm: tuple[float, ...]) -> list[str]:
    voxel_mm3 = float(np.prod(spacing_mm))
    for axis, spacing in enumerate(spacing_mm):
        for end in (0, -1):
            area = np.count_nonzero(labels.take(end, axis=axis)) * voxel_mm3 / spacing
            if area >= FEWEST_BORDER_MM2:
                return [AT_THE_BORDER]
    return []


def _unsure(confidence: Mapping[str, Mapping[str, float]]) -> list[str]:
    found = []
    for region, values in confidence.items():
        mean = values["mean_probability"]
        if values["high_ml"] >= SMALLEST_JUDGED_ML and 0 < mean < LOWEST_MEAN_PROBABILITY:
            found.append(
                f"The network is not sure of the {REGION_TITLES[region].lower()}: "
                f"its mean probability is {mean:.0%}. Look at it with particular care."
            )
    return found


def _spread(confidence: Mapping[str, Mapping[str, float]]) -> list[str]:
    found = []
    for region, values in confidence.items():
        low, high = values["low_ml"], values["high_ml"]
        if high >= SMALLEST_JUDGED_ML and high - low > LARGEST_SPREAD * (high + low) / 2:
            found.append(
                f"The border of the {REGION_TITLES[region].lower()} is uncertain: it would "
                f"measure {low:.1f} to {high:.1f} ml with another threshold."
            )
    return found


def _small_pieces(labels: np.ndarray, spacing_mm: tuple[float, ...]) -> list[str]:
    from scipy.ndimage import label

    pieces, count = label(labels > 0)
    volumes = np.sort(np.bincount(pieces.ravel())[1:] * float(np.prod(spacing_mm)) / 1000)
    small = int(np.count_nonzero(volumes[:-1] < SMALL_PIECE_ML))
    if not small:
        return []
    verb, question = ("has", "it is") if small == 1 else ("have", "they are")
    sentence = (
        f"The tumour is in {count} separate pieces, of which {small} {verb} less than "
        f"{SMALL_PIECE_ML:g} ml: check whether {question} tumour at all."
    )
    return [sentence]

"""How intensities are distributed in each segment of each sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

BINS = 48
TAIL = 0.5
"""Percent of the voxels beyond either end of a histogram; they are counted in its last bins."""

WHISKER = 1.5
"""Whiskers reach the last voxel within so many interquartile ranges (Tukey 1977)."""

SMALLEST = 1e-12


def histograms(values: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    """Return one sequence's histograms over common bins.

    Args:
        values: (voxels,) intensities by segment.

    Returns:
        `centres` of the bins, and by segment in `percent` the share of its voxels in each.
    """
    everything = np.concatenate(list(values.values())).astype(np.float64)
    low, high = np.percentile(everything, [TAIL, 100 - TAIL])
    if high - low < SMALLEST:
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, BINS + 1)
    percent = {}
    for name, own in values.items():
        counts, _ = np.histogram(np.clip(own.astype(np.float64), low, high), edges)
        percent[name] = (100 * counts / max(len(own), 1)).tolist()
    return {"centres": ((edges[1:] + edges[:-1]) / 2).tolist(), "percent": percent}


def box(values: NDArray[Any]) -> dict[str, float]:
    """Return the five numbers of a box plot: `low`, `q1`, `median`, `q3`, `high`."""
    floats = values.astype(np.float64)
    q1, median, q3 = np.percentile(floats, [25, 50, 75])
    reach = WHISKER * (q3 - q1)
    inside = floats[(floats >= q1 - reach) & (floats <= q3 + reach)]
    # Quartiles lie between voxels: with few of them a whisker could end inside the box.
    numbers = (min(inside.min(), q1), q1, median, q3, max(inside.max(), q3))
    return dict(zip(("low", "q1", "median", "q3", "high"), map(float, numbers), strict=True))


def boxes(values: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    """Return one sequence's boxes by segment, in intensities and relative to the sequence.

    Sequences have no common unit, so `relative` counts in interquartile ranges of all the
    segments' voxels together, from their median; both are the `scale`.
    """
    everything = np.concatenate(list(values.values())).astype(np.float64)
    q1, median, q3 = np.percentile(everything, [25, 50, 75])
    spread = max(q3 - q1, SMALLEST)
    found = {name: box(own) for name, own in values.items()}
    scale = [float(median), float(spread)]
    return {"intensity": found, "relative": scaled(found, scale), "scale": scale}


def scaled(
    found: Mapping[str, Mapping[str, float]], scale: Sequence[float]
) -> dict[str, dict[str, float]]:
    """Return boxes by segment in units of a scale: a median, and an interquartile range."""
    median, spread = scale
    return {
        name: {key: (value - median) / spread for key, value in own.items()}
        for name, own in found.items()
    }

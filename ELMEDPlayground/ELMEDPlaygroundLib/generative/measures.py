"""How like the data generated points are: the energy distance, and the modes that are covered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.generative.clouds import Cloud

REACH = 0.12
"""A point this near to an example belongs to its mode: three standard deviations of a cloud."""

TWICE = 2.0

FAIR_SHARE = 0.25
"""A mode is covered when this part of the share that is due to it was generated."""


def energy_distance(one: np.ndarray, other: np.ndarray) -> float:
    """Return 2 E|X - Y| - E|X - X'| - E|Y - Y'| of two sets of points.

    It is zero where both come from the same distribution, up to chance (G. Székely and M. Rizzo,
    Energy statistics, Journal of Statistical Planning and Inference 143, 2013).

    No point is paired with itself, so that few points do not look farther apart than many; what
    chance makes negative is zero.

    Args:
        one: float32 (n, 2).
        other: float32 (m, 2).
    """
    within = _apart(one, one) * len(one) / (len(one) - 1)
    within += _apart(other, other) * len(other) / (len(other) - 1)
    return max(2.0 * _apart(one, other) - within, 0.0)


def against_noise(energy: float, noise: float) -> str:
    """Return in words how an energy distance compares with that of noise."""
    share = energy / (noise or 1.0)
    return f"{100 * share:.0f} % of noise's" if share < TWICE else f"{share:.0f} times noise's"


def modes_of(points: np.ndarray, cloud: Cloud) -> np.ndarray:
    """Return the mode that each point belongs to, int64 (n,); -1 for those far from all data."""
    import torch

    distances = torch.cdist(torch.from_numpy(points), torch.from_numpy(cloud.test))
    nearest, place = distances.min(dim=1)
    modes = cloud.test_targets[place.numpy()]
    return np.where(nearest.numpy() <= REACH, modes, -1)


def covered(modes: np.ndarray, cloud: Cloud) -> int:
    """Return how many modes are covered.

    Args:
        modes: of generated points, as `modes_of` gives them.
        cloud: what was learnt from.
    """
    there = np.bincount(modes[modes >= 0], minlength=len(cloud.modes)) / max(len(modes), 1)
    due = np.bincount(cloud.test_targets, minlength=len(cloud.modes)) / len(cloud.test_targets)
    return int((there >= FAIR_SHARE * due).sum())


def _apart(one: np.ndarray, other: np.ndarray) -> float:
    """Return the mean distance between the points of two sets."""
    import torch

    return float(torch.cdist(torch.from_numpy(one), torch.from_numpy(other)).mean())

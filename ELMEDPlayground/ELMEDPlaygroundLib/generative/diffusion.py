"""Denoising diffusion: drown points in noise, learn to tell the noise, and take it away again.

Sources: J. Ho, A. Jain, P. Abbeel, Denoising diffusion probabilistic models (NeurIPS 2020); the
cosine schedule of A. Nichol and P. Dhariwal (ICML 2021); J. Ho and T. Salimans, Classifier-free
diffusion guidance (2022). Points are divided by the data's spread, so that they are as wide as the
noise that they drown in. Level 0 is the data, the last level is noise alone.
"""

from __future__ import annotations

import itertools
import math

import torch
from torch import Tensor, nn

FREQUENCIES = 5
"""Waves that tell the network the level: each twice as fast as the one before."""
WITHOUT_MODE = 0.5
"""The share of examples whose mode is withheld, so that the network learns to do without."""

FARTHEST = 3.0
"""Clean points are never thought to lie farther out than this, in spreads of the data."""

LARGEST_BETA = 0.999


class Schedule:
    """How much of the data is left at each level.

    Attributes:
        levels: how many there are beside level 0.
        left: the share of the variance that is still the data's, (levels + 1,), from 1 to near 0.
    """

    def __init__(self, kind: str, levels: int) -> None:
        """Make a schedule.

        Args:
            kind: "cosine" or "linear".
            levels: how many.
        """
        self.levels = levels
        part = torch.arange(levels + 1, dtype=torch.float64) / levels
        if kind == "cosine":
            wanted = torch.cos((part + 0.008) / 1.008 * math.pi / 2) ** 2
            kept = (wanted[1:] / wanted[:-1]).clamp(min=1 - LARGEST_BETA)
        else:
            # Ho's 0.0001 to 0.02 are for 1,000 levels; fewer levels must be larger steps.
            most = min(20.0 / levels, LARGEST_BETA)
            kept = 1.0 - torch.linspace(most / 200.0, most, levels, dtype=torch.float64)
        self.left = torch.cat([torch.ones(1), torch.cumprod(kept, 0)]).float()


class Denoiser(nn.Module):
    """Tells the noise in points, from where they are, the level, and the mode where it is given."""

    def __init__(self, modes: int, neurons: int, levels: int) -> None:
        """Make a network of three hidden layers.

        Args:
            modes: how many modes there are.
            neurons: in each hidden layer.
            levels: of the schedule.
        """
        super().__init__()
        self.modes = modes
        inputs = 2 + 2 * FREQUENCIES + modes
        widths = [inputs, neurons, neurons, neurons]
        layers: list[nn.Module] = []
        for before, after in itertools.pairwise(widths):
            layers += [nn.Linear(before, after), nn.SiLU()]
        self.layers = nn.Sequential(*layers, nn.Linear(neurons, 2))
        times = torch.arange(levels + 1)[:, None] / levels
        angle = times * math.pi * 2.0 ** torch.arange(FREQUENCIES)
        self.waves = torch.cat([angle.sin(), angle.cos()], dim=1)

    def forward(self, points: Tensor, levels: Tensor, modes: Tensor) -> Tensor:
        """Return the noise in each point.

        Args:
            points: (n, 2).
            levels: int64 (n,).
            modes: float (n, modes), 1 for the mode that is given; zeros where none is.
        """
        noise: Tensor = self.layers(torch.cat([points, self.waves[levels], modes], dim=1))
        return noise


def loss_of(
    network: Denoiser, schedule: Schedule, points: Tensor, modes: Tensor, chance: torch.Generator
) -> Tensor:
    """Return how wrong the network is about the noise that is put on points, a number.

    Args:
        network: learns.
        schedule: of the noise.
        points: (n, 2), divided by the spread of the data.
        modes: float (n, modes), 1 for the mode of each.
        chance: decides on levels, noise, and whose mode is withheld.
    """
    count = len(points)
    levels = torch.randint(1, schedule.levels + 1, (count,), generator=chance)
    noise = torch.randn(count, 2, generator=chance)
    given = modes * (torch.rand(count, 1, generator=chance) >= WITHOUT_MODE)
    noisy = drowned(schedule, points, levels, noise)
    return ((network(noisy, levels, given) - noise) ** 2).mean()


def drowned(schedule: Schedule, points: Tensor, levels: Tensor, noise: Tensor) -> Tensor:
    """Return points (n, 2) with the noise of their levels (n,) in them."""
    left = schedule.left[levels][:, None]
    return left.sqrt() * points + (1.0 - left).sqrt() * noise


@torch.no_grad()
def noise_in(
    network: Denoiser, points: Tensor, level: int, mode: int | None = None, guidance: float = 0.0
) -> Tensor:
    """Return the noise that the network sees in points, (n, 2).

    Args:
        network: has learnt.
        points: (n, 2), all of one level.
        level: of 0 to the last.
        mode: that is asked for; None for any.
        guidance: how much further than to the mode itself, away from what suits any mode.
    """
    levels = torch.full((len(points),), level)
    given = torch.zeros(len(points), network.modes)
    if mode is None:
        return network(points, levels, given)
    wanted = given.clone()
    wanted[:, mode] = 1.0
    towards = network(points, levels, wanted)
    if guidance == 0.0:
        return towards
    return (1.0 + guidance) * towards - guidance * network(points, levels, given)


@torch.no_grad()
def way_back(
    network: Denoiser,
    schedule: Schedule,
    count: int,
    chance: torch.Generator,
    mode: int | None = None,
    guidance: float = 0.0,
) -> Tensor:
    """Return points on their way from noise to data, (levels + 1, n, 2); place 0 has the data."""
    points = torch.randn(count, 2, generator=chance)
    way = [points]
    for level in range(schedule.levels, 0, -1):
        here, before = schedule.left[level], schedule.left[level - 1]
        noise = noise_in(network, points, level, mode, guidance)
        clean = (points - (1.0 - here).sqrt() * noise) / here.sqrt()
        clean = clean.clamp(-FARTHEST, FARTHEST)
        kept = here / before
        points = before.sqrt() * (1.0 - kept) / (1.0 - here) * clean
        points = points + kept.sqrt() * (1.0 - before) / (1.0 - here) * way[-1]
        if level > 1:
            spread = ((1.0 - before) / (1.0 - here) * (1.0 - kept)).sqrt()
            points = points + spread * torch.randn(count, 2, generator=chance)
        way.append(points)
    return torch.stack(way[::-1])


@torch.no_grad()
def score(
    network: Denoiser,
    schedule: Schedule,
    points: Tensor,
    level: int,
    mode: int | None = None,
    guidance: float = 0.0,
) -> Tensor:
    """Return where the density of noisy points grows, and how steeply, (n, 2): its log's gradient.

    Args:
        network: has learnt.
        schedule: of the noise.
        points: (n, 2).
        level: at least 1.
        mode: as for `noise_in`.
        guidance: as for `noise_in`.
    """
    noise = noise_in(network, points, level, mode, guidance)
    return -noise / (1.0 - schedule.left[level]).sqrt()

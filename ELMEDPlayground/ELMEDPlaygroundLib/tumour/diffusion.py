"""Slices drown in noise and come out of it: the schedule, the loss, and the way back.

Sources: J. Ho, A. Jain, P. Abbeel, Denoising diffusion probabilistic models (NeurIPS 2020); the
cosine schedule of A. Nichol and P. Dhariwal (ICML 2021); velocity as the target, T. Salimans and
J. Ho, Progressive distillation (ICLR 2022); the way back without new noise, J. Song, C. Meng,
S. Ermon, Denoising diffusion implicit models (ICLR 2021).
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ELMEDPlaygroundLib.tumour.classes import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ELMEDPlaygroundLib.tumour.network import SliceDenoiser

LAST_LEVEL = 0.985
"""The way back begins here: of noise alone, velocity tells nothing of the slice's brightness."""

LEAST, MOST = -4.5, 6.0
"""Between which brightnesses, z-scored over the brain, a slice lies."""


def shares(levels: Tensor) -> tuple[Tensor, Tensor]:
    """Return how much of the data and how much of the noise there is at levels from 0 to 1."""
    angle = levels * (math.pi / 2)
    return angle.cos(), angle.sin()


def loss_of(
    network: SliceDenoiser,
    slices: Tensor,
    classes: Tensor,
    source: Tensor,
    chance: torch.Generator,
) -> Tensor:
    """Return how wrong the network is about the velocity inside the brain, a number.

    Args:
        network: learns.
        slices: `(n, 4, rows, columns)`, z-scored over the brain, 0 outside it.
        classes: of the pixels, one-hot, `(n, classes, rows, columns)`.
        source: `(n,)`, see `SliceDenoiser`.
        chance: decides on levels and noise.
    """
    inside = 1 - classes[:, OUTSIDE : OUTSIDE + 1]
    levels = torch.rand(len(slices), generator=chance)
    noise = torch.randn(slices.shape, generator=chance) * inside
    data, rest = (share[:, None, None, None] for share in shares(levels))
    velocity = network(data * slices + rest * noise, levels, classes, source)
    wrong = (velocity.float() - (data * noise - rest * slices)) ** 2 * inside
    return wrong.sum() / (inside.sum() * slices.shape[1]).clamp(min=1)


def way_back(
    network: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor],
    noise: Tensor,
    classes: Tensor,
    source: Tensor,
    steps: int,
) -> Iterator[Tensor]:
    """Yield after each step what the network thinks the slices are, `(n, 4, rows, columns)`.

    Args:
        network: has learnt.
        noise: to begin with, `(n, 4, rows, columns)`; it decides all that chance has a say in.
        classes: of the pixels, one-hot, `(n, classes, rows, columns)`.
        source: `(n,)`, see `SliceDenoiser`.
        steps: from noise to data.
    """
    inside = 1 - classes[:, OUTSIDE : OUTSIDE + 1]
    slices = noise * inside
    path = torch.linspace(LAST_LEVEL, 0.0, steps + 1)
    for level, following in itertools.pairwise(path):
        data, rest = shares(level)
        velocity = network(slices, level.expand(len(slices)), classes, source)
        clean = (data * slices - rest * velocity).clamp(LEAST, MOST) * inside
        left = (slices - data * clean) / rest
        data, rest = shares(following)
        slices = data * clean + rest * left
        yield clean

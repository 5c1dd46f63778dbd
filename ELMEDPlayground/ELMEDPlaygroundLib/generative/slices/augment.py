"""Slices a little turned, stretched, moved and lit otherwise: one scan has few slices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

if TYPE_CHECKING:
    from torch import Tensor

TURN, STRETCH, MOVE, LIGHT = math.radians(4), 0.04, 0.03, 0.08
"""Standard deviations: an angle, shares of the size and of half the side, and of the exponent that
brightness is raised to."""

ABOUT = 900
"""Pictures in all, learnt slices and their changed copies."""


def copies_of(count: int) -> int:
    """Return how many changed copies are made of each of `count` slices."""
    return max(round(ABOUT / count) - 1, 1)


def augmented(pictures: Tensor, copies: int, chance: torch.Generator) -> Tensor:
    """Return pictures, and changed copies of all of them after each other.

    Args:
        pictures: `(n, channel, side, side)`, 0..1.
        copies: of each.
        chance: decides how they are changed; channels of a picture are changed alike.

    Returns:
        `((copies + 1) * n, channel, side, side)`.
    """
    all_of_them = [pictures]
    count = len(pictures)
    for _ in range(copies):
        angle = TURN * torch.randn(count, generator=chance)
        size = 1.0 + STRETCH * torch.randn(count, 2, generator=chance)
        move = MOVE * torch.randn(count, 2, generator=chance)
        cos, sin = angle.cos(), angle.sin()
        rows = [
            torch.stack([cos * size[:, 0], -sin, move[:, 0]], dim=1),
            torch.stack([sin, cos * size[:, 1], move[:, 1]], dim=1),
        ]
        grid = functional.affine_grid(
            torch.stack(rows, dim=1), list(pictures.shape), align_corners=False
        )
        changed = functional.grid_sample(pictures, grid, align_corners=False)
        exponent = (LIGHT * torch.randn(count, 1, 1, 1, generator=chance)).exp()
        all_of_them.append(changed.clamp(0.0, 1.0) ** exponent)
    return torch.cat(all_of_them)

"""A U-Net that takes noise out of slices, told what each pixel is.

It works at half of the slice's resolution, where a pixel holds four of the slice's (the space-to-
depth of W. Shi et al., CVPR 2016), and draws the details in a last step at full resolution. The
level of noise scales and shifts what each block has normalised (E. Perez et al., FiLM, AAAI 2018).
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

CONTRASTS = 4
SHRINK = 2
GROUPS = 8


class Block(nn.Module):
    """Two convolutions, told the level of noise, beside a shortcut."""

    def __init__(self, inputs: int, outputs: int, told: int) -> None:
        super().__init__()
        self.norm_one = nn.GroupNorm(GROUPS, inputs)
        self.one = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.film = nn.Linear(told, 2 * outputs)
        self.norm_two = nn.GroupNorm(GROUPS, outputs)
        self.two = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.shortcut = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()
        nn.init.zeros_(self.two.weight)

    def forward(self, maps: Tensor, told: Tensor) -> Tensor:
        """Return maps of the same size, `(n, outputs, rows, columns)`."""
        scale, shift = self.film(told)[:, :, None, None].chunk(2, dim=1)
        inside = self.one(functional.silu(self.norm_one(maps)))
        inside = self.norm_two(inside) * (1 + scale) + shift
        result: Tensor = self.shortcut(maps) + self.two(functional.silu(inside))
        return result


class SliceDenoiser(nn.Module):
    """Tells the velocity of slices on their way between data and noise."""

    def __init__(self, classes: int, widths: tuple[int, int, int], told: int, details: int) -> None:
        """Make the network.

        Args:
            classes: that a pixel can be of.
            widths: channels at a half, a quarter and an eighth of the resolution.
            told: numbers that carry the level of noise and the source.
            details: channels at full resolution.
        """
        super().__init__()
        high, middle, low = widths
        given = (CONTRASTS + classes) * SHRINK**2
        self.frequencies = told // 2
        self.level = nn.Sequential(nn.Linear(told + 1, told), nn.SiLU(), nn.Linear(told, told))
        self.stem = nn.Conv2d(given, high, 3, padding=1)
        self.down_high = nn.ModuleList([Block(high, high, told), Block(high, high, told)])
        self.to_middle = nn.Conv2d(high, middle, 3, stride=2, padding=1)
        self.down_middle = nn.ModuleList([Block(middle, middle, told)])
        self.to_low = nn.Conv2d(middle, low, 3, stride=2, padding=1)
        self.lowest = nn.ModuleList([Block(low, low, told), Block(low, low, told)])
        self.from_low = nn.Conv2d(low, middle, 1)
        self.up_middle = nn.ModuleList([Block(2 * middle, middle, told)])
        self.from_middle = nn.Conv2d(middle, high, 1)
        self.up_high = nn.ModuleList([Block(2 * high, high, told), Block(high, high, told)])
        self.enlarge = nn.Conv2d(high, details * SHRINK**2, 1)
        self.draw = nn.Conv2d(details + CONTRASTS + classes, 2 * details, 3, padding=1)
        self.last = nn.Conv2d(2 * details, CONTRASTS, 3, padding=1)
        nn.init.zeros_(self.last.weight)

    def forward(self, slices: Tensor, levels: Tensor, classes: Tensor, source: Tensor) -> Tensor:
        """Return the velocity of each slice, `(n, 4, rows, columns)`.

        Args:
            slices: with noise in them, `(n, 4, rows, columns)`; sides divide by eight.
            levels: of noise, from 0 (data) to 1 (noise alone), `(n,)`.
            classes: of the pixels, `(n, classes, rows, columns)`, each 0 or 1.
            source: 1 to look like patients' scans, 0 like simulated ones, `(n,)`.
        """
        given = torch.cat([slices, classes], dim=1)
        told = self.level(torch.cat([self._waves(levels), source[:, None]], dim=1))
        told = functional.silu(told)
        high = self.stem(functional.pixel_unshuffle(given, SHRINK))
        for block in self.down_high:
            high = block(high, told)
        middle = self.to_middle(high)
        for block in self.down_middle:
            middle = block(middle, told)
        low = self.to_low(middle)
        for block in self.lowest:
            low = block(low, told)
        middle = torch.cat([middle, _twice(self.from_low(low))], dim=1)
        for block in self.up_middle:
            middle = block(middle, told)
        high = torch.cat([high, _twice(self.from_middle(middle))], dim=1)
        for block in self.up_high:
            high = block(high, told)
        details = functional.pixel_shuffle(self.enlarge(functional.silu(high)), SHRINK)
        drawn = functional.silu(self.draw(torch.cat([details, given], dim=1)))
        velocity: Tensor = self.last(drawn)
        return velocity

    def _waves(self, levels: Tensor) -> Tensor:
        steps = torch.arange(self.frequencies, device=levels.device) / (self.frequencies - 1)
        angle = levels[:, None] * math.pi * 64.0**steps
        return torch.cat([angle.sin(), angle.cos()], dim=1)


def _twice(maps: Tensor) -> Tensor:
    return functional.interpolate(maps, scale_factor=2, mode="nearest")


def build(architecture: dict[str, Any]) -> SliceDenoiser:
    """Return an untrained network of the architecture that a manifest describes."""
    return SliceDenoiser(
        int(architecture["classes"]),
        tuple(int(width) for width in architecture["widths"]),  # type: ignore[arg-type]
        int(architecture["told"]),
        int(architecture["details"]),
    )

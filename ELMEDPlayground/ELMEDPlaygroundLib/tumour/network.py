"""A U-Net that draws slices out of noise, told what each pixel is.

What a slice has in common with all others that have the same label map, the usual brightness of
each class in each contrast, is taken for granted: the network draws the rest. A few numbers, the
style, stand for all that differs between patients and scanners; noise, pixel by pixel, for texture.
Styles come from an encoder while the network learns, and from chance afterwards, as in T. Park et
al., Semantic image synthesis with spatially-adaptive normalization (CVPR 2019); here from a normal
distribution as wide as the encoder's styles of patients were.

It works at half of the slice's resolution, where a pixel holds four of the slice's (the space-to-
depth of W. Shi et al., CVPR 2016), and draws the details in a last step at full resolution. The
style scales and shifts what each block has normalised (E. Perez et al., FiLM, AAAI 2018).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ELMEDPlaygroundLib.tumour.classes import OUTSIDE

CONTRASTS = 4
SHRINK = 2
GROUPS = 8

SOFT = (0.2, 0.6, 0.2)
"""How much of its neighbours' classes a pixel shows, along rows and columns."""


class Block(nn.Module):
    """Two convolutions, told the style, beside a shortcut."""

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


class SliceDrawer(nn.Module):
    """Draws slices in four contrasts.

    Attributes:
        style: how many numbers a style has.
        usual: brightness of each class in each contrast, `(classes, 4)`.
        spread: how far slices differ from that, `(4,)`, a standard deviation.
        style_mean: of the styles of patients, `(style,)`.
        style_root: lower triangular root of their covariance, `(style, style)`.
    """

    usual: Tensor
    spread: Tensor
    style_mean: Tensor
    style_root: Tensor

    def __init__(
        self, classes: int, widths: tuple[int, int, int], style: int, told: int, details: int
    ) -> None:
        """Make the network.

        Args:
            classes: that a pixel can be of.
            widths: channels at a half, a quarter and an eighth of the resolution.
            style: numbers of a style.
            told: numbers that carry style and source to the blocks.
            details: channels at full resolution.
        """
        super().__init__()
        high, middle, low = widths
        given = (CONTRASTS + classes) * SHRINK**2
        self.style = style
        self.telling = nn.Sequential(nn.Linear(style + 1, told), nn.SiLU(), nn.Linear(told, told))
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
        self.film = nn.Linear(told, 4 * details)
        self.last = nn.Conv2d(2 * details, CONTRASTS, 3, padding=1)
        nn.init.zeros_(self.last.weight)
        self.register_buffer("usual", torch.zeros(classes, CONTRASTS))
        self.register_buffer("spread", torch.ones(CONTRASTS))
        self.register_buffer("style_mean", torch.zeros(style))
        self.register_buffer("style_root", torch.eye(style))

    def expected(self, classes: Tensor) -> Tensor:
        """Return the usual brightness of label maps, `(n, 4, rows, columns)`, 0 outside the brain.

        Edges between classes are as soft as a scan's.
        """
        return torch.einsum("nkyx,kc->ncyx", softened(classes), self.usual)

    def drawn_style(self, chance: torch.Generator) -> Tensor:
        """Return a style by chance, like those of patients, `(1, style)`."""
        return self.style_mean + torch.randn(1, self.style, generator=chance) @ self.style_root.T

    def forward(self, noise: Tensor, style: Tensor, classes: Tensor, source: Tensor) -> Tensor:
        """Return slices, z-scored over the brain, `(n, 4, rows, columns)`, 0 outside it.

        Args:
            noise: `(n, 4, rows, columns)`; sides divide by eight.
            style: `(n, style)`.
            classes: of the pixels, one-hot, `(n, classes, rows, columns)`.
            source: 1 to look like patients' scans, 0 like simulated ones, `(n,)`.
        """
        inside = 1 - classes[:, OUTSIDE : OUTSIDE + 1]
        given = torch.cat([noise * inside, classes], dim=1)
        told = functional.silu(self.telling(torch.cat([style, source[:, None]], dim=1)))
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
        scale, shift = self.film(told)[:, :, None, None].chunk(2, dim=1)
        drawn = self.draw(torch.cat([details, given], dim=1)) * (1 + scale) + shift
        rest = self.last(functional.silu(drawn)).float()
        slices: Tensor = (self.expected(classes) + self.spread[:, None, None] * rest) * inside
        return slices


def softened(classes: Tensor) -> Tensor:
    """Return the share of each class around each pixel of the brain, 0 outside.

    Args:
        classes: one-hot, `(n, classes, rows, columns)`.
    """
    inside = 1 - classes[:, OUTSIDE : OUTSIDE + 1]
    line = classes.new_tensor(SOFT)
    kernel = (line[:, None] * line).expand(classes.shape[1], 1, 3, 3)
    shares = functional.conv2d(classes * inside, kernel, padding=1, groups=classes.shape[1])
    return shares * inside / shares.sum(1, keepdim=True).clamp(min=1e-3)


def _twice(maps: Tensor) -> Tensor:
    return functional.interpolate(maps, scale_factor=2, mode="nearest")


def build(architecture: dict[str, Any]) -> SliceDrawer:
    """Return an untrained network of the architecture that a manifest describes."""
    return SliceDrawer(
        int(architecture["classes"]),
        tuple(int(width) for width in architecture["widths"]),  # type: ignore[arg-type]
        int(architecture["style"]),
        int(architecture["told"]),
        int(architecture["details"]),
    )

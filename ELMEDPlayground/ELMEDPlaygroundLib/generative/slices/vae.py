"""A small variational autoencoder for slices.

Source: D. Kingma and M. Welling, Auto-encoding variational Bayes (ICLR 2014).
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional

FILTERS = 12
NARROWING = 8
"""The side is divided by this on the way to the code."""

DARK = -2.0
"""What the last layer says of a pixel at first; 0 would be grey."""

SMALLEST_LOG, GREATEST_LOG = -8.0, 4.0


class SliceVAE(nn.Module):
    """Three convolutions down to a code of some numbers, and three up again.

    Attributes:
        size: numbers in the code.
    """

    def __init__(self, channels: int, side: int, size: int, filters: int = FILTERS) -> None:
        """Make a network.

        Args:
            channels: of a picture.
            side: of a picture, a multiple of 8.
            size: of the code.
            filters: of the first convolution; each next one has twice as many.
        """
        super().__init__()
        self.size = size
        small, deep = side // NARROWING, 4 * filters
        self._small = (deep, small, small)
        steps = [channels, filters, 2 * filters, deep]
        down: list[nn.Module] = []
        for before, after in itertools.pairwise(steps):
            down += [nn.Conv2d(before, after, 3, stride=2, padding=1), nn.SiLU()]
        self.down = nn.Sequential(*down, nn.Flatten(), nn.Linear(deep * small**2, 2 * size))
        up: list[nn.Module] = [nn.Linear(size, deep * small**2), nn.SiLU()]
        up.append(nn.Unflatten(1, self._small))
        for before, after in ((deep, 2 * filters), (2 * filters, filters), (filters, channels)):
            up += [nn.ConvTranspose2d(before, after, 4, stride=2, padding=1), nn.SiLU()]
        # Most of a slice is dark: to begin so spares some dozen steps.
        nn.init.constant_(up[-2].bias, DARK)  # type: ignore[arg-type]
        self.up = nn.Sequential(*up[:-1])

    def encode(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and logarithm of the variance of each picture's code, `(n, size)` both."""
        mean, log = self.down(pictures).chunk(2, dim=1)
        return mean, log.clamp(SMALLEST_LOG, GREATEST_LOG)

    def decode(self, codes: Tensor) -> Tensor:
        """Return pictures `(n, channel, side, side)`, 0..1, of codes `(n, size)`."""
        pictures: Tensor = self.up(codes).sigmoid()
        return pictures


def loss_of(
    network: SliceVAE, pictures: Tensor, strength: float, chance: torch.Generator
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the loss, the error of the pictures, and the cost of the codes.

    The error is the squared difference summed over a picture; the cost is the divergence of the
    codes from the standard normal distribution, in nats.

    Args:
        network: learns.
        pictures: `(n, channel, side, side)`, 0..1.
        strength: how much a nat counts against the error (beta).
        chance: draws the codes.
    """
    mean, log = network.encode(pictures)
    codes = mean + (0.5 * log).exp() * torch.randn(mean.shape, generator=chance)
    wrong = functional.mse_loss(network.decode(codes), pictures, reduction="sum") / len(pictures)
    cost = 0.5 * (mean**2 + log.exp() - 1.0 - log).sum(dim=1).mean()
    return wrong + strength * cost, wrong, cost

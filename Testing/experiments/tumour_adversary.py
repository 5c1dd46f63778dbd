"""What the generator of tumours learns against: a judge of slices, and an encoder of styles.

Both are needed for learning alone. The judge sees patches at two resolutions, as in T.-C. Wang et
al., High-resolution image synthesis with conditional GANs (CVPR 2018), with spectral normalisation
(T. Miyato et al., ICLR 2018) and the hinge loss.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

SLOPE = 0.2


class Encoder(nn.Module):
    """Tells the style of slices: mean and logarithm of the variance of each of its numbers."""

    def __init__(self, inputs: int, style: int) -> None:
        super().__init__()
        widths = (inputs, 24, 48, 64, 64)
        self.layers = nn.ModuleList(
            nn.Conv2d(before, after, 3, stride=2, padding=1)
            for before, after in itertools.pairwise(widths)
        )
        self.last = nn.Linear(widths[-1], 2 * style)

    def forward(self, slices: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and logarithm of the variance, `(n, style)` each."""
        for layer in self.layers:
            slices = functional.leaky_relu(layer(slices), SLOPE)
        mean, logarithm = self.last(slices.mean((2, 3))).chunk(2, dim=1)
        return mean, logarithm.clamp(-8, 4)


class Patches(nn.Module):
    """Judges patches of slices, told what each pixel is."""

    def __init__(self, inputs: int, widths: tuple[int, ...]) -> None:
        super().__init__()
        channels = (inputs, *widths)
        self.layers = nn.ModuleList(
            spectral_norm(nn.Conv2d(before, after, 4, stride=2, padding=1))
            for before, after in itertools.pairwise(channels)
        )
        self.last = spectral_norm(nn.Conv2d(channels[-1], 1, 3, padding=1))

    def forward(self, given: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Return the judgement of each patch, and the maps that led to it."""
        maps = []
        for layer in self.layers:
            given = functional.leaky_relu(layer(given), SLOPE)
            maps.append(given)
        return self.last(given), maps


class Judge(nn.Module):
    """Judges slices at full and at half resolution; real ones are to be above 0."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.fine = Patches(inputs, (32, 64, 96))
        self.coarse = Patches(inputs, (32, 64, 96))

    def forward(self, slices: Tensor, classes: Tensor) -> list[tuple[Tensor, list[Tensor]]]:
        """Return judgements and maps of both resolutions."""
        given = torch.cat([slices, classes], dim=1)
        return [self.fine(given), self.coarse(functional.avg_pool2d(given, 2))]


def judges_loss(of_real: list, of_drawn: list) -> Tensor:
    """Return how wrong the judge is, a number."""
    losses = [
        functional.relu(1 - real).mean() + functional.relu(1 + drawn).mean()
        for (real, _), (drawn, _) in zip(of_real, of_drawn, strict=True)
    ]
    return torch.stack(losses).mean()


def drawers_loss(of_drawn: list) -> Tensor:
    """Return how far drawn slices are from being taken for real ones, a number."""
    return torch.stack([-drawn.mean() for drawn, _ in of_drawn]).mean()


def likeness_loss(of_real: list, of_drawn: list) -> Tensor:
    """Return how differently the judge sees drawn and real slices, a number."""
    losses = [
        functional.l1_loss(drawn.float(), real.detach().float())
        for (_, reals), (_, drawns) in zip(of_real, of_drawn, strict=True)
        for real, drawn in zip(reals, drawns, strict=True)
    ]
    return torch.stack(losses).mean()

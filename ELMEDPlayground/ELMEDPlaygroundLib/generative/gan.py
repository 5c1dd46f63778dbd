"""A generative adversarial network: one network makes points, the other tells them from the data.

Sources: I. Goodfellow et al., Generative adversarial nets (NeurIPS 2014), with the loss of the
generator that does not saturate; L. Mescheder, A. Geiger and S. Nowozin, Which training methods for
GANs do actually converge? (ICML 2018), for the gradient penalty R1; C. Sønderby et al., Amortised
MAP inference for image super-resolution (ICLR 2017), for instance noise. Points are divided by the
data's spread.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

if TYPE_CHECKING:
    from collections.abc import Callable

LATENT = 2
"""Numbers that a point is made of: two, so that the plane of them can be drawn."""

SLOPE = 0.2
"""Of the discriminator's neurons below zero."""


class Generator(nn.Module):
    """Makes points (n, 2) out of latent numbers (n, 2), each from -1 to 1."""

    def __init__(self, neurons: int) -> None:
        """Make a network of two hidden layers with so many neurons each."""
        super().__init__()
        self.layers = _layers(LATENT, neurons, 2, nn.ReLU)

    def forward(self, latent: Tensor) -> Tensor:
        """Return points."""
        points: Tensor = self.layers(latent)
        return points


class Discriminator(nn.Module):
    """Tells how surely points (n, 2) are data, (n,): above 0 for data, below for made ones."""

    def __init__(self, neurons: int) -> None:
        """Make a network of two hidden layers with so many neurons each."""
        super().__init__()
        self.layers = _layers(2, neurons, 1, lambda: nn.LeakyReLU(SLOPE))

    def forward(self, points: Tensor) -> Tensor:
        """Return the logarithm of how many times likelier data is."""
        sure: Tensor = self.layers(points)
        return sure[:, 0]


def latents(count: int, chance: torch.Generator) -> Tensor:
    """Return latent numbers, (count, 2), evenly spread over the square from -1 to 1."""
    return 2.0 * torch.rand(count, LATENT, generator=chance) - 1.0


def discriminator_loss(
    discriminator: Discriminator, data: Tensor, made: Tensor, penalty: float
) -> Tensor:
    """Return how badly the two are told apart, with the penalty R1 on the data, a number.

    Args:
        discriminator: learns.
        data: (n, 2).
        made: (n, 2), by the generator.
        penalty: half of it times the mean squared gradient at the data is added.
    """
    data = data.requires_grad_(penalty > 0.0)
    sure = discriminator(data)
    loss = softplus(-sure).mean() + softplus(discriminator(made)).mean()
    if penalty > 0.0:
        (gradient,) = torch.autograd.grad(sure.sum(), data, create_graph=True)
        loss = loss + penalty / 2.0 * gradient.square().sum(dim=1).mean()
    return loss


def generator_loss(discriminator: Discriminator, made: Tensor) -> Tensor:
    """Return how surely made points (n, 2) are seen through, a number."""
    return softplus(-discriminator(made)).mean()


def _layers(
    inputs: int, neurons: int, outputs: int, activation: Callable[[], nn.Module]
) -> nn.Sequential:
    layers: list[nn.Module] = []
    for before, after in itertools.pairwise((inputs, neurons, neurons)):
        layers += [nn.Linear(before, after), activation()]
    return nn.Sequential(*layers, nn.Linear(neurons, outputs))

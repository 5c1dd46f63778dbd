"""A variational autoencoder: points become a cloud of latent numbers, and points again.

Source: D. Kingma and M. Welling, Auto-encoding variational Bayes (ICLR 2014); the weight beta of
the divergence after I. Higgins et al. (ICLR 2017). With half the squared distance as the loss of
the reconstruction, beta is the variance of the noise that the decoder is thought to have (J. Lucas
et al., Don't blame the ELBO, NeurIPS 2019). Points are divided by the data's spread.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn

LATENT = 2
"""Latent numbers of a point: two, so that the plane of them can be drawn and walked in."""

LEAST, MOST = -10.0, 4.0
"""Between these the logarithm of a latent variance is kept, so that its exponential is a number."""


class Autoencoder(nn.Module):
    """Encodes points (n, 2) as the mean and variance of their latent numbers, and decodes these."""

    def __init__(self, neurons: int) -> None:
        """Make encoder and decoder, of two hidden layers with so many neurons each."""
        super().__init__()
        self.encoder = _layers(2, neurons, 2 * LATENT)
        self.decoder = _layers(LATENT, neurons, 2)

    def encode(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and logarithm of the variance of the latent numbers, (n, 2) each."""
        mean, variance = self.encoder(points).chunk(2, dim=1)
        return mean, variance.clamp(LEAST, MOST)

    def decode(self, latent: Tensor) -> Tensor:
        """Return the points that latent numbers (n, 2) stand for, (n, 2)."""
        points: Tensor = self.decoder(latent)
        return points


def losses_of(
    network: Autoencoder, points: Tensor, chance: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Return half the mean squared distance of reconstructions, and the mean divergence in nats.

    The latent numbers are drawn by mean + spread * noise, so that the loss has a gradient. The
    divergence is Kullback and Leibler's, from the standard normal distribution.

    Args:
        network: learns.
        points: (n, 2).
        chance: draws the latent numbers.
    """
    mean, variance = network.encode(points)
    drawn = mean + (variance / 2.0).exp() * torch.randn(mean.shape, generator=chance)
    apart = (network.decode(drawn) - points).square().sum(dim=1).mean() / 2.0
    divergence = (mean.square() + variance.exp() - 1.0 - variance).sum(dim=1).mean() / 2.0
    return apart, divergence


def latents(count: int, chance: torch.Generator) -> Tensor:
    """Return latent numbers of new points, (count, 2): standard normal."""
    return torch.randn(count, LATENT, generator=chance)


def _layers(inputs: int, neurons: int, outputs: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for before, after in itertools.pairwise((inputs, neurons, neurons)):
        layers += [nn.Linear(before, after), nn.SiLU()]
    return nn.Sequential(*layers, nn.Linear(neurons, outputs))

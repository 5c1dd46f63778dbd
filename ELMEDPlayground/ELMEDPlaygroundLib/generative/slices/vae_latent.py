"""Pictures as some numbers and back, by a variational autoencoder that learns them first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from ELMEDPlaygroundLib.generative.slices.vae import SliceVAE, loss_of

if TYPE_CHECKING:
    from torch import Tensor

    from ELMEDLib.progress import Progress

STEPS, BATCH = 700, 32
RATE = 2e-3
STRENGTH = 0.05
"""How much a nat of the code counts: little, for diffusion is to make the codes, not chance."""

REPORTS = 20


class VAELatent:
    """A trained autoencoder whose codes are brought to mean 0 and variance 1.

    Attributes:
        size: how many numbers a picture becomes.
        kept: the share of the pictures' variance that they hold.
    """

    def __init__(self, pictures: Tensor, numbers: int, seed: int, progress: Progress) -> None:
        """Train the autoencoder.

        Args:
            pictures: `(n, channel, side, side)`.
            numbers: in a code.
            seed: of weights and batches.
            progress: told how far it is.
        """
        channels, side = pictures.shape[1:3]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self._network = SliceVAE(channels, side, numbers)
        self.size = numbers
        chance = torch.Generator().manual_seed(seed)
        optimiser = torch.optim.Adam(self._network.parameters(), lr=RATE)
        slower = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
        for step in range(STEPS):
            batch = pictures[torch.randint(len(pictures), (BATCH,), generator=chance)]
            loss, _, _ = loss_of(self._network, batch, STRENGTH, chance)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            slower.step()
            if step % (STEPS // REPORTS) == 0:
                progress("vae", step / STEPS, "Learning to compress slices")
        with torch.no_grad():
            means = self._network.encode(pictures)[0]
            self._mean, self._spread = means.mean(dim=0), means.std(dim=0).clamp(min=1e-3)
            wrong = (self.decode(self.encode(pictures)) - pictures).pow(2).sum()
            apart = (pictures - pictures.mean(dim=0)).pow(2).sum()
        self.kept = float(1.0 - wrong / apart)

    @torch.no_grad()
    def encode(self, pictures: Tensor) -> Tensor:
        """Return `(n, size)`, of mean 0 and variance 1 in each number."""
        numbers: Tensor = (self._network.encode(pictures)[0] - self._mean) / self._spread
        return numbers

    @torch.no_grad()
    def decode(self, numbers: Tensor) -> Tensor:
        """Return pictures `(n, channel, side, side)`, 0..1."""
        return self._network.decode(numbers * self._spread + self._mean)

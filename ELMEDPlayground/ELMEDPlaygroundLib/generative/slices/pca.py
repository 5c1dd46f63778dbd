"""Pictures as some numbers and back, by principal components: quick, and the same each time."""

from __future__ import annotations

import torch
from torch import Tensor

EVENNESS = 0.5
"""0 leaves the components as different in size as they are; 1 makes all alike, which gives noise
in the finest as much weight as the shape of the head."""


class PCALatent:
    """The mean picture and the directions in which pictures differ most (Pearson 1901).

    Attributes:
        size: how many numbers a picture becomes.
        kept: the share of the variance that they hold.
    """

    def __init__(self, pictures: Tensor, numbers: int) -> None:
        """Find the directions.

        Args:
            pictures: `(n, channel, side, side)`.
            numbers: of directions, as far as the pictures have so many.
        """
        flat = pictures.flatten(1)
        self._shape = pictures.shape[1:]
        self._mean = flat.mean(dim=0)
        apart = flat - self._mean
        # Fewer pictures than pixels: their products among each other are the smaller matrix.
        values, vectors = torch.linalg.eigh((apart @ apart.T).double())
        self.size = int(min(numbers, (values > 1e-6 * values[-1]).sum()))
        values = values.flip(0)[: self.size]
        vectors = vectors.flip(1)[:, : self.size]
        self._directions = (apart.T.double() @ vectors / values.sqrt()).float()
        # The sign of a direction is arbitrary: the greatest entry is made positive.
        greatest = self._directions.abs().argmax(dim=0)
        self._directions *= self._directions[greatest, torch.arange(self.size)].sign()
        self.kept = float(values.sum() / (apart.double() ** 2).sum())
        spread = (values / len(flat)).sqrt().float()
        scale = spread**EVENNESS
        self._scale = scale * ((spread / scale) ** 2).mean().sqrt()

    def encode(self, pictures: Tensor) -> Tensor:
        """Return `(n, size)`, of variance 1 on the whole."""
        numbers: Tensor = (pictures.flatten(1) - self._mean) @ self._directions / self._scale
        return numbers

    def decode(self, numbers: Tensor) -> Tensor:
        """Return pictures `(n, channel, side, side)`, 0..1."""
        flat = (numbers * self._scale) @ self._directions.T + self._mean
        return flat.view(-1, *self._shape).clamp(0.0, 1.0)

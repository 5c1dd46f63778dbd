"""Which examples come in which step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDPlaygroundLib.experiment.chance import generator

if TYPE_CHECKING:
    import numpy as np


class Order:
    """Goes through the training examples in an order by chance, and then again in another.

    Attributes:
        epoch: how often it has been through.
        position: how many examples of this epoch were taken.
        fewest: the smallest batch that can be used; a shorter rest is left out.
    """

    def __init__(self, train: np.ndarray, seed: int, *, fewest: int = 1) -> None:
        """Begin with the first epoch.

        Args:
            train: indices of the training examples.
            seed: of the experiment.
            fewest: see the class.
        """
        self.epoch = 0
        self.position = 0
        self._train = train
        self._seed = seed
        self.fewest = fewest
        self._shuffled_for = -1
        self._shuffled = train

    def batch(self, size: int) -> np.ndarray:
        """Return the indices of the batch that is due; the same until `move` is called."""
        if self._shuffled_for != self.epoch:
            chance = generator(self._seed, "order", self.epoch)
            self._shuffled = chance.permutation(self._train)
            self._shuffled_for = self.epoch
        return self._shuffled[self.position : self.position + size]

    def move(self, size: int) -> None:
        """Go on to the next batch."""
        self.position += size
        if len(self._train) - self.position < self.fewest:
            self.epoch += 1
            self.position = 0

    @property
    def epochs(self) -> float:
        """How often each example was seen, on average."""
        return self.epoch + self.position / len(self._train)

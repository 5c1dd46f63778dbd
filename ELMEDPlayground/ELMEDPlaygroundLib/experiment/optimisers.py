"""How gradients become steps, on all weights of the network in one row.

A small network spends its time not on arithmetic but on asking for it: one operation on all weights
instead of one for each layer makes a step some times faster than torch's own optimisers, with the
same formulas.
"""

from __future__ import annotations

import torch
from torch import Tensor

MOMENTUM = 0.9
BETAS = (0.9, 0.999)
TINY = 1e-8


class Optimiser:
    """Gradient descent.

    Attributes:
        moments: what is remembered of earlier gradients, each as long as the weights.
        steps: how many it has made.
    """

    remembers = 0

    def __init__(self, weights: Tensor) -> None:
        self.moments = [torch.zeros_like(weights) for _ in range(self.remembers)]
        self.steps = 0

    @torch.no_grad()
    def step(
        self, weights: Tensor, gradient: Tensor, learning_rate: float, weight_decay: float
    ) -> None:
        """Move the weights."""
        if weight_decay:
            gradient = gradient.add(weights, alpha=weight_decay)
        self.steps += 1
        self._move(weights, gradient, learning_rate)

    def _move(self, weights: Tensor, gradient: Tensor, learning_rate: float) -> None:
        weights.add_(gradient, alpha=-learning_rate)


class Momentum(Optimiser):
    """Gradient descent that keeps 0.9 of its speed."""

    remembers = 1

    def _move(self, weights: Tensor, gradient: Tensor, learning_rate: float) -> None:
        (speed,) = self.moments
        speed.mul_(MOMENTUM).add_(gradient)
        weights.add_(speed, alpha=-learning_rate)


class Adam(Optimiser):
    """A step of its own size for each weight (D. Kingma and J. Ba, ICLR 2015).

    Attributes:
        betas: how much of the mean gradient, and of its mean square, stays at each step.
    """

    remembers = 2
    betas = BETAS

    def _move(self, weights: Tensor, gradient: Tensor, learning_rate: float) -> None:
        mean, square = self.moments
        first, second = self.betas
        mean.lerp_(gradient, 1.0 - first)
        square.mul_(second).addcmul_(gradient, gradient, value=1.0 - second)
        spread = square.sqrt().div_((1.0 - second**self.steps) ** 0.5).add_(TINY)
        weights.addcdiv_(mean, spread, value=-learning_rate / (1.0 - first**self.steps))


OPTIMISERS: dict[str, type[Optimiser]] = {"sgd": Optimiser, "momentum": Momentum, "adam": Adam}

"""Training the denoiser of slices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

from ELMEDPlaygroundLib.generative.slices.denoiser import Diffusion, Wish

if TYPE_CHECKING:
    from torch import Tensor

    from ELMEDLib.progress import Progress

BATCH = 128
RATE, WARM_UP = 1.5e-3, 100
SLOWEST = 0.995
"""How much of the averaged weights stays at each step, once the training has gone on a while."""

REPORTS = 40


def learn(
    numbers: Tensor, wish: Wish, classes: int, steps: int, seed: int, progress: Progress
) -> Diffusion:
    """Return a denoiser that has learnt numbers of pictures; it has its averaged weights.

    Args:
        numbers: `(n, size)`.
        wish: class and place of each.
        classes: how many there are.
        steps: of the training.
        seed: decides all that chance does.
        progress: told how far it is.
    """
    diffusion = Diffusion(numbers.shape[1], classes, seed)
    diffusion.know(numbers)
    chance = torch.Generator().manual_seed(seed + 1)
    weights = list(diffusion.network.parameters())
    average = [weight.detach().clone() for weight in weights]
    optimiser = torch.optim.Adam(weights, lr=RATE, foreach=True)
    for step in range(steps):
        batch = torch.randint(len(numbers), (BATCH,), generator=chance)
        told = Wish(wish.classes[batch], wish.places[batch])
        loss = diffusion.loss_of(numbers[batch], told, chance)
        optimiser.zero_grad()
        loss.backward()
        slower = 0.5 * (1.0 + math.cos(math.pi * step / steps))
        optimiser.param_groups[0]["lr"] = RATE * min(1.0, (step + 1) / WARM_UP) * slower
        optimiser.step()
        stays = min(SLOWEST, (step + 1) / (step + 11))
        with torch.no_grad():
            for mean, weight in zip(average, weights, strict=True):
                mean.lerp_(weight, 1.0 - stays)
        if step % max(steps // REPORTS, 1) == 0:
            progress("diffusion", step / steps, f"Learning to denoise, step {step:,} of {steps:,}")
    with torch.no_grad():
        for mean, weight in zip(average, weights, strict=True):
            weight.copy_(mean)
    return diffusion

"""Diffusion among the numbers that slices are compressed to: learning, and drawing new ones.

Sources: J. Ho, A. Jain, P. Abbeel, Denoising diffusion probabilistic models (NeurIPS 2020);
J. Song, C. Meng, S. Ermon, Denoising diffusion implicit models (ICLR 2021); T. Salimans and J. Ho,
Progressive distillation (ICLR 2022), for the velocity that the network tells; J. Ho and T.
Salimans, Classifier-free diffusion guidance (2022); R. Rombach et al., High-resolution image
synthesis with latent diffusion models (CVPR 2022), for the idea to work in a latent space.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ELMEDPlaygroundLib.generative.diffusion import FREQUENCIES, Schedule, drowned

LEVELS = 100
DRAWN_IN = 40
"""Steps from noise to a picture."""

NEURONS, BLOCKS = 192, 2
PLACE_WAVES = 4
WITHOUT_CLASS, WITHOUT_PLACE = 0.3, 0.2
"""Shares of the examples whose class or place is withheld, so that both can be done without."""

BEYOND = 1.15
"""How far beyond the learnt numbers a clean picture's numbers may lie."""


@dataclass(frozen=True)
class Wish:
    """What is asked for; entries may be withheld.

    Attributes:
        classes: int64 `(n,)`, -1 for any.
        places: float32 `(n,)`, 0 to 1 along the stack; NaN for anywhere.
    """

    classes: Tensor
    places: Tensor

    def __len__(self) -> int:
        return len(self.classes)

    def without_class(self) -> Wish:
        """Return the wish with all classes withheld."""
        return Wish(torch.full_like(self.classes, -1), self.places)


class LatentDenoiser(nn.Module):
    """Tells which way numbers drown, from the numbers, the level, class and place.

    At first it tells nothing, so that `Diffusion` answers as for a normal distribution.
    """

    def __init__(self, size: int, classes: int) -> None:
        """Make a network of residual blocks.

        Args:
            size: numbers of a picture.
            classes: how many there are.
        """
        super().__init__()
        self.classes = classes
        told = 2 * FREQUENCIES + 2 * PLACE_WAVES + 1 + classes
        self.first = nn.Linear(size + told, NEURONS)
        self.blocks = nn.ModuleList(
            nn.Sequential(
                nn.LayerNorm(NEURONS),
                nn.Linear(NEURONS, NEURONS),
                nn.SiLU(),
                nn.Linear(NEURONS, NEURONS),
            )
            for _ in range(BLOCKS)
        )
        self.last = nn.Linear(NEURONS, size)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)
        times = torch.arange(LEVELS + 1)[:, None] / LEVELS
        angle = times * math.pi * 2.0 ** torch.arange(FREQUENCIES)
        self.waves = torch.cat([angle.sin(), angle.cos()], dim=1)

    def forward(self, noisy: Tensor, levels: Tensor, wish: Wish) -> Tensor:
        """Return what is to be added to the velocity, `(n, size)`.

        Args:
            noisy: `(n, size)`.
            levels: int64 `(n,)`.
            wish: for each.
        """
        hidden = self.first(torch.cat([noisy, self.waves[levels], self._told(wish)], dim=1))
        for block in self.blocks:
            hidden = hidden + block(hidden)
        velocity: Tensor = self.last(hidden)
        return velocity

    def _told(self, wish: Wish) -> Tensor:
        somewhere = torch.isfinite(wish.places).float()[:, None]
        place = torch.nan_to_num(wish.places)[:, None]
        angle = place * math.pi * 2.0 ** torch.arange(PLACE_WAVES)
        waves = torch.cat([angle.sin(), angle.cos()], dim=1) * somewhere
        # One place more for what is withheld, which is then cut off.
        given = torch.where(wish.classes < 0, self.classes, wish.classes)
        classes = functional.one_hot(given, self.classes + 1)[:, :-1].float()
        return torch.cat([waves, somewhere, classes], dim=1)


class Diffusion:
    """A denoiser, its schedule, and what is known of the numbers that it learns.

    What a normal distribution with the numbers' variances would answer is known without learning;
    the network tells what comes on top of it. So its neurons need not hand every number on, and
    fine details get the spread that they should have (in the spirit of T. Karras et al.,
    Elucidating the design space of diffusion-based generative models, NeurIPS 2022).
    """

    def __init__(self, size: int, classes: int, seed: int) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.network = LatentDenoiser(size, classes)
        self.schedule = Schedule("cosine", LEVELS)
        self.low = torch.full((size,), -math.inf)
        self.high = torch.full((size,), math.inf)
        self.variance = torch.ones(size)

    def know(self, numbers: Tensor) -> None:
        """Take note of how far numbers `(n, size)` of real pictures go, and how they vary."""
        self.low, self.high = BEYOND * numbers.amin(dim=0), BEYOND * numbers.amax(dim=0)
        self.variance = numbers.var(dim=0)

    def velocity(self, noisy: Tensor, levels: Tensor, wish: Wish) -> Tensor:
        """Return how noise grows and the picture fades, `(n, size)`; see `LatentDenoiser`."""
        left = self.schedule.left[levels][:, None]
        mixed = (left * (1.0 - left)).sqrt() * (1.0 - self.variance)
        plainly = mixed / (left * self.variance + 1.0 - left)
        velocity: Tensor = plainly * noisy + self.network(noisy, levels, wish)
        return velocity

    def loss_of(self, numbers: Tensor, wish: Wish, chance: torch.Generator) -> Tensor:
        """Return how wrong the network is about numbers `(n, size)` that are drowned in noise."""
        count = len(numbers)
        levels = torch.randint(1, LEVELS + 1, (count,), generator=chance)
        noise = torch.randn(numbers.shape, generator=chance)
        left = self.schedule.left[levels][:, None]
        velocity = left.sqrt() * noise - (1.0 - left).sqrt() * numbers
        withheld = torch.rand(2, count, generator=chance)
        told = Wish(
            torch.where(withheld[0] < WITHOUT_CLASS, -1, wish.classes),
            torch.where(withheld[1] < WITHOUT_PLACE, math.nan, wish.places),
        )
        noisy = drowned(self.schedule, numbers, levels, noise)
        return ((self.velocity(noisy, levels, told) - velocity) ** 2).mean()

    @torch.no_grad()
    def drawn(self, noise: Tensor, wish: Wish, guidance: float) -> Tensor:
        """Return the numbers of new pictures, `(n, size)`; the same noise gives the same ones.

        Args:
            noise: standard normal, `(n, size)`.
            wish: what is asked for.
            guidance: how much further than to the class, away from what suits any class.
        """
        numbers = noise
        way = torch.linspace(LEVELS, 0, DRAWN_IN + 1).round().long()
        for level, lower in itertools.pairwise(way):
            levels = level.expand(len(noise))
            velocity = self.velocity(numbers, levels, wish)
            if guidance:
                freely = self.velocity(numbers, levels, wish.without_class())
                velocity = (1.0 + guidance) * velocity - guidance * freely
            left, later = self.schedule.left[level], self.schedule.left[lower]
            clean = left.sqrt() * numbers - (1.0 - left).sqrt() * velocity
            clean = torch.minimum(torch.maximum(clean, self.low), self.high)
            seen = (numbers - left.sqrt() * clean) / (1.0 - left).sqrt()
            numbers = later.sqrt() * clean + (1.0 - later).sqrt() * seen
        return numbers

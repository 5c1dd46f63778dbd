"""How like real slices new ones are, whether they are copies, and what was asked for."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

DIRECTIONS = 400
QUANTILES = 200
COPIED = 0.5
"""Neighbouring slices are nearly the same picture; what differs by this part of it is the same."""

AS_FAR = 0.8
"""From this part of the distance of held-out slices on, new ones count as just as far."""


def sliced_wasserstein(one: Tensor, other: Tensor, seed: int = 5) -> float:
    """Return the sliced Wasserstein distance of two sets of pictures.

    Pictures are looked at along directions by chance; along each, the distance is the mean
    difference of the two sets' quantiles (J. Rabin et al., Wasserstein barycenter and its
    application to texture mixing, SSVM 2011).

    Args:
        one: `(n, channel, side, side)`.
        other: `(m, channel, side, side)`.
        seed: of the directions, the same for what is to be compared.
    """
    first, second = one.flatten(1), other.flatten(1)
    chance = torch.Generator().manual_seed(seed)
    directions = torch.randn(first.shape[1], DIRECTIONS, generator=chance)
    directions /= directions.norm(dim=0)
    shares = (torch.arange(QUANTILES) + 0.5) / QUANTILES
    apart = torch.quantile(first @ directions, shares, dim=0)
    apart = apart - torch.quantile(second @ directions, shares, dim=0)
    return float(apart.abs().mean())


def noise_like(pictures: Tensor, count: int, seed: int = 6) -> Tensor:
    """Return pictures of noise with the mean and the spread of real ones, every pixel by itself."""
    chance = torch.Generator().manual_seed(seed)
    noise = torch.randn(count, *pictures.shape[1:], generator=chance)
    return pictures.mean() + pictures.std() * noise


@dataclass(frozen=True)
class Nearness:
    """How far pictures are from the nearest that was learnt; root of the summed squares.

    Attributes:
        new: the median over new pictures.
        held: the median over real ones that were held out.
        neighbours: the median over those that were learnt, to the nearest other one.
        copies: how many new ones differ from a learnt one by less than half of what that one's own
            nearest does.
        count: of new ones.
    """

    new: float
    held: float
    neighbours: float
    copies: int
    count: int

    @property
    def sentence(self) -> str:
        """What that means, for people."""
        if self.copies:
            return (
                f"{self.copies} of {self.count} new slices are copies, or nearly so: they differ "
                "from a learnt slice by less than half of what its own neighbour does."
            )
        if self.new >= AS_FAR * self.held:
            return (
                "New slices are about as far from what was learnt as real slices that were held "
                "out: they are new, not copies."
            )
        return (
            "No new slice is a copy, but they are nearer to what was learnt than real slices that "
            "were held out: variations of the scan rather than something new."
        )


def nearness(new: Tensor, held: Tensor, learnt: Tensor) -> Nearness:
    """Compare pictures with those that were learnt.

    All should have gone through the same compression: what it loses must not make copies look new.

    Args:
        new: `(n, channel, side, side)`.
        held: `(m, channel, side, side)`.
        learnt: `(k, channel, side, side)`.
    """
    among = torch.cdist(learnt.flatten(1), learnt.flatten(1)).fill_diagonal_(float("inf"))
    neighbours = among.min(dim=1).values
    nearest, which = _nearest(new, learnt)
    return Nearness(
        float(nearest.median()),
        float(_nearest(held, learnt)[0].median()),
        float(neighbours.median()),
        int((nearest < COPIED * neighbours[which]).sum()),
        len(new),
    )


class Judge:
    """Tells the class of a picture by the nearest class mean, among the compressed pictures."""

    def __init__(self, numbers: Tensor, classes: Tensor, count: int) -> None:
        """Find the means.

        Args:
            numbers: of learnt pictures, `(n, size)`.
            classes: int64 `(n,)`, -1 for none.
            count: of classes.
        """
        self._means = torch.stack([numbers[classes == k].mean(dim=0) for k in range(count)])

    def hits(self, numbers: Tensor, classes: Tensor) -> float:
        """Return the share of pictures that it takes for those of their class."""
        known = classes >= 0
        nearest = torch.cdist(numbers[known], self._means).argmin(dim=1)
        return float((nearest == classes[known]).float().mean())


def diversity(pictures: Tensor) -> float:
    """Return the mean distance of pictures from their mean."""
    flat = pictures.flatten(1)
    return float((flat - flat.mean(dim=0)).norm(dim=1).mean())


def _nearest(of: Tensor, to: Tensor) -> tuple[Tensor, Tensor]:
    """Return the distance to the nearest one, and its place, for each."""
    distances, places = torch.cdist(of.flatten(1), to.flatten(1)).min(dim=1)
    return distances, places

"""How the generator of tumours learns: the network that draws, its judge, an encoder of styles."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor
from tumour_adversary import Encoder, Judge, drawers_loss, judges_loss, likeness_loss
from tumour_batches import BATCH, Slices, drawn, spread, usual

from ELMEDPlaygroundLib.tumour.classes import CLASSES, OUTSIDE
from ELMEDPlaygroundLib.tumour.network import CONTRASTS, build

ARCHITECTURE = {
    "classes": len(CLASSES),
    "widths": [40, 80, 112],
    "style": 12,
    "told": 64,
    "details": 16,
}

STEPS, RATE, WARM_UP = 5200, 0.0004, 200
KNOWN = 5
"""Slices of a batch that get the style of the real slice."""
JUDGE, PIXELS, LIKENESS, STYLE = 0.4, 4.0, 8.0, 0.008
"""What counts how much: the judge, pixels, the judge's maps, and how much a style tells."""
AHEAD = 3
"""The judge learns so many times as fast, or the network would find ways to please it alone."""
LARGEST_GRADIENT = 5.0
KEPT = 0.998
"""Of the averaged weights in a step."""


class Lesson:
    """The networks that learn together, and what they have come to.

    Attributes:
        step: how many were taken.
        average: the drawing network's weights, averaged over the last few hundred steps.
    """

    def __init__(self, slices: Slices) -> None:
        self.step = 0
        self._slices = slices
        layout = torch.channels_last
        self.drawer = build(ARCHITECTURE).to(memory_format=layout)
        self.drawer.usual.copy_(usual(slices))
        self.drawer.spread.copy_(spread(self.drawer, slices))
        inputs = CONTRASTS + len(CLASSES)
        self.encoder = Encoder(inputs, self.drawer.style).to(memory_format=layout)
        self.judge = Judge(inputs).to(memory_format=layout)
        self.average = {name: value.clone() for name, value in self.drawer.state_dict().items()}
        drawing = [*self.drawer.parameters(), *self.encoder.parameters()]
        self.drawing = torch.optim.Adam(drawing, RATE, (0.5, 0.99))
        self.judging = torch.optim.Adam(self.judge.parameters(), RATE, (0.5, 0.99))

    def state_dict(self) -> dict[str, Any]:
        """Return all that the lesson goes on with."""
        states = {name: part.state_dict() for name, part in self._parts().items()}
        return {**states, "average": self.average, "step": self.step}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with a lesson of before."""
        for name, part in self._parts().items():
            part.load_state_dict(state[name])
        self.average, self.step = state["average"], state["step"]

    def advance(self) -> list[float]:
        """Take one step.

        Returns:
            How far pixels are off, how much styles tell, how differently the judge sees drawn and
            real slices, how strange drawn ones seem to it, and how wrong it is.
        """
        self.step += 1
        self.drawing.param_groups[0]["lr"] = rate(self.step)
        self.judging.param_groups[0]["lr"] = AHEAD * rate(self.step)
        torch.manual_seed(self.step)
        slices, classes, source = drawn(self._slices, np.random.default_rng(self.step))
        noise = torch.randn(slices.shape)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            style, told = self._style(slices, classes)
            made = self.drawer(noise, style, classes, source)
            of_real = self.judge(slices, classes)
            judged = judges_loss(of_real, self.judge(made.detach(), classes))
        _follow(self.judging, judged)
        self.judge.requires_grad_(False)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            of_made = self.judge(made, classes)
            like = likeness_loss(known(of_real), known(of_made))
            strange = drawers_loss(of_made)
        self.judge.requires_grad_(True)
        apart = self._apart(made, slices, classes)
        share = min(self.step / WARM_UP, 1.0)
        loss = PIXELS * apart + STYLE * told + share * (LIKENESS * like + JUDGE * strange)
        _follow(self.drawing, loss)
        self._remember()
        return [part.item() for part in (apart, told, like, strange, judged)]

    def _parts(self) -> dict[str, Any]:
        names = ("drawer", "encoder", "judge", "drawing", "judging")
        return {name: getattr(self, name) for name in names}

    def _style(self, slices: Tensor, classes: Tensor) -> tuple[Tensor, Tensor]:
        """Return a style for each slice, and how much the known ones tell, in nats."""
        mean, logarithm = (
            part.float() for part in self.encoder(torch.cat([slices, classes], dim=1))
        )
        style = mean + (logarithm / 2).exp() * torch.randn(mean.shape)
        # Some slices get a style by chance, as all will later; nobody knows how they should be.
        style[KNOWN:] = torch.randn(BATCH - KNOWN, style.shape[1])
        told = (mean**2 + logarithm.exp() - 1 - logarithm)[:KNOWN].sum(1).mean() / 2
        return style, told

    def _apart(self, made: Tensor, slices: Tensor, classes: Tensor) -> Tensor:
        """Return how far pixels of the brain are off, in deviations from what is usual."""
        inside = 1 - classes[:KNOWN, OUTSIDE : OUTSIDE + 1]
        away = (made - slices)[:KNOWN].abs() * inside / self.drawer.spread[:, None, None]
        return away.sum() / inside.sum() / CONTRASTS

    def _remember(self) -> None:
        kept = min(KEPT, self.step / (self.step + 10))
        for name, value in self.drawer.state_dict().items():
            self.average[name].lerp_(value, 1 - kept)


def _follow(optimiser: torch.optim.Optimizer, loss: Tensor) -> None:
    optimiser.zero_grad()
    loss.backward()
    parameters = [p for group in optimiser.param_groups for p in group["params"]]
    torch.nn.utils.clip_grad_norm_(parameters, LARGEST_GRADIENT)
    optimiser.step()


def known(judged: list) -> list:
    """Return judgements and maps of the slices whose real ones are known."""
    return [(patches[:KNOWN], [entry[:KNOWN] for entry in maps]) for patches, maps in judged]


def rate(step: int) -> float:
    """Return the learning rate: it rises at first, and then falls along a cosine."""
    falling = 0.02 + 0.49 * (1 + np.cos(np.pi * step / STEPS))
    return RATE * min(step / WARM_UP, 1.0) * float(falling)

"""A generator that learns on the bench: the same questions are asked of it as of a classifier."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib.arrays import encode
from ELMEDPlaygroundLib.experiment.chance import generator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import torch
    from torch import Tensor, nn

    from ELMEDPlaygroundLib.experiment.optimisers import Optimiser
    from ELMEDPlaygroundLib.generative.settings import GeneratorSettings

SLOWEST = 0.995
"""How much of the averaged weights stays at each step, once the training has gone on a while."""

DIVERGED = (
    "At step {} the loss is no longer a number. The training has diverged: each step went too far. "
    "Try a learning rate of {:.2g}. The weights are again those of the last point on the curve."
)


class DivergedError(Exception):
    """The loss of a step is no number."""


class GenerativeExperiment:
    """Anything that learns to make examples: the loop, its history, and its weights.

    What a model must supply, in a subclass that `models.MODELS` names:

    - `Settings`, a subclass of `GeneratorSettings` whose default of `model` is the model's name;
    - `LOSSES` and `MEASURES`, the names of what `learn` and `evaluate` return; `WHOLE` are those
      among the measures that are whole numbers;
    - `prepare()`, which makes what is learnt from, out of `self.settings` alone;
    - `make_network()`, one module with all that learns; torch's own chance has been seeded. It
      must not have buffers that change as it learns (batch normalisation), for those are not saved;
    - `learn(chance)`, one step: it computes a loss and hands it to `descend`;
    - `evaluate()`, what is measured for a row of the history, most often within `averaged()`;
    - `about()`, what a summary tells beside what all have in common;
    - `told(row)`, what the line below the buttons says.

    More than one network that learn by different losses, as in a GAN, are parts of one module;
    `make_optimisers` then gives an optimiser for each. All that chance decides must come from the
    generator that `learn` gets, or from `chance(purpose, step)`: then a generator that was saved
    goes on as it would have, and looking on changes nothing.

    Attributes:
        spec: `generate`, as it was given.
        settings: as they are now.
        network: all that learns.
        weights: of the network, in one row.
        average: the weights, averaged over the last few hundred steps; in one row.
        optimisers: each with the part of that row that it moves.
        step: how many times the weights were changed.
        history: rows of `step`, `epoch`, the losses (mean since the last row, None in the first)
            and the measures.
        losses: by name, since the last row.
        stopped: "diverged" or None.
        explanation: in plain words why it stopped.
    """

    Settings: ClassVar[type[GeneratorSettings]]
    LOSSES: ClassVar[tuple[str, ...]] = ("loss",)
    MEASURES: ClassVar[tuple[str, ...]] = ()
    WHOLE: ClassVar[tuple[str, ...]] = ()
    EVERY: ClassVar[int] = 100
    """Steps between two rows of the history: to measure may take as long as some dozen steps."""

    COLUMNS: ClassVar[Mapping[str, str]] = {}
    """What tables of the history have beside the step: the title, and which number it is."""

    def __init__(self, spec: object) -> None:
        """Make what is learnt from and the network, and give the network its first weights.

        Raises:
            InputError: the spec says something that is not allowed.
        """
        import torch

        from ELMEDPlaygroundLib.experiment.weights import Weights

        self.settings: Any = self.Settings.read(spec)
        self.spec = {"generate": self.settings.as_json()}
        self.prepare()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self._seed("weights", 0))
            self.network: Any = self.make_network()
        first = torch.nn.utils.parameters_to_vector(self.network.parameters()).detach().clone()
        self.weights = Weights(self.network)
        self.weights.values.copy_(first)
        self.optimisers = self.make_optimisers()
        self.average = self.weights.values.clone()
        self.step = 0
        self.history: list[dict[str, Any]] = []
        self.losses: dict[str, list[float]] = {name: [] for name in self.LOSSES}
        self.stopped: str | None = None
        self.explanation: str | None = None
        self.write_row()

    # What a model supplies

    def prepare(self) -> None:
        """Make what is learnt from.

        Raises:
            InputError: there is nothing to learn from, or it cannot be read.
        """
        raise NotImplementedError

    def make_network(self) -> nn.Module:
        """Return a module with all that learns."""
        raise NotImplementedError

    def make_optimisers(self) -> list[tuple[slice, Optimiser]]:
        """Return optimisers, each with the part of the row of weights that it moves."""
        from ELMEDPlaygroundLib.experiment.optimisers import Adam

        return [(slice(0, len(self.weights.values)), Adam(self.weights.values))]

    def learn(self, chance: torch.Generator) -> Mapping[str, float]:
        """Change the weights once with `descend`, and return the losses by name."""
        raise NotImplementedError

    def evaluate(self) -> dict[str, Any]:
        """Return what is measured of what would be generated now, by the names of `MEASURES`."""
        raise NotImplementedError

    def about(self) -> dict[str, Any]:
        """Return `data` (a word), `classes`, `train` and `test` (counts), and what else is told."""
        raise NotImplementedError

    def told(self, row: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return what a row tells, in a few words: what, and how much."""
        raise NotImplementedError

    @property
    def examples(self) -> int:
        """How many examples there are to learn from; an epoch goes through as many."""
        raise NotImplementedError

    @property
    def cost(self) -> float:
        """Multiplications in a step, to choose how many threads are worth it; 0 for one."""
        return 0.0

    # Learning

    @property
    def epochs(self) -> float:
        """How often the examples were gone through."""
        before = self.history[-1] if self.history else {"step": 0, "epoch": 0.0}
        steps = self.step - before["step"]
        return float(before["epoch"]) + steps * float(self.settings.batch) / self.examples

    def train_step(self) -> None:
        """Change the weights once."""
        try:
            losses = self.learn(self.chance("generate", self.step))
        except DivergedError:
            self._take_back()
            return
        self.step += 1
        stays = min(SLOWEST, self.step / (self.step + 10.0))
        self.average.lerp_(self.weights.values, 1.0 - stays)
        for name, value in losses.items():
            self.losses[name].append(value)

    def descend(self, loss: Tensor, which: int = 0, learning_rate: float | None = None) -> float:
        """Take a step down a loss, and return it.

        Args:
            loss: a number that depends on the weights.
            which: the place of the optimiser; other weights stay as they are.
            learning_rate: that of the settings where none is given.

        Raises:
            DivergedError: the loss is no number; the training is taken back to its last row.
        """
        self.weights.forget_gradient()
        loss.backward()
        value = loss.item()
        if not math.isfinite(value):
            raise DivergedError
        part, optimiser = self.optimisers[which]
        rate = self.settings.learning_rate if learning_rate is None else learning_rate
        optimiser.step(self.weights.values[part], self.weights.gradient[part], rate, 0.0)
        return value

    def advance(
        self, seconds: float | None = None, steps: int | None = None, until: int | None = None
    ) -> str | None:
        """Train for a time or for some steps, at least one; see `Experiment.advance`."""
        if self.stopped:
            return self.stopped
        end = time.perf_counter() + (math.inf if seconds is None else seconds)
        last = self.step + (1 if seconds is None and steps is None else steps or 2**62)
        last = min(last, until) if until is not None and until > self.step else last
        while self.step < last and not self.stopped:
            self.train_step()
            if self.step % self.EVERY == 0 and not self.stopped:
                self.write_row()
            if time.perf_counter() >= end:
                break
        return self.stopped

    def change(self, changes: Mapping[str, Any]) -> None:
        """Change settings on the run, those that the model's `Settings.LIVE` names.

        Raises:
            InputError: that cannot be changed, or not to this value.
        """
        live = self.Settings.LIVE
        for name in changes:
            if name not in live:
                raise InputError(
                    f"'{name[:40]}' of a generator cannot be changed while it learns.",
                    "Change it on the page Generate; the training begins anew.",
                )
        read = self.Settings.read({**self.settings.as_json(), **changes})
        if read.batch != self.settings.batch and self.step > self.history[-1]["step"]:
            self.write_row()  # the steps so far went through as many examples as they did
        self.settings = replace(self.settings, **{name: getattr(read, name) for name in live})
        self.stopped = self.explanation = None

    def write_row(self) -> None:
        """Write down where the training is, and remember the weights as sound."""
        means = {name: float(np.mean(own)) if own else None for name, own in self.losses.items()}
        self.losses = {name: [] for name in self.LOSSES}
        row = {"step": self.step, "epoch": self.epochs, **means, **self.evaluate()}
        self.history.append(row)
        self.weights.remember()

    # Looking

    def averaged(self) -> Any:
        """Let the network have its averaged weights within a `with`."""
        from contextlib import contextmanager

        @contextmanager
        def lent() -> Iterator[None]:
            own: Tensor = self.weights.values.clone()
            self.weights.values.copy_(self.average)
            try:
                yield
            finally:
                self.weights.values.copy_(own)

        return lent()

    def summary(self) -> dict[str, Any]:
        """Return what `session.summary` returns of other experiments, and `generates`: the model.

        A generator classifies nothing: `input_shape` and `layers` are empty. `columns` are the
        columns of a table of its history: titles, and the keys of the rows.
        """
        return {
            "generates": self.settings.model,
            "points": False,
            "input_shape": [],
            "layers": [],
            "parameters": self.weights.values.numel(),
            "spec": encode(self.spec),
            "settings": self.settings.as_json(),
            "columns": {"Step": "step", **self.COLUMNS},
            **self.about(),
        }

    # The machinery

    def chance(self, purpose: str, step: int) -> torch.Generator:
        """Return the source of what chance decides for a purpose (`chance.PURPOSES`) at a step."""
        import torch

        return torch.Generator().manual_seed(self._seed(purpose, step))

    def moments(self) -> Sequence[Tensor]:
        """Return what the optimisers remember, each in one row as long as the weights."""
        import torch

        remembered = zip(*(optimiser.moments for _, optimiser in self.optimisers), strict=True)
        return [torch.cat(list(parts)) for parts in remembered]

    def _take_back(self) -> None:
        self.stopped = "diverged"
        self.explanation = DIVERGED.format(self.step, self.settings.learning_rate / 10.0)
        self.weights.take_back()
        self.average.copy_(self.weights.values)
        self.optimisers = self.make_optimisers()
        self.losses = {name: [] for name in self.LOSSES}

    def _seed(self, purpose: str, step: int) -> int:
        return int(generator(self.settings.seed, purpose, step).integers(2**31))

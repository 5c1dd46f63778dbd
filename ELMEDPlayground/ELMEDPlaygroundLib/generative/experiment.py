"""A generator that learns on the bench: the same questions are asked of it as of a classifier."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib.experiment.chance import generator
from ELMEDPlaygroundLib.generative.clouds import make_cloud
from ELMEDPlaygroundLib.generative.measures import covered, energy_distance, modes_of
from ELMEDPlaygroundLib.generative.settings import LIVE, GeneratorSettings, settings_from

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

SAMPLES = 500
EVERY = 100
"""Steps between two rows of the history: to measure takes as long as some dozen steps."""

SLOWEST = 0.995
"""How much of the averaged weights stays at each step, once the training has gone on a while."""

DIVERGED = (
    "At step {} the loss is no longer a number. The training has diverged: each step went too far. "
    "Try a learning rate of {:.2g}. The weights are again those of the last point on the curve."
)


class GenerativeExperiment:
    """A diffusion model that learns from a cloud of points.

    Attributes:
        spec: `generate`, as it was given.
        settings: as they are now.
        cloud: what is learnt from.
        network: tells the noise; samples are drawn with its averaged weights.
        schedule: of the noise.
        average: the weights, averaged over the last few hundred steps.
        step: how many times the weights were changed.
        history: rows of `step`, `epoch`, `loss` (mean since the last row), `energy` (distance of
            samples from points held out), `energy_noise` (that of noise), `modes` (covered).
        stopped: "diverged" or None.
        explanation: in plain words why it stopped.
    """

    def __init__(self, spec: Mapping[str, Any]) -> None:
        """Make points and network, and give the network its first weights.

        Raises:
            InputError: the spec says something that is not allowed.
        """
        import torch

        from ELMEDPlaygroundLib.experiment.optimisers import Adam
        from ELMEDPlaygroundLib.experiment.weights import Weights
        from ELMEDPlaygroundLib.generative.diffusion import Denoiser, Schedule

        self.settings: GeneratorSettings = settings_from(spec)
        settings = self.settings
        self.spec = {"generate": settings.as_json()}
        self.cloud = make_cloud(settings.kind, list(settings.points), settings.seed)
        self.schedule = Schedule(settings.schedule, settings.levels)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self._seed("weights", 0))
            self.network = Denoiser(len(self.cloud.modes), settings.neurons, settings.levels)
        first = {k: v.detach().numpy().copy() for k, v in self.network.state_dict().items()}
        self.weights = Weights(self.network)
        self.weights.set(first)
        self.optimiser = Adam(self.weights.values)
        self.average = self.weights.values.clone()
        self._points = torch.from_numpy(self.cloud.train) / self.cloud.scale
        self._modes = torch.nn.functional.one_hot(
            torch.from_numpy(self.cloud.targets), len(self.cloud.modes)
        ).float()
        self.step = 0
        self.history: list[dict[str, Any]] = []
        self.losses: list[float] = []
        self.stopped: str | None = None
        self.explanation: str | None = None
        self._noise_energy = energy_distance(self.cloud.noise, self.cloud.test)
        self._ways: dict[tuple[Any, ...], np.ndarray] = {}
        self.write_row()

    @property
    def epochs(self) -> float:
        """How often the points were gone through."""
        return self.step * self.settings.batch / len(self._points)

    # Learning

    def train_step(self) -> float:
        """Change the weights once, and return the loss of the batch."""
        import torch

        from ELMEDPlaygroundLib.generative.diffusion import loss_of

        chance = self._chance("generate", self.step)
        batch = torch.randint(len(self._points), (self.settings.batch,), generator=chance)
        loss = loss_of(self.network, self.schedule, self._points[batch], self._modes[batch], chance)
        self.weights.forget_gradient()
        loss.backward()
        value = loss.item()
        if not math.isfinite(value):
            self._take_back()
            return math.nan
        self.optimiser.step(
            self.weights.values, self.weights.gradient, self.settings.learning_rate, 0.0
        )
        self.step += 1
        stays = min(SLOWEST, self.step / (self.step + 10.0))
        self.average.lerp_(self.weights.values, 1.0 - stays)
        self.losses.append(value)
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
            if self.step % EVERY == 0 and not self.stopped:
                self.write_row()
            if time.perf_counter() >= end:
                break
        return self.stopped

    def change(self, changes: Mapping[str, Any]) -> None:
        """Change settings on the run: learning rate or batch.

        Raises:
            InputError: that cannot be changed, or not to this value.
        """
        for name in changes:
            if name not in LIVE:
                raise InputError(
                    f"'{name[:40]}' of a generator cannot be changed while it learns.",
                    "Change it on the page Generate; the training begins anew.",
                )
        checked = settings_from({**self.settings.as_json(), **changes})
        self.settings = replace(self.settings, **{name: getattr(checked, name) for name in LIVE})
        self.stopped = self.explanation = None

    # Looking

    def way_back(self, mode: int | None = None, guidance: float = 0.0) -> np.ndarray:
        """Return points on their way from noise to data, float32 (levels + 1, n, 2).

        Place 0 has the generated points. The noise that they come from is the same each time, so
        that it can be seen how they change as the network learns.

        Args:
            mode: that is asked for, None for any.
            guidance: how strongly; 0 for as strongly as the network has learnt.
        """
        from ELMEDPlaygroundLib.generative import diffusion

        key = (mode, guidance)
        if self._ways.get(("step",)) != self.step:
            self._ways = {("step",): self.step}  # type: ignore[dict-item]
        if key not in self._ways:
            chance = self._chance("samples", 0)
            with self.averaged():
                way = diffusion.way_back(
                    self.network, self.schedule, SAMPLES, chance, mode, guidance
                )
            self._ways[key] = way.numpy() * np.float32(self.cloud.scale)
        return self._ways[key]

    def averaged(self) -> Any:
        """Let the network have its averaged weights within a `with`."""
        from contextlib import contextmanager

        @contextmanager
        def lent() -> Any:
            own: Tensor = self.weights.values.clone()
            self.weights.values.copy_(self.average)
            try:
                yield
            finally:
                self.weights.values.copy_(own)

        return lent()

    def measure(self, points: np.ndarray) -> dict[str, float]:
        """Return `energy`, `energy_noise` and `modes` of generated points (n, 2)."""
        return {
            "energy": energy_distance(points, self.cloud.test),
            "energy_noise": self._noise_energy,
            "modes": covered(modes_of(points, self.cloud), self.cloud),
        }

    def evaluate(self) -> dict[str, float]:
        """Return what is measured of the points that would be generated now."""
        return self.measure(self.way_back()[0])

    def write_row(self) -> None:
        """Write down where the training is, and remember the weights as sound."""
        loss = float(np.mean(self.losses)) if self.losses else None
        self.losses = []
        row = {"step": self.step, "epoch": self.epochs, "loss": loss, **self.evaluate()}
        self.history.append(row)
        self.weights.remember()

    # The machinery

    def _take_back(self) -> None:
        self.stopped = "diverged"
        self.explanation = DIVERGED.format(self.step, self.settings.learning_rate / 10.0)
        self.weights.take_back()
        self.average.copy_(self.weights.values)
        self.optimiser = type(self.optimiser)(self.weights.values)
        self.losses = []

    def _seed(self, purpose: str, step: int) -> int:
        return int(generator(self.settings.seed, purpose, step).integers(2**31))

    def _chance(self, purpose: str, step: int) -> Any:
        import torch

        return torch.Generator().manual_seed(self._seed(purpose, step))

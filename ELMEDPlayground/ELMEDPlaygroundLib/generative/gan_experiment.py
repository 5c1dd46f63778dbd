"""A generative adversarial network that learns from a cloud of points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ELMEDPlaygroundLib.generative.plane import SAMPLES, PlaneExperiment, PlaneSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch
    from torch import Tensor, nn

    from ELMEDPlaygroundLib.experiment.optimisers import Optimiser
    from ELMEDPlaygroundLib.generative.settings import GeneratorSettings

SQUARES = 0.99
"""How much of earlier squared gradients Adam keeps: less than elsewhere, for the game changes."""

PRESETS: dict[str, dict[str, Any]] = {
    "covers": {"learning_rate": 0.002, "momentum": 0.0, "penalty": 2.0},
    "collapses": {"learning_rate": 0.01, "momentum": 0.9, "penalty": 0.0},
}
"""What covers the modes and what loses them, measured over five seeds; see `Docs/generating.md`.

With large steps that go on in the direction of before (momentum) each network overshoots: all made
points run to one place, the discriminator follows, and they run on. Without momentum (G. Gidel et
al., Negative momentum for improved game dynamics, AISTATS 2019), with small steps, and with a
discriminator that may not be steep at the data (R1), they spread over the modes and stay.
"""


@dataclass(frozen=True)
class GanSettings(PlaneSettings):
    """What can be chosen of a GAN.

    Attributes:
        learning_rate: of both networks.
        rounds: steps of the discriminator before each of the generator.
        penalty: R1, on how steep the discriminator is at the data; 0 for none.
        instance_noise: is put on data and made points before they are told apart, in spreads of
            the data.
        momentum: how much of earlier gradients Adam keeps.
    """

    model: str = "gan"
    neurons: int = 64
    learning_rate: float = 0.002
    rounds: int = 1
    penalty: float = 2.0
    instance_noise: float = 0.0
    momentum: float = 0.0

    LIMITS: ClassVar[Mapping[str, tuple[float, float]]] = {
        **PlaneSettings.LIMITS,
        "rounds": (1, 10),
        "penalty": (0.0, 100.0),
        "instance_noise": (0.0, 2.0),
        "momentum": (0.0, 0.95),
    }
    LIVE: ClassVar[tuple[str, ...]] = (
        *PlaneSettings.LIVE,
        "rounds",
        "penalty",
        "instance_noise",
    )


class GanExperiment(PlaneExperiment):
    """Two networks play against each other; see `gan`.

    Attributes:
        network: has `generator` and `discriminator`.
    """

    Settings: ClassVar[type[GeneratorSettings]] = GanSettings
    LOSSES: ClassVar[tuple[str, ...]] = ("generator_loss", "discriminator_loss")
    COLUMNS: ClassVar[Mapping[str, str]] = {
        "Generator's loss": "generator_loss",
        "Discriminator's loss": "discriminator_loss",
        **{title: key for title, key in PlaneExperiment.COLUMNS.items() if key != "loss"},
    }

    def make_network(self) -> nn.Module:
        """Return both networks."""
        from torch.nn import ModuleDict

        from ELMEDPlaygroundLib.generative.gan import Discriminator, Generator

        neurons = self.settings.neurons
        return ModuleDict(
            {"generator": Generator(neurons), "discriminator": Discriminator(neurons)}
        )

    def make_optimisers(self) -> list[tuple[slice, Optimiser]]:
        """Return one for each network."""
        from ELMEDPlaygroundLib.experiment.optimisers import Adam

        result: list[tuple[slice, Optimiser]] = []
        start = 0
        for network in (self.network["generator"], self.network["discriminator"]):
            end = start + sum(parameter.numel() for parameter in network.parameters())
            part = slice(start, end)
            optimiser = Adam(self.weights.values[part])
            optimiser.betas = (self.settings.momentum, SQUARES)
            result.append((part, optimiser))
            start = end
        return result

    def learn(self, chance: torch.Generator) -> Mapping[str, float]:
        """Let the discriminator learn, then the generator."""
        import torch

        from ELMEDPlaygroundLib.generative.gan import (
            discriminator_loss,
            generator_loss,
            latents,
        )

        settings, discriminator = self.settings, self.network["discriminator"]
        generate = self.network["generator"]
        for _ in range(settings.rounds):
            batch = torch.randint(len(self.clean), (settings.batch,), generator=chance)
            data = self._noisy(self.clean[batch], chance)
            with torch.no_grad():
                made = self._noisy(generate(latents(settings.batch, chance)), chance)
            told = self.descend(discriminator_loss(discriminator, data, made, settings.penalty), 1)
        made = self._noisy(generate(latents(settings.batch, chance)), chance)
        return {
            "generator_loss": self.descend(generator_loss(discriminator, made), 0),
            "discriminator_loss": told,
        }

    def samples(self) -> np.ndarray:
        """Return generated points, (n, 2)."""
        return self.make(self._latents())

    def points_now(self) -> np.ndarray:
        """Return the points that the generator makes now, with weights that are not averaged."""
        return self._made(self._latents())

    def make(self, latent: np.ndarray) -> np.ndarray:
        """Return the points that are made of latent numbers, float32 (n, 2) each."""
        with self.averaged():
            return self._made(latent)

    def _made(self, latent: np.ndarray) -> np.ndarray:
        import torch

        with torch.no_grad():
            points = self.network["generator"](torch.from_numpy(latent))
        made: np.ndarray = points.numpy() * np.float32(self.cloud.scale)
        return made

    def _latents(self) -> np.ndarray:
        from ELMEDPlaygroundLib.generative.gan import latents

        found: np.ndarray = latents(SAMPLES, self.chance("samples", 0)).numpy()
        return found

    def _noisy(self, points: Tensor, chance: torch.Generator) -> Tensor:
        import torch

        spread = self.settings.instance_noise
        if spread == 0.0:
            return points
        return points + spread * torch.randn(points.shape, generator=chance)

"""A diffusion model that learns from a cloud of points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ELMEDPlaygroundLib.generative.plane import SAMPLES, PlaneExperiment, PlaneSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch

    from ELMEDPlaygroundLib.generative.diffusion import Denoiser
    from ELMEDPlaygroundLib.generative.settings import GeneratorSettings


@dataclass(frozen=True)
class DiffusionSettings(PlaneSettings):
    """What can be chosen of a diffusion model.

    Attributes:
        levels: how many steps lead from data to noise.
        schedule: how fast the data drown in noise.
    """

    model: str = "diffusion"
    levels: int = 50
    schedule: str = "cosine"
    learning_rate: float = 0.004

    LIMITS: ClassVar[Mapping[str, tuple[float, float]]] = {
        **PlaneSettings.LIMITS,
        "levels": (5, 200),
    }
    CHOICES: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **PlaneSettings.CHOICES,
        "schedule": ("cosine", "linear"),
    }


class DiffusionExperiment(PlaneExperiment):
    """Learns to tell the noise in points, and takes it away; see `diffusion`.

    Attributes:
        network: tells the noise; samples are drawn with its averaged weights.
        schedule: of the noise.
    """

    Settings: ClassVar[type[GeneratorSettings]] = DiffusionSettings

    def prepare(self) -> None:
        """Make points and schedule."""
        import torch

        from ELMEDPlaygroundLib.generative.diffusion import Schedule

        super().prepare()
        self.schedule = Schedule(self.settings.schedule, self.settings.levels)
        self._modes = torch.nn.functional.one_hot(
            torch.from_numpy(self.cloud.targets), len(self.cloud.modes)
        ).float()
        self._ways: dict[tuple[Any, ...], np.ndarray] = {}
        self._ways_of = (-1, 0)

    def make_network(self) -> Denoiser:
        """Return what tells the noise."""
        from ELMEDPlaygroundLib.generative.diffusion import Denoiser

        return Denoiser(len(self.cloud.modes), self.settings.neurons, self.settings.levels)

    def learn(self, chance: torch.Generator) -> Mapping[str, float]:
        """Tell the noise in some points, and become better at it."""
        import torch

        from ELMEDPlaygroundLib.generative.diffusion import loss_of

        batch = torch.randint(len(self.clean), (self.settings.batch,), generator=chance)
        loss = loss_of(self.network, self.schedule, self.clean[batch], self._modes[batch], chance)
        return {"loss": self.descend(loss)}

    def way_back(self, mode: int | None = None, guidance: float = 0.0) -> np.ndarray:
        """Return points on their way from noise to data, float32 (levels + 1, n, 2).

        Place 0 has the generated points. The noise is the same each time.

        Args:
            mode: that is asked for, None for any.
            guidance: how strongly; 0 for as strongly as the network has learnt.
        """
        from ELMEDPlaygroundLib.generative import diffusion

        key = (mode, guidance)
        # A training that is taken back has other weights at the same step.
        now = (self.step, self.weights.replaced)
        if self._ways_of != now:
            self._ways, self._ways_of = {}, now
        if key not in self._ways:
            chance = self.chance("samples", 0)
            with self.averaged():
                way = diffusion.way_back(
                    self.network, self.schedule, SAMPLES, chance, mode, guidance
                )
            self._ways[key] = way.numpy() * np.float32(self.cloud.scale)
        return self._ways[key]

    def samples(self) -> np.ndarray:
        """Return generated points, (n, 2)."""
        return self.way_back()[0]

    def about(self) -> dict[str, Any]:
        """Tell the levels, too."""
        return {**super().about(), "levels": self.settings.levels}

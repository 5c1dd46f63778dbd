"""A variational autoencoder that learns from a cloud of points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ELMEDPlaygroundLib.generative.plane import SAMPLES, PlaneExperiment, PlaneSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch

    from ELMEDPlaygroundLib.generative.settings import GeneratorSettings
    from ELMEDPlaygroundLib.generative.vae import Autoencoder

PRESETS: dict[str, dict[str, Any]] = {
    "balanced": {"beta": 0.05},
    "exact": {"beta": 0.001},
    "unused": {"beta": 1.0},
}
"""What new points and reconstructions are both good with, and what one of them is bad with."""


@dataclass(frozen=True)
class VaeSettings(PlaneSettings):
    """What can be chosen of a variational autoencoder.

    Attributes:
        beta: the weight of the divergence of the latent numbers against the reconstruction.
    """

    model: str = "vae"
    learning_rate: float = 0.003
    beta: float = 0.05

    LIMITS: ClassVar[Mapping[str, tuple[float, float]]] = {
        **PlaneSettings.LIMITS,
        "beta": (0.0, 10.0),
    }
    LIVE: ClassVar[tuple[str, ...]] = (*PlaneSettings.LIVE, "beta")


class VaeExperiment(PlaneExperiment):
    """Learns to write points down as latent numbers, and to read them again; see `vae`."""

    Settings: ClassVar[type[GeneratorSettings]] = VaeSettings
    LOSSES: ClassVar[tuple[str, ...]] = ("reconstruction", "divergence")
    COLUMNS: ClassVar[Mapping[str, str]] = {
        "Reconstruction loss": "reconstruction",
        "Divergence (nats)": "divergence",
        **{title: key for title, key in PlaneExperiment.COLUMNS.items() if key != "loss"},
    }

    def make_network(self) -> Autoencoder:
        """Return encoder and decoder."""
        from ELMEDPlaygroundLib.generative.vae import Autoencoder

        return Autoencoder(self.settings.neurons)

    def learn(self, chance: torch.Generator) -> Mapping[str, float]:
        """Write some points down and read them again, and become better at it."""
        import torch

        from ELMEDPlaygroundLib.generative.vae import losses_of

        batch = torch.randint(len(self.clean), (self.settings.batch,), generator=chance)
        apart, divergence = losses_of(self.network, self.clean[batch], chance)
        self.descend(apart + self.settings.beta * divergence)
        return {"reconstruction": apart.item(), "divergence": divergence.item()}

    def samples(self) -> np.ndarray:
        """Return generated points, (n, 2): what latent numbers drawn at random are read as."""
        from ELMEDPlaygroundLib.generative.vae import latents

        return self.decode(latents(SAMPLES, self.chance("samples", 0)).numpy())

    def encode(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and spread of the latent numbers of points (n, 2), float32 (n, 2) each."""
        import torch

        with torch.no_grad(), self.averaged():
            scaled = torch.from_numpy(points / np.float32(self.cloud.scale))
            mean, variance = self.network.encode(scaled)
        return mean.numpy(), (variance / 2.0).exp().numpy()

    def decode(self, latent: np.ndarray) -> np.ndarray:
        """Return the points that latent numbers, float32 (n, 2), are read as, float32 (n, 2)."""
        import torch

        with torch.no_grad(), self.averaged():
            points = self.network.decode(torch.from_numpy(latent))
        read: np.ndarray = points.numpy() * np.float32(self.cloud.scale)
        return read

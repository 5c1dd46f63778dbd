"""What generators of points in the plane have in common: what they learn, and how well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.generative.clouds import KINDS, make_cloud
from ELMEDPlaygroundLib.generative.experiment import GenerativeExperiment
from ELMEDPlaygroundLib.generative.measures import (
    against_noise,
    covered,
    energy_distance,
    modes_of,
)
from ELMEDPlaygroundLib.generative.settings import GeneratorSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

SAMPLES = 500
MOST_POINTS = 20_000


@dataclass(frozen=True)
class PlaneSettings(GeneratorSettings):
    """What all of them let one choose.

    Attributes:
        kind: of the points, one of `clouds.KINDS`.
        points: those drawn by hand, as [x, y, class].
        neurons: in each hidden layer.
    """

    kind: str = "eight-gaussians"
    points: tuple[Any, ...] = ()
    neurons: int = 64
    batch: int = 256

    LIMITS: ClassVar[Mapping[str, tuple[float, float]]] = {
        **GeneratorSettings.LIMITS,
        "neurons": (4, 256),
    }
    CHOICES: ClassVar[Mapping[str, tuple[str, ...]]] = {"kind": tuple(KINDS)}

    @classmethod
    def read_field(cls, name: str, value: object) -> Any:
        """Read the points."""
        return tuple(checked.items(value, f"the list of {name}", MOST_POINTS))


class PlaneExperiment(GenerativeExperiment):
    """A generator that learns from a cloud of points.

    Attributes:
        cloud: what is learnt from.
        clean: its points divided by its spread, (n, 2).
    """

    MEASURES: ClassVar[tuple[str, ...]] = ("energy", "energy_noise", "modes")
    WHOLE: ClassVar[tuple[str, ...]] = ("modes",)
    COLUMNS: ClassVar[Mapping[str, str]] = {
        "Loss": "loss",
        "Energy distance": "energy",
        "Energy distance of noise": "energy_noise",
        "Modes covered": "modes",
    }

    def prepare(self) -> None:
        """Make the points."""
        import torch

        settings = self.settings
        self.cloud = make_cloud(settings.kind, list(settings.points), settings.seed)
        self.clean = torch.from_numpy(self.cloud.train) / self.cloud.scale
        self._noise_energy = energy_distance(self.cloud.noise, self.cloud.test)

    def samples(self) -> np.ndarray:
        """Return `SAMPLES` generated points, float32 (n, 2).

        The noise that they come from is the same each time, so that it can be seen how they change
        as the network learns.
        """
        raise NotImplementedError

    @property
    def examples(self) -> int:
        """How many points there are to learn from."""
        return len(self.cloud.train)

    def measure(self, points: np.ndarray) -> dict[str, Any]:
        """Return `energy`, `energy_noise` and `modes` of generated points (n, 2)."""
        return {
            "energy": energy_distance(points, self.cloud.test),
            "energy_noise": self._noise_energy,
            "modes": covered(modes_of(points, self.cloud), self.cloud),
        }

    def evaluate(self) -> dict[str, Any]:
        """Return what is measured of the points that would be generated now."""
        return self.measure(self.samples())

    def about(self) -> dict[str, Any]:
        """Tell of the points; the classes are the modes."""
        return {
            "data": self.settings.kind,
            "classes": list(self.cloud.modes),
            "train": len(self.cloud.train),
            "test": len(self.cloud.test),
            "plane": True,
        }

    def told(self, row: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Tell losses, distance from the data, and modes covered."""
        return [
            *self.told_losses(row),
            ("distance from the data", against_noise(row["energy"], row["energy_noise"])),
            ("modes covered", f"{row['modes']}"),
        ]

    def told_losses(self, row: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Tell the losses that were measured."""
        found = [(name.replace("_", " "), row[name]) for name in self.LOSSES]
        return [(name, f"{value:.3f}") for name, value in found if value is not None]

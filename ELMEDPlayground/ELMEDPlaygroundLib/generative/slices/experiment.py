"""A variational autoencoder with a plane as its latent space, that learns slices on the bench."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.data.scan_patches import PLANES
from ELMEDPlaygroundLib.data.scan_subjects import MOST_SUBJECTS
from ELMEDPlaygroundLib.generative.experiment import GenerativeExperiment
from ELMEDPlaygroundLib.generative.settings import GeneratorSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch
    from torch import Tensor

    from ELMEDPlaygroundLib.generative.slices.vae import SliceVAE

SIDE = 48
"""Of the slices, in pixels: small enough for many steps a second."""

LONGEST_CHECKSUM = 64

FLAT = 2
"""Numbers in a code: a point of a plane."""


@dataclass(frozen=True)
class SlicesVaeSettings(GeneratorSettings):
    """What can be chosen.

    Attributes:
        subjects: the scans, see `data.read_slices`.
        plane: axial, coronal or sagittal.
        checksum: that the scans' files must have together, "" for any; what is saved goes on with
            its own scans alone.
        beta: how much a nat of the code counts against the squared error of a picture.
    """

    model: str = "slices-vae"
    learning_rate: float = 0.002
    batch: int = 32
    subjects: tuple[Any, ...] = ()
    plane: str = "axial"
    checksum: str = ""
    beta: float = 1.0

    LIMITS: ClassVar[Mapping[str, tuple[float, float]]] = {
        **GeneratorSettings.LIMITS,
        "beta": (0.0, 100.0),
    }
    CHOICES: ClassVar[Mapping[str, tuple[str, ...]]] = {"plane": tuple(PLANES)}
    LIVE: ClassVar[tuple[str, ...]] = (*GeneratorSettings.LIVE, "beta")

    @classmethod
    def read_field(cls, name: str, value: object) -> Any:
        """Read the checksum or the subjects; their files are read when the slices are made.

        Raises:
            InputError: it is something else.
        """
        if name == "checksum":
            if not isinstance(value, str) or len(value) > LONGEST_CHECKSUM:
                raise InputError("The scans' checksum is no text.", "Leave it out.")
            return value
        entries = checked.items(value, f"the list of {name}", MOST_SUBJECTS)
        return tuple(dict(checked.mapping(entry, "a subject")) for entry in entries)


class SlicesVaeExperiment(GenerativeExperiment):
    """Learns to write slices down as two numbers each, and to draw them again.

    Attributes:
        slices: all, see `data.Slices`.
        learnt: those that are learnt, `(n, channel, side, side)`.
        held: those that are held out, likewise.
    """

    Settings: ClassVar[type[GeneratorSettings]] = SlicesVaeSettings
    LOSSES: ClassVar[tuple[str, ...]] = ("reconstruction", "divergence")
    MEASURES: ClassVar[tuple[str, ...]] = ("kept", "kept_held")
    EVERY: ClassVar[int] = 20
    COLUMNS: ClassVar[Mapping[str, str]] = {
        "Reconstruction loss": "reconstruction",
        "Divergence (nats)": "divergence",
        "Share of learnt slices kept": "kept",
        "Share of held-out slices kept": "kept_held",
    }

    def prepare(self) -> None:
        """Cut the scans into slices.

        Raises:
            InputError: they cannot be read, or are others than those that were learnt from.
        """
        import torch

        from ELMEDPlaygroundLib.generative.slices.data import checksum_of, read_slices

        settings = self.settings
        self.slices = read_slices(list(settings.subjects), settings.plane, SIDE)
        checksum = checksum_of(settings.subjects)
        if settings.checksum not in ("", checksum):
            raise InputError(
                "The scan has changed since this model learnt from it.",
                "Open the page Generate, choose the volumes again and begin anew.",
            )
        self.spec["generate"]["checksum"] = checksum
        pictures = torch.from_numpy(self.slices.pictures)
        self.learnt = pictures[torch.from_numpy(self.slices.learnt)]
        self.held = pictures[torch.from_numpy(self.slices.held)]

    def make_network(self) -> SliceVAE:
        """Return encoder and decoder."""
        from ELMEDPlaygroundLib.generative.slices.vae import SliceVAE

        return SliceVAE(self.learnt.shape[1], SIDE, FLAT)

    def learn(self, chance: torch.Generator) -> Mapping[str, float]:
        """Write some slices down and draw them again, each a little turned, moved and stretched."""
        import torch

        from ELMEDPlaygroundLib.generative.slices.augment import augmented
        from ELMEDPlaygroundLib.generative.slices.vae import loss_of

        count = self.settings.batch
        batch = self.learnt[torch.randint(len(self.learnt), (count,), generator=chance)]
        changed = augmented(batch, 1, chance)[count:]
        loss, wrong, cost = loss_of(self.network, changed, self.settings.beta, chance)
        self.descend(loss)
        return {"reconstruction": wrong.item(), "divergence": cost.item()}

    @property
    def examples(self) -> int:
        """How many slices there are to learn from."""
        return len(self.learnt)

    def evaluate(self) -> dict[str, Any]:
        """Return the shares of the slices' variance that two numbers keep."""
        return {"kept": self._kept(self.learnt), "kept_held": self._kept(self.held)}

    def about(self) -> dict[str, Any]:
        """Tell of the slices."""
        return {
            "data": "slices",
            "classes": list(self.slices.classes),
            "train": len(self.learnt),
            "test": len(self.held),
            "channels": list(self.slices.stacks[0].images),
        }

    def told(self, row: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Tell losses, and how much of the slices two numbers keep."""
        losses = [(name, row[name]) for name in self.LOSSES]
        return [
            *((name, f"{value:.1f}") for name, value in losses if value is not None),
            ("kept of learnt slices", f"{100 * max(row['kept'], 0.0):.0f} %"),
            ("of held-out ones", f"{100 * max(row['kept_held'], 0.0):.0f} %"),
        ]

    def encode(self, pictures: Tensor) -> Tensor:
        """Return the middle of each slice's code, `(n, 2)`."""
        import torch

        with torch.no_grad(), self.averaged():
            codes: Tensor = self.network.encode(pictures)[0]
        return codes

    def decode(self, codes: Tensor) -> Tensor:
        """Return the slices of codes `(n, 2)`, `(n, channel, side, side)`, 0..1."""
        import torch

        with torch.no_grad(), self.averaged():
            pictures: Tensor = self.network.decode(codes)
        return pictures

    def _kept(self, pictures: Tensor) -> float:
        wrong = (self.decode(self.encode(pictures)) - pictures).pow(2).sum()
        apart = (pictures - self.learnt.mean(dim=0)).pow(2).sum()
        return float(1.0 - wrong / apart)

"""What the panel says of each generator of points: its fields, presets, views and texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ELMEDPlaygroundLib.generative.gan_experiment import PRESETS as GAN_PRESETS
from ELMEDPlaygroundLib.generative.vae_experiment import PRESETS as VAE_PRESETS
from ELMEDPlaygroundWidgets.form import Choice, Field, Number

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = {
    "eight-gaussians": "Eight clouds",
    "rings": "Two rings",
    "moons": "Two moons",
    "spiral": "Spiral",
    "drawn": "Drawn by hand",
}
SCHEDULES = {"cosine": "Cosine", "linear": "Linear"}


@dataclass(frozen=True)
class Preset:
    """Choices with a name.

    Attributes:
        title: what the user reads.
        values: by the field's name.
        help: what happens with them, a sentence.
    """

    title: str
    values: Mapping[str, Any]
    help: str


@dataclass(frozen=True)
class PointsModel:
    """A generator of points, as the panel offers it.

    Attributes:
        title: what the user reads.
        word: as in "On the bench: a diffusion model".
        about: what it is, in two or three sentences.
        fields: what can be chosen of it.
        views: are shown when one is begun.
        presets: choices with a name.
    """

    title: str
    word: str
    about: str
    fields: tuple[Field, ...]
    views: tuple[str, ...]
    presets: tuple[Preset, ...] = field(default=())

    def presetOf(self, values: Mapping[str, Any]) -> int:
        """Return the place of the preset that these values are, -1 where they are none's."""
        for place, preset in enumerate(self.presets):
            if all(values[name] == value for name, value in preset.values.items()):
                return place
        return -1


KIND = Choice("kind", "Points", "What it learns to make more of.", KINDS, "eight-gaussians")
BATCH = Number("batch", "Batch", "Points in a step.", 1, 2000, 256, True)
SEED = Number("seed", "Seed", "Decides all that chance has a say in.", 0, 999_999, 0, True)


def _rate(default: float) -> Number:
    help_ = "The size of a step. It can be changed while the training goes on."
    return Number("learning_rate", "Learning rate", help_, 1e-6, 1, default)


def _neurons(help_: str) -> Number:
    return Number("neurons", "Neurons", help_, 4, 256, 64, True)


DIFFUSION = PointsModel(
    title="Diffusion model",
    word="a diffusion model",
    about=(
        "A <b>diffusion model</b> learns to take noise away from points, and then makes new points "
        "out of noise alone. Begin, and press <b>Run</b>."
    ),
    fields=(
        KIND,
        _neurons("In each of the three hidden layers."),
        Number(
            "levels",
            "Noise levels",
            "In how many steps data become noise, and noise becomes data again.",
            5,
            200,
            50,
            True,
        ),
        Choice(
            "schedule",
            "Noise schedule",
            "How fast the data drown in noise: cosine spares them for longer.",
            SCHEDULES,
            "cosine",
        ),
        _rate(0.004),
        BATCH,
        SEED,
    ),
    views=("generated", "score-field"),
)
GAN = PointsModel(
    title="GAN (two networks)",
    word="a GAN",
    about=(
        "In a <b>GAN</b> a generator makes points out of two random numbers, and a discriminator "
        "learns to tell them from data. Each learns from the other; when the game goes wrong, the "
        "generator forgets most of the modes (<i>mode collapse</i>)."
    ),
    fields=(
        KIND,
        _neurons("In each of the two hidden layers, of both networks."),
        _rate(0.002),
        Number(
            "momentum",
            "Momentum",
            "How much of earlier gradients Adam keeps. Elsewhere 0.9 is usual; in this game they "
            "point to where the other network was.",
            0,
            0.95,
            0.0,
        ),
        Number(
            "penalty",
            "Penalty R1",
            "Keeps the discriminator from being steep at the data; 0 for none.",
            0,
            100,
            2.0,
        ),
        Number(
            "instance_noise",
            "Noise on inputs",
            "Is put on data and made points before they are told apart, in spreads of the data.",
            0,
            2,
            0.0,
        ),
        Number(
            "rounds",
            "Rounds",
            "Steps of the discriminator before each step of the generator.",
            1,
            10,
            1,
            True,
        ),
        BATCH,
        SEED,
    ),
    views=("generator-warp", "discriminator-map"),
    presets=(
        Preset(
            "Covers the modes",
            GAN_PRESETS["covers"],
            "Small steps without momentum, and the penalty R1: all eight clouds within 500 steps, "
            "with each of five seeds.",
        ),
        Preset(
            "Modes collapse",
            GAN_PRESETS["collapses"],
            "Large steps with momentum, and no penalty: at most three clouds are left, with each "
            "of five seeds.",
        ),
    ),
)
VAE = PointsModel(
    title="Variational autoencoder (VAE)",
    word="a variational autoencoder",
    about=(
        "A <b>variational autoencoder</b> writes each point down as two latent numbers, and reads "
        "them again. As the latent numbers are kept close to a standard normal cloud, new points "
        "can be read from numbers drawn at random, and one can walk from point to point."
    ),
    fields=(
        KIND,
        _neurons("In each of the two hidden layers, of encoder and decoder."),
        Number(
            "beta",
            "Beta",
            "The weight of the latent numbers' divergence from a normal cloud against the "
            "reconstruction: small for exact points, large for a latent plane without gaps.",
            0,
            10,
            VAE_PRESETS["balanced"]["beta"],
        ),
        _rate(0.003),
        BATCH,
        SEED,
    ),
    views=("latent-space", "latent-walk"),
    presets=(
        Preset(
            "Balanced",
            VAE_PRESETS["balanced"],
            "Points are read nearly as they were written, and new ones lie near the data.",
        ),
        Preset(
            "Exact, with gaps",
            VAE_PRESETS["exact"],
            "Hardly any weight on the latent numbers: exact reconstructions, but many new points "
            "are read from places where nothing was written.",
        ),
        Preset(
            "Nothing written down",
            VAE_PRESETS["unused"],
            "Too much weight: the latent numbers say nothing, and all points are read as the "
            "middle (posterior collapse).",
        ),
    ),
)

MODELS: dict[str, PointsModel] = {"diffusion": DIFFUSION, "gan": GAN, "vae": VAE}
"""By their names in the engine, in the order in which they are offered."""

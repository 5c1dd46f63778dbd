"""From label maps to slices in four contrasts: the generator at work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ELMEDLib.errors import InputError
from ELMEDLib.progress import Progress, no_progress
from ELMEDPlaygroundLib.tumour.classes import CLASSES, OUTSIDE, SHAPE, TUMOUR
from ELMEDSegmentLib.labels import CHANNELS, LABELS

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.tumour.model import Generator

LEAST, MOST = -4.5, 6.0
"""Between which brightnesses, in deviations from the brain's mean, a slice lies."""

AT_A_TIME = 8
"""Slices that go through the network together."""


def generate(
    generator: Generator,
    classes: np.ndarray,
    seed: int,
    source: float = 1.0,
    progress: Progress = no_progress,
) -> np.ndarray:
    """Return slices in four contrasts.

    All slices have the same style and noise, so that they look as if of one patient.

    Args:
        generator: what draws them.
        classes: what each pixel is, uint8 `(n, 96, 80)`.
        seed: decides style and noise: the same seed gives the same slices.
        source: 1 to look like patients' scans, 0 like simulated ones.
        progress: told how many slices there are.

    Returns:
        float32 `(n, 4, 96, 80)`, contrasts in the order of `labels.CHANNELS`, z-scored over a
        brain, 0 outside it.

    Raises:
        InputError: the label maps are of another size, or hold unknown classes.
    """
    import torch
    from torch.nn import functional

    check(classes)
    chance = torch.Generator().manual_seed(seed)
    style = generator.network.drawn_style(chance)
    noise = torch.randn(1, len(CHANNELS), *SHAPE, generator=chance)
    drawn = []
    for start in range(0, len(classes), AT_A_TIME):
        progress("generating", start / len(classes), f"Drawing slice {start + 1}")
        part = torch.from_numpy(classes[start : start + AT_A_TIME]).long()
        onehot = functional.one_hot(part, len(CLASSES)).permute(0, 3, 1, 2).float()
        count = len(part)
        with torch.inference_mode():
            slices = generator.network(
                noise.expand(count, -1, -1, -1),
                style.expand(count, -1),
                onehot,
                torch.full((count,), source),
            )
        drawn.append(slices.clamp(LEAST, MOST).numpy())
    progress("generating", 1.0, "Slices drawn")
    return np.concatenate(drawn)


def check(classes: np.ndarray) -> None:
    """Make sure that label maps can be drawn.

    Raises:
        InputError: they cannot.
    """
    if classes.ndim != 3 or classes.shape[1:] != SHAPE or not len(classes):  # noqa: PLR2004
        raise InputError(
            f"The label map has the shape {classes.shape}.",
            f"Give slices of {SHAPE[0]} rows and {SHAPE[1]} columns.",
        )
    if classes.min() < 0 or classes.max() >= len(CLASSES):
        raise InputError(
            "The label map holds a class that is not known.",
            f"Known are 0 to {len(CLASSES) - 1}.",
        )


@dataclass(frozen=True)
class Brightness:
    """How bright a part of the tumour came out, beside the healthy brain around.

    Attributes:
        label: "necrotic_core", "oedema" or "enhancing_tumour".
        pixels: how many there are.
        means: z-score in each contrast, in the order of `labels.CHANNELS`.
    """

    label: str
    pixels: int
    means: tuple[float, ...]


def brightness(slices: np.ndarray, classes: np.ndarray) -> tuple[Brightness, ...]:
    """Return how bright each part of the tumour is; the last entry is "brain", what is healthy.

    Args:
        slices: `(n, 4, rows, columns)`.
        classes: of the pixels, `(n, rows, columns)`.
    """
    kinds = {name: classes == TUMOUR[label] for name, label in LABELS.items()}
    kinds["brain"] = (classes != OUTSIDE) & ~np.logical_or.reduce(list(kinds.values()))
    return tuple(
        Brightness(name, int(mask.sum()), tuple(float(slices[:, c][mask].mean()) for c in range(4)))
        for name, mask in kinds.items()
        if mask.any()
    )

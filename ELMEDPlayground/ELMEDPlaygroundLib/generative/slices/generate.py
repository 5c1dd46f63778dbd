"""From scans to a new, synthetic volume: the whole way."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ELMEDLib.errors import InputError
from ELMEDLib.progress import Progress, within

if TYPE_CHECKING:
    import SimpleITK as sitk
    from torch import Tensor

    from ELMEDPlaygroundLib.generative.slices.data import Slices
    from ELMEDPlaygroundLib.generative.slices.denoiser import Diffusion
    from ELMEDPlaygroundLib.generative.slices.settings import SliceSettings

TOGETHER_MM = 20.0
"""Slices nearer than this come from similar noise, so that the new stack is one head."""

EACH = 8
"""New slices for each held-out place, when distributions are compared."""

ASKED = 150
"""New slices for each class, when it is measured what guidance does."""


class Latent(Protocol):
    """Pictures as numbers and back."""

    size: int
    kept: float

    def encode(self, pictures: Tensor) -> Tensor:
        """Return `(n, size)`."""
        ...

    def decode(self, numbers: Tensor) -> Tensor:
        """Return pictures `(n, channel, side, side)`, 0..1."""
        ...


@dataclass(frozen=True)
class NewSlices:
    """New slices in the place of old ones, and what was measured of them.

    Attributes:
        images: a volume for each channel, by name, on the grid of the first subject's.
        pictures: float32 `(n, channel, side, side)`, as they were made.
        report: figures, see `generate`.
    """

    images: dict[str, sitk.Image]
    pictures: np.ndarray
    report: dict[str, Any]


def generate(slices: Slices, settings: SliceSettings, progress: Progress) -> NewSlices:
    """Learn slices, and make new ones in the geometry of the first subject.

    Each new slice is asked for by its place in the stack and its class; the noise that it comes
    from changes slowly along the stack. Where a third of the stack is asked for, only its slices
    are made; where slices with or without a segment are asked for, all are.

    Args:
        slices: to learn from.
        settings: how.
        progress: told how far it is.

    Returns:
        Volumes, and a `report` of `learnt`, `held`, `between` (counts), `made`, `kept` (share of
        the variance in the latent), `distance` {`new`, `learnt`, `noise`, `share`}, `nearest`
        {`new`, `held`, `neighbours`, `copies`, `sentence`}, `guidance` (rows of `strength`, `hits`,
        `diversity`), `judge` (its hits on held-out slices), `classes`, `seconds`, `settings`.

    Raises:
        InputError: the class that is asked for does not exist, or not in the first subject.
    """
    import torch

    from ELMEDPlaygroundLib.generative.slices.augment import augmented, copies_of
    from ELMEDPlaygroundLib.generative.slices.denoiser import Wish
    from ELMEDPlaygroundLib.generative.slices.learning import learn

    begun = time.perf_counter()
    _check_wanted(slices, settings)
    progress("latent", 0.0, "Compressing the slices")
    known = torch.from_numpy(slices.learnt)
    pictures = torch.from_numpy(slices.pictures)
    copies = copies_of(int(known.sum()))
    many = augmented(pictures[known], copies, torch.Generator().manual_seed(settings.seed))
    latent, start = _latent(many, settings, progress)
    wish = Wish(torch.from_numpy(slices.targets), torch.from_numpy(slices.positions))
    told = Wish(*(part[known].repeat(copies + 1) for part in (wish.classes, wish.places)))
    diffusion = learn(
        latent.encode(many),
        told,
        len(slices.classes),
        settings.steps,
        settings.seed,
        within(progress, start, 0.85),
    )
    progress("drawing", 0.85, "Drawing new slices out of noise")
    which, numbers = _new_stack(slices, settings, diffusion, wish)
    made = latent.decode(numbers)
    progress("measuring", 0.9, "Comparing them with slices that were held out")
    report = _report(slices, settings, latent, diffusion, wish, made)
    images = slices.stacks[0].placed(made.numpy(), which, slices.edge_mm)
    names = list(slices.stacks[0].images)
    report["seconds"] = time.perf_counter() - begun
    return NewSlices(dict(zip(names, images, strict=True)), made.numpy(), report)


def _check_wanted(slices: Slices, settings: SliceSettings) -> None:
    if settings.wanted is None:
        return
    if settings.wanted >= len(slices.classes):
        raise InputError(
            "There is no such class of slices.", f"Choose one of {', '.join(slices.classes)}."
        )
    own = slices.targets[slices.subjects == 0]
    if not _by_segment(slices) and not (own == settings.wanted).any():
        raise InputError(
            f"The first volume has no slices in the {slices.classes[settings.wanted]}.",
            "Put another volume first, or choose another class.",
        )


def _latent(many: Tensor, settings: SliceSettings, progress: Progress) -> tuple[Latent, float]:
    """Return the compression, and the share of the work that is done then."""
    from ELMEDPlaygroundLib.generative.slices.pca import PCALatent
    from ELMEDPlaygroundLib.generative.slices.vae_latent import VAELatent

    if settings.latent == "pca":
        return PCALatent(many, settings.numbers), 0.1
    share = 0.5
    return VAELatent(many, settings.numbers, settings.seed, within(progress, 0.0, share)), share


def _new_stack(
    slices: Slices, settings: SliceSettings, diffusion: Diffusion, wish: Any
) -> tuple[np.ndarray, Tensor]:
    """Return which slices of the first subject are made, and their numbers."""
    import torch

    from ELMEDPlaygroundLib.generative.slices.denoiser import Wish

    stack = slices.stacks[0]
    own = np.flatnonzero(slices.subjects == 0)
    classes = wish.classes[torch.from_numpy(own)].clone()
    which = np.arange(len(own))
    if settings.wanted is not None:
        if _by_segment(slices):
            classes[:] = settings.wanted
        else:
            which = np.flatnonzero(classes.numpy() == settings.wanted)
    places_mm = stack.numbers[which] * stack.spacing[0]
    noise = _smooth_noise(places_mm, diffusion.low.numel(), settings.seed)
    asked = Wish(classes[torch.from_numpy(which)], torch.from_numpy(stack.positions[which]))
    return which, diffusion.drawn(noise, asked, _guidance(slices, settings))


def _by_segment(slices: Slices) -> bool:
    from ELMEDPlaygroundLib.generative.slices.settings import SEGMENT_CLASSES

    return slices.classes == SEGMENT_CLASSES


def _guidance(slices: Slices, settings: SliceSettings) -> float:
    """Return how strongly slices of a stack are asked for.

    The place tells the third already, and guidance would leave steps between thirds.
    """
    return settings.guidance if _by_segment(slices) else 0.0


def _smooth_noise(places_mm: np.ndarray, size: int, seed: int) -> Tensor:
    """Return standard normal noise `(n, size)` that changes slowly along the stack."""
    import torch

    apart = places_mm[:, None] - places_mm[None, :]
    alike = np.exp(-(apart**2) / (2 * TOGETHER_MM**2)) + 1e-5 * np.eye(len(places_mm))
    mixed = torch.from_numpy(np.linalg.cholesky(alike)).float()
    return mixed @ torch.randn(len(places_mm), size, generator=torch.Generator().manual_seed(seed))


def _report(
    slices: Slices,
    settings: SliceSettings,
    latent: Latent,
    diffusion: Diffusion,
    wish: Any,
    made: Tensor,
) -> dict[str, Any]:
    import torch

    from ELMEDPlaygroundLib.generative.slices import measures

    pictures = torch.from_numpy(slices.pictures)
    known, held = torch.from_numpy(slices.learnt), torch.from_numpy(slices.held)
    numbers = latent.encode(pictures)
    again = latent.decode(numbers)
    near = measures.nearness(made, again[held], again[known])
    judge = measures.Judge(numbers[known], wish.classes[known], len(slices.classes))
    strengths = sorted({0.0, settings.guidance or 1.0, 3.0})
    return {
        "learnt": int(known.sum()),
        "held": int(held.sum()),
        "between": int((~known & ~held).sum()),
        "made": len(made),
        "kept": latent.kept,
        "distance": _distance(slices, settings, latent, diffusion, wish),
        "nearest": {
            "new": near.new,
            "held": near.held,
            "neighbours": near.neighbours,
            "copies": near.copies,
            "sentence": near.sentence,
        },
        "guidance": [
            _asked(strength, slices, settings, latent, diffusion, judge) for strength in strengths
        ],
        "judge": judge.hits(numbers[held], wish.classes[held]),
        "classes": list(slices.classes),
        "settings": settings.as_json(),
    }


def _distance(
    slices: Slices, settings: SliceSettings, latent: Latent, diffusion: Diffusion, wish: Any
) -> dict[str, float]:
    """Compare new slices, asked for at the places of held-out ones, with those."""
    import torch

    from ELMEDPlaygroundLib.generative.slices import measures
    from ELMEDPlaygroundLib.generative.slices.denoiser import Wish

    pictures = torch.from_numpy(slices.pictures)
    known, held = torch.from_numpy(slices.learnt), torch.from_numpy(slices.held)
    asked = Wish(wish.classes[held].repeat(EACH), wish.places[held].repeat(EACH))
    chance = torch.Generator().manual_seed(settings.seed + 2)
    noise = torch.randn(len(asked), latent.size, generator=chance)
    new = latent.decode(diffusion.drawn(noise, asked, _guidance(slices, settings)))
    real = pictures[held]
    of_noise = measures.noise_like(pictures[known], len(new))
    found = {
        "new": measures.sliced_wasserstein(new, real),
        "learnt": measures.sliced_wasserstein(pictures[known], real),
        "noise": measures.sliced_wasserstein(of_noise, real),
    }
    return {**found, "share": found["new"] / found["noise"]}


def _asked(
    strength: float,
    slices: Slices,
    settings: SliceSettings,
    latent: Latent,
    diffusion: Diffusion,
    judge: Any,
) -> dict[str, float]:
    """Ask for each class alone, anywhere, and return how often it comes and how various it is."""
    import torch

    from ELMEDPlaygroundLib.generative.slices import measures
    from ELMEDPlaygroundLib.generative.slices.denoiser import Wish

    count = len(slices.classes)
    classes = torch.arange(count).repeat_interleave(ASKED)
    chance = torch.Generator().manual_seed(settings.seed + 3)
    noise = torch.randn(len(classes), latent.size, generator=chance)
    anywhere = Wish(classes, torch.full((len(classes),), float("nan")))
    new = latent.decode(diffusion.drawn(noise, anywhere, strength))
    spread = [measures.diversity(new[classes == place]) for place in range(count)]
    hits = judge.hits(latent.encode(new), classes)
    return {"strength": strength, "hits": hits, "diversity": sum(spread) / count}

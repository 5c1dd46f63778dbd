"""A U-Net on the subject that it learnt from, and on new ones.

Subjects are simulated, with tumours and scanners of their own. A small U-Net learns the whole
tumour from slabs of the first. Then it is tested on slabs of the same subject that it has not seen,
kept apart by a gap, and on the others. The first test is the easier one: anatomy, scanner and
tumour are the same. It is what one measures by dealing out the slices of one patient; what one
wants to know is the second. Several new subjects are taken, for one of them may happen to be easy.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.progress import Progress, no_progress
from ELMEDPlaygroundLib.scan.contrast_removed import dice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import torch

SPACING_MM = 3.0
SLAB = 4
"""Slices of a slab: 12 mm."""

GAP = 2
"""Slices between a held-out slab and what is learnt: 6 mm."""

SIDE = 64
WIDTH = 12
BATCH = 8


@dataclass(frozen=True)
class Slices:
    """Axial slices of one subject: images `(n, 4, y, x)`, whole tumour bool `(n, y, x)`."""

    images: np.ndarray
    truth: np.ndarray


@dataclass
class Generalisation:
    """What a network made of what it had not seen.

    Attributes:
        seed: of subjects, weights and order.
        same: Dice on held-out slabs of the subject that it learnt from.
        new: mean Dice on other subjects.
        others: Dice on each of them.
        history: rows of `step`, `loss`, `same`, `new`.
        seconds: that it took.
        pictures: of one slice each of "same" and "new": `image` float32 0..1 (FLAIR), `truth` and
            `found` bool, all `(y, x)`.
    """

    seed: int = 0
    same: float = 0.0
    new: float = 0.0
    others: list[float] = field(default_factory=list)
    history: list[dict[str, float]] = field(default_factory=list)
    seconds: float = 0.0
    pictures: dict[str, dict[str, np.ndarray]] = field(default_factory=dict)


def compare(
    seed: int = 1, steps: int = 120, others: int = 4, progress: Progress = no_progress
) -> Generalisation:
    """Learn one simulated subject, and test on its held-out slabs and on new subjects.

    Args:
        seed: of subjects, weights and order.
        steps: of training.
        others: how many new subjects.
        progress: told how far it is; may raise `CancelledError`.
    """
    started = time.perf_counter()
    subjects = []
    for number in range(others + 1):
        progress("simulating", 0.6 * number / (others + 1), f"Simulating patient {number + 1}")
        subjects.append(simulated(2 * seed + number))
    first, new = subjects[0], subjects[1:]
    learnt, held = parted(first.truth)
    same = Slices(first.images[held], first.truth[held])
    result = Generalisation(seed)

    def evaluate(network: Callable[..., Any], step: int, loss: float) -> None:
        found = [_found(network, part.images) for part in (same, *new)]
        scores = [dice(mask, part.truth) for mask, part in zip(found, (same, *new), strict=True)]
        result.same, result.others = scores[0], scores[1:]
        result.new = float(np.mean(result.others))
        row = {"step": step, "loss": loss, "same": result.same, "new": result.new}
        result.history.append(row)
        # The new subject that stands for all: the one whose score is next to their mean.
        typical = int(np.abs(np.array(result.others) - result.new).argmin())
        result.pictures = {
            "same": _picture(same, found[0]),
            "new": _picture(new[typical], found[1 + typical]),
        }
        progress("training", 0.6 + 0.4 * step / steps, f"Step {step} of {steps}")

    train(Slices(first.images[learnt], first.truth[learnt]), seed, steps, evaluate)
    result.seconds = time.perf_counter() - started
    return result


def simulated(seed: int) -> Slices:
    """Return the slices of a simulated subject that show brain, z-scored over the brain."""
    import SimpleITK as sitk

    from ELMEDSegmentLib.labels import CHANNELS
    from ELMEDSegmentLib.simulate.study import SimulationOptions, simulate_study

    study = simulate_study(
        seed, options=SimulationOptions(spacing_mm=SPACING_MM, fit_to_brain=True)
    )
    array = np.stack([sitk.GetArrayFromImage(study.images[name]) for name in CHANNELS]).astype(
        np.float32
    )
    brain: np.ndarray = np.any(array > 0, axis=0)
    for channel in array:
        inside = channel[brain]
        channel[brain] = (inside - inside.mean()) / inside.std()
        channel[~brain] = 0.0
    truth: np.ndarray = sitk.GetArrayFromImage(study.labels) > 0
    shown = np.flatnonzero(brain.any(axis=(1, 2)))
    images = _centred(array.transpose(1, 0, 2, 3)[shown])
    return Slices(images, _centred(truth[shown][:, None])[:, 0])


def parted(truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of the slices that are learnt, and of those that are held out.

    Slabs are held out in turn through the whole head, those of the tumour among them, and slices
    nearer than the gap to one of them are left out.
    """
    count = len(truth)
    tumour = np.flatnonzero(truth.any(axis=(1, 2)))
    middle = int(tumour.mean()) if len(tumour) else count // 2
    period = 2 * (SLAB + GAP)
    phase = (np.arange(count) - (middle - SLAB // 2)) % period
    held = np.flatnonzero(phase < SLAB)
    away = np.abs(np.arange(count)[:, None] - held[None]).min(axis=1)
    return np.flatnonzero(away > GAP), held


def train(
    slices: Slices,
    seed: int,
    steps: int,
    evaluate: Callable[[Callable[..., Any], int, float], None],
) -> torch.nn.Module:
    """Train a small U-Net on slices, and let `evaluate` look at it now and then."""
    import torch

    torch.manual_seed(seed)
    network = small_unet()
    optimiser = torch.optim.Adam(network.parameters(), lr=3e-3)
    rng = np.random.default_rng([seed, 11])
    marked = slices.truth.any(axis=(1, 2))
    chances = np.where(marked, 1.0 / max(marked.sum(), 1), 0.5 / max((~marked).sum(), 1))
    chances /= chances.sum()
    for step in range(1, steps + 1):
        chosen = rng.choice(len(chances), BATCH, p=chances)
        images = torch.from_numpy(slices.images[chosen])
        truth = torch.from_numpy(slices.truth[chosen].astype(np.float32))
        loss = _loss(network(images)[:, 0], truth)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % max(steps // 6, 1) == 0 or step == steps:
            evaluate(network, step, float(loss.detach()))
    return network


def small_unet() -> torch.nn.Module:
    """Return a U-Net of two levels for `(n, 4, y, x)`, giving a logit of the whole tumour."""
    from monai.networks.nets import UNet

    network: torch.nn.Module = UNet(
        spatial_dims=2,
        in_channels=4,
        out_channels=1,
        channels=(WIDTH, 2 * WIDTH, 4 * WIDTH),
        strides=(2, 2),
        num_res_units=1,
        norm="BATCH",
    )
    return network


def as_answer(result: Generalisation) -> Mapping[str, Any]:
    """Return the result as the panel takes it; pictures as arrays."""
    return {
        "seed": result.seed,
        "same": result.same,
        "new": result.new,
        "others": result.others,
        "history": result.history,
        "seconds": result.seconds,
        "pictures": result.pictures,
    }


def _loss(logits: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Return cross entropy and 1 - soft Dice over the batch."""
    import torch

    entropy = torch.nn.functional.binary_cross_entropy_with_logits(logits, truth)
    found = logits.sigmoid()
    overlap = (2 * (found * truth).sum() + 1) / (found.sum() + truth.sum() + 1)
    return entropy + 1 - overlap


def _found(network: Any, images: np.ndarray) -> np.ndarray:
    import torch

    network.eval()
    with torch.inference_mode():
        logits = torch.cat([network(part) for part in torch.from_numpy(images).split(16)])
    network.train()
    found: np.ndarray = logits[:, 0].numpy() > 0
    return found


def _centred(array: np.ndarray) -> np.ndarray:
    """Cut or fill the last two axes to `SIDE` pixels, the middle staying in the middle."""
    for axis in (-2, -1):
        size = array.shape[axis]
        if size > SIDE:
            array = array.take(np.arange((size - SIDE) // 2, (size - SIDE) // 2 + SIDE), axis=axis)
        else:
            pad = [(0, 0)] * array.ndim
            pad[axis] = ((SIDE - size) // 2, SIDE - size - (SIDE - size) // 2)
            array = np.pad(array, pad)
    return np.ascontiguousarray(array)


def _picture(part: Slices, found: np.ndarray) -> dict[str, np.ndarray]:
    """Return the slice with the most tumour; FLAIR is the last channel."""
    number = int(part.truth.sum(axis=(1, 2)).argmax())
    image = np.clip((part.images[number, -1] + 2) / 5, 0, 1).astype(np.float32)
    shown = np.where(part.images[number].any(axis=0), image, 0.0).astype(np.float32)
    return {"image": shown, "truth": part.truth[number], "found": found[number]}

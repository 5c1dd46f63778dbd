"""The training loop, in the seven steps of the course.

1. Initialise the network. 2. Grab a batch and predict. 3. Calculate the loss. 4. Calculate the
gradients. 5. Step the weights. 6. Repeat. 7. Stop when the criterion says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ELMEDLib.errors import InputError
from ELMEDSegmentLib.network import build_network
from ELMEDSegmentLib.training import seven_steps
from ELMEDSegmentLib.training.augmentation import change_intensities, drop_channel
from ELMEDSegmentLib.training.average import WeightAverage
from ELMEDSegmentLib.training.checkpoint import load_checkpoint
from ELMEDSegmentLib.training.diary import Diary, Learner
from ELMEDSegmentLib.training.loss import supervised_at_all_depths
from ELMEDSegmentLib.training.samples import draw_patch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import torch

    from ELMEDLib.progress import Progress
    from ELMEDSegmentLib.training.lesions import LesionBank
    from ELMEDSegmentLib.training.recipe import Recipe
    from ELMEDSegmentLib.training.samples import TrainingCase

LARGEST_GRADIENT = 5.0


@dataclass(frozen=True)
class TrainingData:
    """What a network is trained and validated on.

    Attributes:
        cases: to draw patches from.
        weights: how often each case is drawn, relative to the others.
        held_out: to validate on; never trained on.
        lesions: of other patients, to set into the patches.
    """

    cases: Sequence[TrainingCase]
    weights: Sequence[float]
    held_out: Sequence[TrainingCase] = ()
    lesions: LesionBank | None = None


@dataclass(frozen=True)
class Trained:
    """Where training has come to.

    Attributes:
        network: with the average of the weights.
        step: the last step that was taken.
        reason: why no further step was taken, a sentence.
        stopped: whether it was because somebody wished so; it can go on then.
    """

    network: torch.nn.Module
    step: int
    reason: str
    stopped: bool


def train(
    recipe: Recipe, data: TrainingData, folder: Path, progress: Progress, device: str = "cpu"
) -> torch.nn.Module:
    """Train a network from random weights, and return the average of its weights."""
    return train_from(None, recipe, data, folder, progress, device).network


def train_from(
    start: torch.nn.Module | None,
    recipe: Recipe,
    data: TrainingData,
    folder: Path,
    progress: Progress,
    device: str = "cpu",
) -> Trained:
    """Train a network, and say where training has come to.

    A run that was stopped goes on from the checkpoint in `folder`, step by step as if it had not
    been stopped. `diary` says what else is kept there.

    Args:
        start: a network to go on training; None for random weights.
        recipe: the settings.
        data: what to train and to validate on.
        folder: for the checkpoint and the metrics.
        progress: told which of the seven steps is being taken, with its numbers.
        device: PyTorch's name of the device to train on.

    Raises:
        InputError: the loss is no number any more; what was saved before is kept.
    """
    import torch

    # Step 1: initialise.
    torch.manual_seed(recipe.seed)
    network = (start or build_network(recipe.architecture)).to(device)
    # Mixed precision on CPUs is fast with channels last only.
    network.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]
    kind = torch.device(device).type
    average = WeightAverage(network, recipe.average)
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    done = load_checkpoint(folder, recipe.as_dict(), network, average, optimiser)
    diary = Diary(recipe, data.held_out, folder, progress, Learner(network, average, optimiser))
    diary.tell(seven_steps.INITIALISE, done, _origin(network, done, fresh=start is None))
    diary.begin(done)
    network.train()
    step = done
    # Step 6: repeat, until step 7: stop when the criterion says so.
    while step < recipe.steps and not diary.reason:
        step += 1
        rate = learning_rate(recipe, step)
        for group in optimiser.param_groups:
            group["lr"] = rate
        # Step 2: grab a batch and predict.
        diary.tell(seven_steps.BATCH, step, _batch(recipe, data))
        images, regions = grab_batch(recipe, step, data)
        with torch.autocast(kind, torch.bfloat16, enabled=recipe.precision == "bfloat16"):
            outputs = network(images.to(device, memory_format=torch.channels_last_3d))
        # Step 3: the loss.
        loss = supervised_at_all_depths(outputs, regions.to(device))
        diary.tell(seven_steps.LOSS, step, f"{loss.item():.4f}")
        if not math.isfinite(loss.item()):
            raise _no_number(step)
        # Step 4: the gradients.
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        length = torch.nn.utils.clip_grad_norm_(network.parameters(), LARGEST_GRADIENT)
        diary.tell(seven_steps.GRADIENTS, step, f"length {float(length):.3f}")
        # Step 5: step.
        optimiser.step()
        average.update(network, step)
        diary.tell(seven_steps.STEP, step, f"learning rate {rate:.1e}")
        diary.note(step, loss.item(), rate)
    reason = diary.reason or f"All {recipe.steps} steps are done."
    return Trained(average.network, step, reason, diary.stopped)


def _no_number(step: int) -> InputError:
    return InputError(
        f"The loss of step {step} is no number any more: the weights have run away.",
        "Begin anew with a lower learning rate, or with float32 as precision.",
    )


def _origin(network: torch.nn.Module, done: int, *, fresh: bool) -> str:
    count = sum(parameter.numel() for parameter in network.parameters())
    if done:
        return f"{count:,} weights as they were after step {done}"
    return f"{count:,} {'random weights' if fresh else 'weights that were trained before'}"


def _batch(recipe: Recipe, data: TrainingData) -> str:
    size = " x ".join(str(n) for n in reversed(recipe.patch))
    count = len(data.cases)
    return f"{recipe.batch} patches of {size} voxels, of {count} stud{'y' if count == 1 else 'ies'}"


def grab_batch(recipe: Recipe, step: int, data: TrainingData) -> tuple[torch.Tensor, torch.Tensor]:
    """Return images `(patch, channel, z, y, x)` and regions `(patch, region, z, y, x)` of a step.

    Chance depends on the seed and the number of the step alone, so that a resumed run sees the
    same batches.
    """
    import torch

    likelihood = np.asarray(data.weights, float) / np.sum(data.weights)
    images, regions = [], []
    for index in range(recipe.batch):
        rng = np.random.default_rng([recipe.seed, step, index])
        bend = recipe.elastic_mm / recipe.spacing_mm
        patch = draw_patch(rng, data.cases, likelihood, recipe.patch, data.lesions, bend)
        image = change_intensities(rng, patch.image)
        images.append(drop_channel(rng, image, recipe.channel_dropout))
        regions.append(patch.regions)
    return torch.from_numpy(np.stack(images)), torch.from_numpy(np.stack(regions))


def learning_rate(recipe: Recipe, step: int) -> float:
    """Return the learning rate of a step (from 1): a linear rise, then half a cosine to zero."""
    if step <= recipe.warm_up:
        return recipe.learning_rate * step / recipe.warm_up
    share = (step - recipe.warm_up) / max(recipe.steps - recipe.warm_up, 1)
    return recipe.learning_rate * 0.5 * (1 + math.cos(math.pi * share))

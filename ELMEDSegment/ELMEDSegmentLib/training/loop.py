"""The training loop, in the seven steps of the course.

1. Initialise the network. 2. Grab a batch and predict. 3. Calculate the loss. 4. Calculate the
gradients. 5. Step the weights. 6. Repeat. 7. Stop when the criterion says so.
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.files import written_whole
from ELMEDSegmentLib.network import build_network
from ELMEDSegmentLib.training.augmentation import change_intensities, drop_channel
from ELMEDSegmentLib.training.average import WeightAverage
from ELMEDSegmentLib.training.checkpoint import load_checkpoint, save_checkpoint
from ELMEDSegmentLib.training.loss import supervised_at_all_depths
from ELMEDSegmentLib.training.samples import draw_patch
from ELMEDSegmentLib.training.validation import validate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import torch

    from ELMEDLib.progress import Progress
    from ELMEDSegmentLib.training.lesions import LesionBank
    from ELMEDSegmentLib.training.recipe import Recipe
    from ELMEDSegmentLib.training.samples import TrainingCase

METRICS = "metrics.jsonl"
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


def train(
    recipe: Recipe, data: TrainingData, folder: Path, progress: Progress, device: str = "cpu"
) -> torch.nn.Module:
    """Train a network, and return the average of its weights.

    A run that was stopped goes on from the checkpoint in `folder`, step by step as if it had not
    been stopped. Metrics are appended to `metrics.jsonl` there, a JSON object a line.

    Args:
        recipe: the settings.
        data: what to train and to validate on.
        folder: for the checkpoint and the metrics.
        progress: told about every step.
        device: PyTorch's name of the device to train on.
    """
    import torch

    # Step 1: initialise.
    torch.manual_seed(recipe.seed)
    network = build_network(recipe.architecture).to(device)
    # Mixed precision on CPUs is fast with channels last only.
    network.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]
    kind = torch.device(device).type
    average = WeightAverage(network, recipe.average)
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    done = load_checkpoint(folder, recipe.as_dict(), network, average, optimiser)
    _forget_after(folder, done)
    network.train()
    started = time.monotonic()
    # Steps 6 and 7: repeat until the planned number of steps is reached.
    for step in range(done + 1, recipe.steps + 1):
        rate = learning_rate(recipe, step)
        for group in optimiser.param_groups:
            group["lr"] = rate
        # Step 2: grab a batch and predict.
        images, regions = grab_batch(recipe, step, data)
        with torch.autocast(kind, torch.bfloat16, enabled=recipe.precision == "bfloat16"):
            outputs = network(images.to(device, memory_format=torch.channels_last_3d))
        # Step 3: the loss.
        loss = supervised_at_all_depths(outputs, regions.to(device))
        # Step 4: the gradients.
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), LARGEST_GRADIENT)
        # Step 5: step.
        optimiser.step()
        average.update(network, step)
        metrics: dict[str, Any] = {"step": step, "loss": round(loss.item(), 5), "rate": rate}
        last = step == recipe.steps
        if data.held_out and (last or step % recipe.validate_every == 0):
            metrics["dice"] = validate(average.network, recipe.architecture, data.held_out)
        metrics["seconds"] = round(time.monotonic() - started, 1)
        if last or step % recipe.save_every == 0:
            save_checkpoint(folder, step, recipe.as_dict(), network, average, optimiser)
        _write(folder, metrics)
        progress("training", step / recipe.steps, f"Step {step}: loss {metrics['loss']:.3f}")
    return average.network


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


def _forget_after(folder: Path, step: int) -> None:
    """Drop the metrics of steps after the checkpoint: they are about to be done again."""
    path = folder / METRICS
    if not path.is_file():
        return
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.endswith("}") and json.loads(line)["step"] <= step]
    with written_whole(path) as temporary:
        temporary.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")


def _write(folder: Path, metrics: dict[str, Any]) -> None:
    with (folder / METRICS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(metrics) + "\n")

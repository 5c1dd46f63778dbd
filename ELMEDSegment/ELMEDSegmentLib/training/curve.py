"""A training run as curves: what a chart shows of the metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDSegmentLib.labels import REGIONS
from ELMEDSegmentLib.training import picture
from ELMEDSegmentLib.training.metrics import dice_of_regions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MOST_POINTS = 400
"""Of the loss: more cannot be told apart on a screen."""

Columns = dict[str, list[float]]


def loss_columns(rows: Sequence[dict[str, Any]]) -> Columns:
    """Return "Step" and "Loss": means over so many steps that there are not too many points."""
    steps = [row["step"] for row in rows if "loss" in row]
    losses = [row["loss"] for row in rows if "loss" in row]
    size = -(-len(steps) // MOST_POINTS) or 1
    parts = [slice(start, start + size) for start in range(0, len(steps), size)]
    return {
        "Step": [float(np.mean(steps[part])) for part in parts],
        "Loss": [float(np.mean(losses[part])) for part in parts],
    }


def dice_columns(rows: Sequence[dict[str, Any]]) -> Columns:
    """Return "Step", the Dice of each region as a mean over patients, and the mean of all."""
    validated = [row for row in rows if "dice" in row]
    columns: Columns = {"Step": [float(row["step"]) for row in validated]}
    means = [dice_of_regions(row) for row in validated]
    for name in (*REGIONS, "mean"):
        columns[name] = [mean[name] for mean in means]
    return columns


def pictures(folder: Path) -> dict[int, Path]:
    """Return the pictures of the validated slice in a run's folder, by step, in order."""
    found = {}
    for path in sorted((folder / picture.FOLDER).glob("step-*.png")):
        number = path.stem.removeprefix("step-")
        if number.isdigit():
            found[int(number)] = path
    return dict(sorted(found.items()))


def summary(rows: Sequence[dict[str, Any]]) -> str:
    """Return in a sentence or two what the validations say so far, "" before the first."""
    validated = [row for row in rows if "dice" in row]
    if not validated:
        return ""
    means = [dice_of_regions(row)["mean"] for row in validated]
    best = int(np.argmax(means))
    at = validated[best]["step"]
    text = f"Best mean Dice {means[best]:.3f} after step {at}"
    if validated[0]["step"] == 0 and len(validated) > 1:
        text += f", {means[0]:.3f} before training"
        if best == 0:
            return f"{text}: training has made nothing better so far."
    return f"{text}."

"""The latent plane of slices, to walk in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.views.inside import ViewError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundLib.generative.slices.experiment import SlicesVaeExperiment

CELLS = 7
"""Decoded slices along a side of the plane."""

NARROWEST, WIDEST = 2.5, 8.0
"""What is shown at least and at the most to each side of the middle."""

ROOM = 1.1
NO_CLASS = 255


def slices_walk(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plane as decoded slices, where real ones lie in it, and the slice of one point.

    Args:
        experiment: a `SlicesVaeExperiment`.
        options: `at` ([x, y], the middle where there is none), `channel` (its place).

    Returns:
        `extent` (half the side of the plane), `grid` uint8 (row, column, side, side), the top row
        at the largest y; `points` float32 (n, 2), `targets` uint8 (n,) (255: none) and `is_test`
        bool (n,) of real slices; `classes`; `at`, `picture` uint8 (side, side), `nearest` uint8
        (side, side), the learnt slice that is most like it, and `apart`, how far the two differ
        (root mean square, of 1); `channel`.
    """
    import torch

    experiment = _need(experiment)
    names = list(experiment.slices.stacks[0].images)
    channel = checked.whole(options.get("channel") or 0, "the channel", 0, len(names) - 1)
    learnt, held = experiment.slices.learnt, experiment.slices.held
    codes = torch.cat([experiment.encode(experiment.learnt), experiment.encode(experiment.held)])
    targets = np.concatenate([experiment.slices.targets[learnt], experiment.slices.targets[held]])
    farthest = ROOM * float(codes.abs().max())
    extent = min(max(farthest, NARROWEST), WIDEST)
    at = _point(options.get("at"), extent)
    middles = (np.arange(CELLS) + 0.5) / CELLS * 2 * extent - extent
    x, y = np.meshgrid(middles, middles[::-1])
    places = np.stack([x.ravel(), y.ravel()], axis=1)
    asked = torch.from_numpy(np.vstack([places, [at]]).astype(np.float32))
    decoded = experiment.decode(asked)
    differences = (experiment.learnt - decoded[-1]).pow(2).flatten(1).mean(dim=1)
    nearest = int(differences.argmin())
    side = decoded.shape[-1]
    return {
        "extent": extent,
        "grid": _grey(decoded[:-1, channel]).reshape(CELLS, CELLS, side, side),
        "points": codes.numpy(),
        "targets": np.where(targets < 0, NO_CLASS, targets).astype(np.uint8),
        "is_test": np.arange(len(codes)) >= int(learnt.sum()),
        "classes": list(experiment.slices.classes),
        "at": list(at),
        "picture": _grey(decoded[-1, channel]),
        "nearest": _grey(experiment.learnt[nearest, channel]),
        "apart": float(differences[nearest].sqrt()),
        "channel": names[channel],
    }


def _need(experiment: Any) -> SlicesVaeExperiment:
    from ELMEDPlaygroundLib.generative.slices.experiment import SlicesVaeExperiment

    if not isinstance(experiment, SlicesVaeExperiment):
        raise ViewError(
            "This view is for the slices of a scan.",
            "Choose 'Slices of the open scan' on the page Generate, and press 'Walk'.",
        )
    return experiment


def _point(value: object, extent: float) -> tuple[float, float]:
    if value is None:
        return 0.0, 0.0
    numbers = checked.items(value, "the point", 2)
    if len(numbers) != 2:  # noqa: PLR2004 - x and y
        raise ViewError("A point of the plane has two numbers.", "Give x and y.")
    x, y = (checked.number(number, "a number of the point", -1e6, 1e6) for number in numbers)
    return min(max(x, -extent), extent), min(max(y, -extent), extent)


def _grey(pictures: Any) -> np.ndarray:
    grey: np.ndarray = (255.0 * pictures).round().clamp(0, 255).numpy().astype(np.uint8)
    return grey

"""Which classes are taken for which, and the worst mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundLib.views.inside import (
    affordable,
    as_pictures,
    image_indices,
    probabilities_of,
)
from ELMEDPlaygroundLib.views.layer_outputs import logits_of

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_PICTURES = 24


def confusion(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Count which class is taken for which.

    Args:
        experiment: an `Experiment`.
        options: `part` ("test" or "train"), `cell` ([true, predicted]: its images are wanted),
            `everything` (look at all images, however long it takes).

    Returns:
        `counts` (true, predicted), `shares` of the row's images, `accuracy`, `looked_at` of `of`
        images, and of the cell `pictures`, `images` (their indices) and `confidences`.
    """
    indices, logits = _answers(experiment, options)
    targets, classes = experiment.data.targets[indices], len(experiment.data.classes)
    predicted = logits.argmax(axis=1)
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (targets, predicted), 1)
    answer = {
        "classes": list(experiment.data.classes),
        "part": options.get("part", "test"),
        "counts": counts,
        "shares": counts / np.maximum(counts.sum(axis=1, keepdims=True), 1),
        "accuracy": float((predicted == targets).mean()),
        "looked_at": len(indices),
        "of": len(getattr(experiment.data, options.get("part", "test"))),
        "cell": None,
    }
    cell = options.get("cell")
    if cell is not None:
        inside = np.flatnonzero((targets == cell[0]) & (predicted == cell[1]))
        confidence = probabilities_of(logits[inside]).max(axis=1) if len(inside) else np.zeros(0)
        order = np.argsort(-confidence, kind="stable")[:MOST_PICTURES]
        answer |= {"cell": [int(cell[0]), int(cell[1])], "in_cell": len(inside)}
        answer |= _gallery(experiment, indices[inside][order], confidence[order])
    return answer


def mistakes(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the images that are wrong with the greatest confidence, the worst first.

    Args:
        experiment: an `Experiment`.
        options: `part` ("test" or "train"), `count` (how many), `everything` as above.

    Returns:
        `pictures`, `images` (their indices), `truth`, `predicted`, `confidences` (the softmax of
        the predicted class), `given_to_truth` (that of the true one), `wrong` of `looked_at`.
    """
    indices, logits = _answers(experiment, options)
    targets, predicted = experiment.data.targets[indices], logits.argmax(axis=1)
    wrong = np.flatnonzero(predicted != targets)
    probabilities = probabilities_of(logits[wrong]) if len(wrong) else np.zeros((0, 1))
    confidence = probabilities.max(axis=1)
    count = min(int(options.get("count", 12)), MOST_PICTURES)
    order = np.argsort(-confidence, kind="stable")[:count]
    worst = wrong[order]
    return {
        "classes": list(experiment.data.classes),
        "part": options.get("part", "test"),
        "truth": targets[worst],
        "predicted": predicted[worst],
        "given_to_truth": probabilities[order, targets[worst]].astype(np.float32),
        "wrong": len(wrong),
        "looked_at": len(indices),
        **_gallery(experiment, indices[worst], confidence[order]),
    }


def _answers(experiment: Any, options: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    most = None if options.get("everything") else affordable(experiment)
    indices = image_indices(experiment, options.get("part", "test"), most)
    return indices, logits_of(experiment, experiment.data.inputs[indices])


def _gallery(experiment: Any, indices: np.ndarray, confidences: np.ndarray) -> dict[str, Any]:
    return {
        "pictures": as_pictures(experiment.data.inputs[indices])
        if len(indices)
        else np.zeros((0, 1, 1), np.uint8),
        "images": indices,
        "confidences": confidences.astype(np.float32),
    }

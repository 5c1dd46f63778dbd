"""How good the representation of each layer is: what a straight cut through it can tell apart.

A linear probe (Alain and Bengio 2016, arXiv:1610.01644) is fitted to what a layer gives for the
training examples, and judged on those held out. Where it is good, what comes after the layer has
little left to do.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundLib.views.inside import undisturbed

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_EXAMPLES = 400
RIDGE = 1e-3
"""Weight of the penalty, as a share of the number of examples."""

CHEAP_S = 0.005
"""A probe that takes no longer is fitted for every frame."""

REST = 10.0
"""Others are fitted anew when so many times their own duration has passed."""

_latest: dict[str, Any] = {"experiment": None, "until": 0.0, "asked_at": None, "answer": None}


def linear_probe(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """Return how many of the examples held out a linear probe gets right, layer by layer.

    While a large network trains, a frame may get the answer of an earlier step, so that looking
    does not hold up the training; a network that rests or has stopped gets its own.

    Returns:
        `layers` (names, "input" first), `accuracy` and `train_accuracy` (a share for each),
        `neurons` of each, `guessing`: the share of the commonest class, and `step`: when the probe
        was fitted.
    """
    kept = _latest["experiment"] is experiment.weights
    # Who has begun anew wants nothing of what was learnt before.
    kept = kept and _latest["answer"]["step"] <= experiment.step
    rests = _latest["asked_at"] == experiment.step or experiment.stopped is not None
    _latest["asked_at"] = experiment.step
    if kept and not rests and time.perf_counter() < _latest["until"]:
        return dict(_latest["answer"])
    started = time.perf_counter()
    answer = {**_judged(experiment), "step": experiment.step}
    took = time.perf_counter() - started
    rest = REST * took if took > CHEAP_S else 0.0
    _latest.update(experiment=experiment.weights, until=started + took + rest, answer=answer)
    return dict(answer)


def _judged(experiment: Any) -> dict[str, Any]:
    data = experiment.data
    train, test = (_some(part) for part in (data.train, data.test))
    with undisturbed(experiment.network):
        answers = experiment.activations(data.inputs[np.concatenate([train, test])])
    answers = {"input": data.inputs[np.concatenate([train, test])], **answers}
    accuracy, on_train, neurons = [], [], []
    for values in answers.values():
        flat = values.reshape(len(values), -1).astype(np.float64)
        said = _fitted(flat[: len(train)], data.targets[train], len(data.classes), flat)
        right = said == np.concatenate([data.targets[train], data.targets[test]])
        on_train.append(float(right[: len(train)].mean()))
        accuracy.append(float(right[len(train) :].mean()))
        neurons.append(flat.shape[1])
    counts = np.bincount(data.targets[test])
    return {
        "layers": list(answers),
        "accuracy": accuracy,
        "train_accuracy": on_train,
        "neurons": neurons,
        "guessing": float(counts.max() / counts.sum()),
    }


def _some(indices: np.ndarray) -> np.ndarray:
    if len(indices) <= MOST_EXAMPLES:
        return indices
    return indices[np.linspace(0, len(indices) - 1, MOST_EXAMPLES).astype(int)]


def _fitted(seen: np.ndarray, targets: np.ndarray, classes: int, asked: np.ndarray) -> np.ndarray:
    """Return the classes that ridge regression on one-hot targets gives for `asked`."""
    mean, spread = seen.mean(axis=0), seen.std(axis=0)
    scale = np.where(spread > 1e-9, spread, 1.0)  # noqa: PLR2004 - silent neurons stay silent
    x, z = (seen - mean) / scale, (asked - mean) / scale
    wanted = np.eye(classes)[targets]
    offset = wanted.mean(axis=0)
    count, width = x.shape
    penalty = RIDGE * count
    if width <= count:
        weights = np.linalg.solve(x.T @ x + penalty * np.eye(width), x.T @ (wanted - offset))
    else:  # the dual form: as many equations as examples
        weights = x.T @ np.linalg.solve(x @ x.T + penalty * np.eye(count), wanted - offset)
    said: np.ndarray = (z @ weights + offset).argmax(axis=1)
    return said

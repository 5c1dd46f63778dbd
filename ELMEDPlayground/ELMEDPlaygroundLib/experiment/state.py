"""The whole state of an experiment as JSON, and back: training goes on exactly as it would have.

A state comes from a file or a scene that somebody else may have made. It holds plain data alone:
nothing in it is ever run, and everything is checked against the network that the spec describes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.arrays import decode_array, encode
from ELMEDPlaygroundLib.experiment.experiment import MOST_CHANGES, Experiment
from ELMEDPlaygroundLib.experiment.settings import changed, settings_from

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = "elmed-playground-experiment"
VERSION = 1
KEYS = (
    "format", "version", "spec", "settings", "step", "epoch", "position", "every",
    "weights", "moments", "optimiser_steps", "history", "changes", "stopped", "explanation",
)  # fmt: skip
ROW = ("step", "epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy")
MOST_ROWS = 20_000
MOST_STEPS = 2**40
REASONS = ("steps", "accuracy", "loss", "patience", "diverged")
ADVICE = "The file was damaged or changed; save the experiment again, or begin anew."


def save(experiment: Experiment) -> dict[str, Any]:
    """Return the state of an experiment, ready for JSON."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "spec": encode(experiment.spec),
        "settings": experiment.settings.as_json(),
        "step": experiment.step,
        "epoch": experiment.order.epoch,
        "position": experiment.order.position,
        "every": experiment.every,
        "weights": encode(experiment.lasting_weights()),
        "moments": [encode(moment.numpy()) for moment in experiment.optimiser.moments],
        "optimiser_steps": experiment.optimiser.steps,
        "history": [dict(row) for row in experiment.history],
        "changes": [[step, dict(values)] for step, values in experiment.changes],
        "stopped": experiment.stopped,
        "explanation": experiment.explanation,
    }


def load(state: object) -> Experiment:
    """Return the experiment of a state, which goes on exactly as it would have.

    Raises:
        InputError: it is no such state, or was damaged; nothing is half loaded.
        MissingPackageError: a package that the data come with is not installed.
    """
    values = checked.mapping(state, "the saved experiment")
    if values.get("format") != FORMAT or values.get("version") != VERSION:
        raise InputError(
            "This is no saved experiment of this version.",
            "Choose a file that was saved by the playground.",
        )
    checked.known(values, KEYS, "a saved experiment")
    for name in KEYS:
        if name not in values:
            raise InputError(f"The saved experiment lacks '{name}'.", ADVICE)
    experiment = Experiment(values["spec"])
    experiment.settings = _settings(experiment, values["settings"])
    experiment.every = checked.whole(values["every"], "'every'", 1, 10**6)
    experiment.step = checked.whole(values["step"], "'step'", 0, MOST_STEPS)
    _place(experiment, values)
    experiment.history = _history(values["history"])
    experiment.changes = _changes(experiment, values["changes"])
    experiment.weights.set(_weights(experiment, values["weights"]))
    _optimiser(experiment, values)
    experiment.weights.remember()
    if values["stopped"] is not None:
        experiment.stopped = checked.choice(values["stopped"], "'stopped'", REASONS)
        if isinstance(values["explanation"], str):
            experiment.explanation = values["explanation"][:1000]
    return experiment


def _settings(experiment: Experiment, values: object) -> Any:
    settings = settings_from(values)
    fixed = ("optimiser", "loss", "seed")
    if any(getattr(settings, name) != getattr(experiment.settings, name) for name in fixed):
        raise InputError("The settings of the saved experiment contradict its spec.", ADVICE)
    experiment.check_batch(settings)
    return settings


def _place(experiment: Experiment, values: Mapping[str, Any]) -> None:
    examples = len(experiment.data.train)
    experiment.order.epoch = checked.whole(values["epoch"], "'epoch'", 0, MOST_STEPS)
    experiment.order.position = checked.whole(values["position"], "'position'", 0, examples - 1)


def _history(rows: object) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = []
    for row in checked.items(rows, "the history", MOST_ROWS):
        values = checked.mapping(row, "a row of the history")
        checked.known(values, ROW, "a row of the history")
        if len(values) != len(ROW):
            raise InputError("A row of the history is not whole.", ADVICE)
        numbers = {name: checked.number(values[name], f"'{name}'", 0.0, 1e12) for name in ROW}
        step = checked.whole(values["step"], "'step'", 0, MOST_STEPS)
        result.append({**numbers, "step": step})
    if not result:
        raise InputError("The history is empty.", ADVICE)
    return result


def _changes(experiment: Experiment, rows: object) -> list[tuple[int, dict[str, Any]]]:
    result = []
    for row in checked.items(rows, "the list of changes", MOST_CHANGES):
        if not isinstance(row, (list, tuple)) or len(row) != 2:  # noqa: PLR2004 - step and values
            raise InputError("A change on the run cannot be read.", ADVICE)
        changed(experiment.settings, row[1])
        result.append((checked.whole(row[0], "the step of a change", 0, MOST_STEPS), dict(row[1])))
    return result


def _weights(experiment: Experiment, values: object) -> dict[str, np.ndarray]:
    given = checked.mapping(values, "the weights")
    wanted = experiment.weights.get()
    if set(given) != set(wanted):
        raise InputError("The weights are not those of the network.", ADVICE)
    return {name: _array(given[name], array, name) for name, array in wanted.items()}


def _optimiser(experiment: Experiment, values: Mapping[str, Any]) -> None:
    import torch

    optimiser = experiment.optimiser
    optimiser.steps = checked.whole(values["optimiser_steps"], "'optimiser_steps'", 0, MOST_STEPS)
    given = checked.items(values["moments"], "the optimiser's memory", len(optimiser.moments))
    if len(given) != len(optimiser.moments):
        raise InputError("The optimiser's memory is not whole.", ADVICE)
    optimiser.moments = [
        torch.from_numpy(_array(array, moment.numpy(), "the optimiser's memory"))
        for array, moment in zip(given, optimiser.moments, strict=True)
    ]


def _array(value: object, like: np.ndarray, name: str) -> np.ndarray:
    array = decode_array(checked.mapping(value, f"'{name}'"))
    if array.shape != like.shape or array.dtype != like.dtype or not np.isfinite(array).all():
        raise InputError(f"'{name}' does not fit the network.", ADVICE)
    return array

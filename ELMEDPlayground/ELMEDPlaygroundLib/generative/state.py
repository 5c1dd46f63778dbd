"""The state of a generator as JSON, and back: training goes on exactly as it would have.

As with other experiments, nothing in a state is ever run, and everything is checked against the
network that the description makes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.arrays import decode_array, encode
from ELMEDPlaygroundLib.generative.models import begin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundLib.generative.experiment import GenerativeExperiment

FORMAT = "elmed-playground-generator"
VERSION = 2
ROWS = ("weights", "average", "mean", "square")
"""Rows of numbers as long as the network's weights: these, their average, Adam's memory."""

KEYS = (
    "format", "version", "spec", "settings", "step", "losses", "history", "optimiser_steps", *ROWS,
)  # fmt: skip
MOST_ROWS, MOST_LOSSES = 200_000, 10_000
MOST_STEPS = 2**40
LARGEST = 1e30
ADVICE = "The file was damaged or changed; save the experiment again, or begin anew."


def save(experiment: GenerativeExperiment) -> dict[str, Any]:
    """Return the state of a generator, ready for JSON."""
    rows = (experiment.weights.values, experiment.average, *experiment.moments())
    return {
        "format": FORMAT,
        "version": VERSION,
        "spec": experiment.spec["generate"],
        "settings": experiment.settings.as_json(),
        "step": experiment.step,
        "losses": {name: list(values) for name, values in experiment.losses.items()},
        "history": [dict(row) for row in experiment.history],
        "optimiser_steps": [optimiser.steps for _, optimiser in experiment.optimisers],
        **{name: encode(row.numpy()) for name, row in zip(ROWS, rows, strict=True)},
    }


def is_state(saved: object) -> bool:
    """Tell whether something is the state of a generator, sound or not."""
    return isinstance(saved, dict) and saved.get("format") == FORMAT


def load(state: object) -> GenerativeExperiment:
    """Return the generator of a state.

    Raises:
        InputError: it is no such state, or was damaged; nothing is half loaded.
    """
    values = checked.mapping(state, "the saved generator")
    if values.get("format") != FORMAT or values.get("version") != VERSION:
        raise InputError(
            "This is no saved generator of this version.",
            "Choose a file that was saved by the playground.",
        )
    checked.known(values, KEYS, "a saved generator")
    missing = [name for name in KEYS if name not in values]
    if missing:
        raise InputError(f"The saved generator lacks '{missing[0]}'.", ADVICE)
    experiment = begin(values["spec"])
    settings = checked.mapping(values["settings"], "the settings")
    experiment.change({name: settings.get(name) for name in experiment.Settings.LIVE})
    step = checked.whole(values["step"], "'step'", 0, MOST_STEPS)
    rows = {name: _row(experiment, values, name) for name in ROWS}
    history = _history(experiment, values["history"])
    experiment.losses = _losses(experiment, values["losses"])
    _set_optimisers(experiment, values["optimiser_steps"], rows)
    experiment.step, experiment.history = step, history
    experiment.weights.values.copy_(rows["weights"])
    experiment.average.copy_(rows["average"])
    experiment.weights.remember()
    return experiment


def _set_optimisers(
    experiment: GenerativeExperiment, steps: object, rows: Mapping[str, Any]
) -> None:
    counts = checked.items(steps, "the list of steps", len(experiment.optimisers))
    if len(counts) != len(experiment.optimisers):
        raise InputError("The steps of an optimiser are missing.", ADVICE)
    for (part, optimiser), count in zip(experiment.optimisers, counts, strict=True):
        optimiser.steps = checked.whole(count, "the steps of an optimiser", 0, MOST_STEPS)
        for place, name in zip(optimiser.moments, ("mean", "square"), strict=True):
            place.copy_(rows[name][part])


def _row(experiment: GenerativeExperiment, values: Mapping[str, Any], name: str) -> Any:
    import torch

    array = decode_array(checked.mapping(values[name], f"'{name}'"))
    wanted = experiment.weights.values.numpy()
    fits = array.shape == wanted.shape and array.dtype == wanted.dtype
    if not fits or not np.isfinite(array).all():
        raise InputError(f"'{name}' does not fit the network.", ADVICE)
    return torch.from_numpy(array)


def _losses(experiment: GenerativeExperiment, losses: object) -> dict[str, list[float]]:
    values = checked.mapping(losses, "the losses")
    if set(values) != set(experiment.LOSSES):
        raise InputError("The losses are not those of this generator.", ADVICE)
    return {
        name: [_number(loss, "a loss") for loss in checked.items(own, "a list", MOST_LOSSES)]
        for name, own in values.items()
    }


def _history(experiment: GenerativeExperiment, rows: object) -> list[dict[str, Any]]:
    losses, wholes = experiment.LOSSES, ("step", *experiment.WHOLE)
    wanted = ("step", "epoch", *losses, *experiment.MEASURES)
    result = []
    for row in checked.items(rows, "the history", MOST_ROWS):
        values = checked.mapping(row, "a row of the history")
        if set(values) != set(wanted):
            raise InputError("A row of the history is not whole.", ADVICE)
        numbers = {
            name: None
            if name in losses and values[name] is None
            else _number(values[name], f"'{name}'")
            for name in wanted
        }
        whole = {name: checked.whole(values[name], f"'{name}'", 0, MOST_STEPS) for name in wholes}
        result.append({**numbers, **whole})
    if not result:
        raise InputError("The history is empty.", ADVICE)
    return result


def _number(value: object, what: str) -> float:
    return checked.number(value, what, -LARGEST, LARGEST)

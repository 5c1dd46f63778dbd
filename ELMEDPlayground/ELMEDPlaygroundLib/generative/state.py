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
from ELMEDPlaygroundLib.generative.experiment import GenerativeExperiment

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = "elmed-playground-generator"
VERSION = 1
ROWS = ("weights", "average", "mean", "square")
"""Rows of numbers as long as the network's weights: these, their average, Adam's memory."""

KEYS = ("format", "version", "spec", "settings", "step", "losses", "history", *ROWS)
ROW = ("step", "epoch", "loss", "energy", "energy_noise", "modes")
MOST_ROWS, MOST_LOSSES = 200_000, 10_000
MOST_STEPS = 2**40
ADVICE = "The file was damaged or changed; save the experiment again, or begin anew."


def save(experiment: GenerativeExperiment) -> dict[str, Any]:
    """Return the state of a generator, ready for JSON."""
    mean, square = experiment.optimiser.moments
    return {
        "format": FORMAT,
        "version": VERSION,
        "spec": experiment.spec["generate"],
        "settings": experiment.settings.as_json(),
        "step": experiment.step,
        "losses": list(experiment.losses),
        "history": [dict(row) for row in experiment.history],
        "weights": encode(experiment.weights.values.numpy()),
        "average": encode(experiment.average.numpy()),
        "mean": encode(mean.numpy()),
        "square": encode(square.numpy()),
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
    experiment = GenerativeExperiment(values["spec"])
    settings = checked.mapping(values["settings"], "the settings")
    live = {name: settings.get(name) for name in ("learning_rate", "batch")}
    experiment.change(live)
    step = checked.whole(values["step"], "'step'", 0, MOST_STEPS)
    rows = {name: _row(experiment, values, name) for name in ROWS}
    history = _history(values["history"])
    losses = checked.items(values["losses"], "the losses", MOST_LOSSES)
    experiment.losses = [checked.number(loss, "a loss", 0.0, 1e30) for loss in losses]
    experiment.step, experiment.optimiser.steps, experiment.history = step, step, history
    moments = experiment.optimiser.moments
    places = (experiment.weights.values, experiment.average, *moments)
    for place, name in zip(places, ROWS, strict=True):
        place.copy_(rows[name])
    experiment.weights.remember()
    return experiment


def _row(experiment: GenerativeExperiment, values: Mapping[str, Any], name: str) -> Any:
    import torch

    array = decode_array(checked.mapping(values[name], f"'{name}'"))
    wanted = experiment.weights.values.numpy()
    fits = array.shape == wanted.shape and array.dtype == wanted.dtype
    if not fits or not np.isfinite(array).all():
        raise InputError(f"'{name}' does not fit the network.", ADVICE)
    return torch.from_numpy(array)


def _history(rows: object) -> list[dict[str, Any]]:
    result = []
    for row in checked.items(rows, "the history", MOST_ROWS):
        values = checked.mapping(row, "a row of the history")
        if set(values) != set(ROW):
            raise InputError("A row of the history is not whole.", ADVICE)
        numbers = {
            name: None
            if name == "loss" and values[name] is None
            else checked.number(values[name], f"'{name}'", 0.0, 1e30)
            for name in ROW
        }
        whole = {name: checked.whole(values[name], f"'{name}'", 0, MOST_STEPS) for name in _WHOLE}
        result.append({**numbers, **whole})
    if not result:
        raise InputError("The history is empty.", ADVICE)
    return result


_WHOLE = ("step", "modes")

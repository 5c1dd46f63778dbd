"""An experiment as a script for PyTorch that runs alone, and gives the same curve.

The script needs numpy and torch, and nothing of this project: it carries the data, compressed, and
writes out what is done here, in the words of torch's own tutorials.
"""

from __future__ import annotations

import base64
import io
import json
import textwrap
from typing import TYPE_CHECKING

import numpy as np

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib.experiment.chance import PURPOSES
from ELMEDPlaygroundLib.experiment.rows import DENSE_UNTIL
from ELMEDPlaygroundLib.experiment.script_text import LOSSES, OPTIMISERS, TEMPLATE
from ELMEDPlaygroundLib.experiment.settings import settings_from
from ELMEDPlaygroundLib.networks.design import OUTPUT
from ELMEDPlaygroundLib.networks.initialise import weight_shapes
from ELMEDPlaygroundLib.networks.layers import (
    Convolution,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling,
    Layer,
    Normalisation,
    Pooling,
)

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.experiment.experiment import Experiment

MOST_BYTES = 64 * 2**20
FEWEST_STEPS = 1000
"""The script of an experiment that was not trained yet makes so many steps."""

ACTIVATIONS = {
    "linear": "",
    "relu": "nn.ReLU()",
    "leaky_relu": "nn.LeakyReLU()",
    "tanh": "nn.Tanh()",
    "sigmoid": "nn.Sigmoid()",
    "gelu": "nn.GELU()",
}


def script_of(experiment: Experiment) -> str:
    """Return the script, Python source.

    It begins with the same weights, takes the same batches, makes the same changes of settings at
    the same steps, and prints the same rows of loss and accuracy, up to the step that the
    experiment has reached.

    Raises:
        InputError: the data are too large to be put into a script, or the training has diverged and
            gone on, which the script's few lines do not do.
    """
    if 0 < experiment.optimiser.steps < experiment.step:
        raise InputError(
            "This training has diverged and was taken back, which a script cannot do again.",
            "Begin anew with the learning rate that was right, and export that.",
        )
    # As they were at the beginning: what was changed on the run is in `changes`.
    settings = settings_from(experiment.spec["settings"]).as_json()
    return TEMPLATE.format(
        layers=textwrap.indent("\n".join(_layers(experiment)), "    "),
        weights=json.dumps([[n, list(s), g] for n, (s, g) in weight_shapes_of(experiment)]),
        classes=ascii([str(name) for name in experiment.data.classes]),
        seed=experiment.settings.seed,
        batch=settings["batch"],
        learning_rate=settings["learning_rate"],
        weight_decay=settings["weight_decay"],
        changes=json.dumps([[step, values] for step, values in experiment.changes]),
        steps=experiment.step or experiment.settings.stop.steps or FEWEST_STEPS,
        every=experiment.every,
        dense_until=DENSE_UNTIL,
        fewest=experiment.order.fewest,
        output=OUTPUT,
        loss=LOSSES[experiment.settings.loss],
        optimiser=OPTIMISERS[experiment.settings.optimiser],
        purposes=json.dumps(PURPOSES),
        data=_data(experiment),
    )


def weight_shapes_of(experiment: Experiment) -> list[tuple[str, tuple[tuple[int, ...], float]]]:
    """Return name, shape and gain of each layer with weights."""
    return list(weight_shapes(experiment.design).items())


def _layers(experiment: Experiment) -> list[str]:
    """Return the lines of the network: name and module."""
    design = experiment.design
    before = design.input_shape
    lines = []
    for layer, row in zip(design.layers, design.summary(), strict=False):
        lines.append(f'("{row.name}", {_module(layer, before)}),')
        activation = ACTIVATIONS[getattr(layer, "activation", "linear")]
        if activation:
            lines.append(f'("{row.name}_activation", {activation}),')
        before = row.shape
    lines.append(f'("{OUTPUT}", nn.Linear({before[0]}, {design.classes})),')
    return lines


def _module(layer: Layer, before: tuple[int, ...]) -> str:
    inputs, dimension = before[0], "2d" if len(before) > 1 else "1d"
    text = ""
    if isinstance(layer, Dense):
        text = f"nn.Linear({inputs}, {layer.neurons})"
    elif isinstance(layer, Convolution):
        sizes = f"{layer.kernel}, stride={layer.stride}, padding={layer.padding}"
        text = f"nn.Conv2d({inputs}, {layer.filters}, {sizes})"
    elif isinstance(layer, Pooling):
        text = f"nn.{'Max' if layer.mode == 'max' else 'Avg'}Pool2d({layer.size})"
    elif isinstance(layer, GlobalPooling):
        text = f'GlobalPool("{layer.mode}")'
    elif isinstance(layer, Dropout):
        text = f"nn.Dropout({layer.share})"
    elif isinstance(layer, Flatten):
        text = "nn.Flatten()"
    elif isinstance(layer, Normalisation):
        batch = layer.mode == "batch"
        text = f"nn.BatchNorm{dimension}({inputs})" if batch else f"nn.GroupNorm(1, {inputs})"
    return text


def _data(experiment: Experiment) -> str:
    """Return the data as lines of base64: a compressed .npz."""
    data = experiment.data
    arrays = {"inputs": data.inputs, "targets": data.targets, "train": data.train}
    shown = dict(zip(("train_shown", "test_shown"), experiment.looked_at, strict=True))
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays, **shown)  # type: ignore[arg-type]
    if stream.tell() > MOST_BYTES:
        raise InputError(
            f"The data have more than {MOST_BYTES // 2**20} MiB: too much for a script.",
            "Take fewer examples.",
        )
    text = base64.b64encode(stream.getvalue()).decode("ascii")
    return "\n".join(textwrap.wrap(text, 100))

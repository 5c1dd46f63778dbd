"""Shift the image, and see what each layer does.

A layer is equivariant when its answer moves with the image: layer(shift(x)) = shift(layer(x)).
It is invariant when its answer stays: layer(shift(x)) = layer(x). A convolution is the first and
not the second; pooling over the whole image makes the second out of the first. (Lenc, Vedaldi
2015, Understanding image representations by measuring their equivariance and equivalence, CVPR,
doi:10.1109/CVPR.2015.7298701.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundLib.views.inside import (
    affordable,
    as_pictures,
    chosen_image,
    described,
    image_indices,
    probabilities_of,
)
from ELMEDPlaygroundLib.views.layer_outputs import layer_outputs, layer_rows, logits_of
from ELMEDPlaygroundLib.views.shifting import equivariance_error, invariance, shifted, stayed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundLib.views.layer_outputs import LayerRow

REACH = 3
"""Shifts up to so many pixels in each direction are tried for the table of predictions."""

MOST_REACH = 8
FEWEST_TRIED, MOST_TRIED = 40, 200
MAP_AXES = 3


def shift(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a shift of the image changes, in every layer and in the prediction.

    Args:
        experiment: an `Experiment`.
        options: `image` (index), `down` and `right` (pixels), `reach` (of the table, in pixels).

    Returns:
        What `described` says of the unmoved image; `down`, `right`, `moved_picture`,
        `moved_predicted`, `moved_probabilities`; `layers`, a list as `_layer` tells; `reach`,
        `table_predicted` and `table_probability` (of the true class), both (down, right) from
        -reach to reach; `accuracy` and `moved_accuracy` of some test images.
    """
    index = chosen_image(experiment, options)
    down, right = (int(np.clip(options.get(k, 0), -64, 64)) for k in ("down", "right"))
    image = experiment.data.inputs[index : index + 1]
    both = np.concatenate([image, shifted(image, down, right)])
    outputs = layer_outputs(experiment, both)
    probabilities = probabilities_of(outputs["logits"])
    about = described(experiment, index, probabilities[0])
    rows = {row.name: row for row in layer_rows(experiment)}
    return {
        **about,
        "down": down,
        "right": right,
        "moved_picture": as_pictures(both[1:])[0],
        "moved_predicted": int(probabilities[1].argmax()),
        "moved_probabilities": probabilities[1].astype(np.float32),
        "layers": [_layer(rows[name], maps, down, right) for name, maps in outputs.items()],
        **_table(experiment, image, about["truth"], int(options.get("reach", REACH))),
        **_accuracies(experiment, down, right),
    }


def _layer(row: LayerRow, answers: np.ndarray, down: int, right: int) -> dict[str, Any]:
    """Return what one layer does.

    Returns:
        `name`, `kind`, `invariance` (cosine similarity), `equivariance` (error away from the
        edges, None where a layer has no maps), `equivariance_with_edges`; and of the channel that
        answers most `channel`, `after` = layer(shift(x)), `moved` = shift(layer(x)), both (y, x),
        and where they are `compared` (y, x): not where something came in from outside.
    """
    before, after = answers
    told = {
        "name": row.name,
        "kind": row.kind,
        "invariance": invariance(before, after),
        "equivariance": None,
        "equivariance_with_edges": None,
    }
    if before.ndim != MAP_AXES or before.shape[1:] == (1, 1):
        return told
    by = (down / row.step, right / row.step)
    moved = shifted(before, *by)
    whole = equivariance_error(after, moved, stayed(before.shape, *by))
    inner = equivariance_error(after, moved, stayed(before.shape, *by, row.edge))
    channel = int(np.argmax(np.abs(before).sum(axis=(1, 2))))
    return told | {
        "equivariance": _number(whole if np.isnan(inner) else inner),
        "equivariance_with_edges": _number(whole),
        "channel": channel,
        "before": before[channel],
        "after": after[channel],
        "moved": moved[channel],
        "compared": stayed(before.shape, *by),
    }


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value


def _table(experiment: Any, image: np.ndarray, truth: int, reach: int) -> dict[str, Any]:
    """Predict the image at every shift up to `reach` pixels."""
    reach = int(np.clip(reach, 0, MOST_REACH))
    steps = range(-reach, reach + 1)
    moved = np.concatenate([shifted(image, down, right) for down in steps for right in steps])
    probabilities = probabilities_of(logits_of(experiment, moved))
    shape = (len(steps), len(steps))
    return {
        "reach": reach,
        "table_predicted": probabilities.argmax(axis=1).reshape(shape),
        "table_probability": probabilities[:, truth].reshape(shape).astype(np.float32),
    }


def _accuracies(experiment: Any, down: int, right: int) -> dict[str, Any]:
    """Return the share of test images that are right, unmoved and moved."""
    most = min(affordable(experiment, FEWEST_TRIED), MOST_TRIED)
    indices = image_indices(experiment, "test", most)
    images, targets = experiment.data.inputs[indices], experiment.data.targets[indices]
    plain = logits_of(experiment, images).argmax(axis=1)
    moved = logits_of(experiment, shifted(images, down, right)).argmax(axis=1)
    return {
        "accuracy": float((plain == targets).mean()),
        "moved_accuracy": float((moved == targets).mean()),
        "tried": len(indices),
    }

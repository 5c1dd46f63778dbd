"""Where a layer puts the examples, and what it makes of a straight grid laid over the plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundLib.views.inside import ViewError, undisturbed
from ELMEDPlaygroundLib.views.plane import RESOLUTION, plane_of, shown_points

if TYPE_CHECKING:
    from collections.abc import Mapping

EVERY = 9
"""Of the grid's 100 lines each way, every ninth is drawn: 12 lines."""

STRIDE = 3
MOST_IMAGES = 400

_axes: dict[tuple[int, str], np.ndarray] = {}


def hidden_space(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the examples as a layer sees them, in two dimensions, and the warped plane.

    Layers with more than two neurons are looked at along their first two principal components.

    Args:
        experiment: an `Experiment`.
        options: `layer`: a name; the last hidden layer without.

    Returns:
        `layer`, `layers` (names to choose from), `neurons`, `is_projection`, `explained` (share of
        the variance that is seen), `points` (n, 2), `targets`, `is_test`, `classes`, and for points
        `across` and `down`: the grid's lines, float32 (line, point, 2).

    Raises:
        ViewError: there is no such layer.
    """
    shown, answers = looked_into(experiment, MOST_IMAGES)
    name = options.get("layer") or list(answers)[-2]
    if name not in answers:
        raise ViewError(f"There is no layer '{name}'.", f"Choose {', '.join(answers)}.")
    return {
        **space_of(experiment, name, answers[name]),
        "layers": list(answers),
        "targets": shown["targets"],
        "is_test": shown["is_test"],
        "classes": list(experiment.data.classes),
    }


def looked_into(
    experiment: Any, most_images: int
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the examples to draw, and what each layer makes of them ("input": themselves)."""
    shown = shown_points(experiment)
    if len(experiment.data.input_shape) > 1 and len(shown["targets"]) > most_images:
        kept = np.linspace(0, len(shown["targets"]) - 1, most_images).astype(int)
        shown = {name: values[kept] for name, values in shown.items()}
    with undisturbed(experiment.network):
        answers = experiment.activations(shown["points"])
    return shown, {"input": shown["points"], **answers}


def space_of(experiment: Any, name: str, values: np.ndarray) -> dict[str, Any]:
    """Return where one layer puts the examples, and how it bends the grid.

    Args:
        experiment: an `Experiment`.
        name: of the layer.
        values: what the layer makes of the examples, `(n, ...)`.

    Returns:
        `layer`, `neurons`, `is_projection`, `explained`, `points`, and for points `across` and
        `down`, as `hidden_space` describes them.
    """
    flat = values.reshape(len(values), -1).astype(np.float64)
    centre, axes, explained = _axes_of(experiment, name, flat)
    found = {
        "layer": name,
        "neurons": flat.shape[1],
        "is_projection": flat.shape[1] > 2,  # noqa: PLR2004 - two fit on the screen as they are
        "explained": explained,
        "points": ((flat - centre) @ axes).astype(np.float32),
    }
    if experiment.data.input_shape == (2,):
        found |= _warped(experiment, name, centre, axes)
    return found


def _warped(
    experiment: Any, name: str, centre: np.ndarray, axes: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the straight lines of the plane as the layer bends them."""
    plane = plane_of(experiment)
    if name == "input":
        axis = np.linspace(-plane.extent, plane.extent, RESOLUTION)
        grid = np.stack(np.meshgrid(axis, axis[::-1]), axis=-1)
    else:
        grid = plane.layers[name]
    across = (grid[::EVERY, ::STRIDE].astype(np.float64) - centre) @ axes
    down = (grid[::STRIDE, ::EVERY].astype(np.float64) - centre) @ axes
    return {
        "across": across.astype(np.float32),
        "down": down.transpose(1, 0, 2).astype(np.float32),
    }


def _axes_of(
    experiment: Any, name: str, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return centre (d,), axes (d, 2) and the share of the variance that they show."""
    count = values.shape[1]
    if count <= 2:  # noqa: PLR2004 - shown as it is
        return np.zeros(count), np.eye(count, 2), 1.0
    centre = values.mean(axis=0)
    centred = values - centre
    if count > len(values):  # fewer examples than neurons: the small matrix has the same answer
        eigenvalues, vectors = np.linalg.eigh(centred @ centred.T)
        top = vectors[:, :-3:-1]
        axes = centred.T @ top / np.sqrt(np.maximum(eigenvalues[:-3:-1], 1e-12))
    else:
        eigenvalues, vectors = np.linalg.eigh(centred.T @ centred)
        axes = vectors[:, :-3:-1]
    total = max(float(eigenvalues.sum()), 1e-12)
    return centre, _steady(experiment, name, axes), float(eigenvalues[-2:].sum()) / total


def _steady(experiment: Any, name: str, axes: np.ndarray) -> np.ndarray:
    """Return axes that point the way they did in the last frame: their sign means nothing."""
    before = _axes.get((id(experiment), name))
    if before is None or before.shape != axes.shape:
        largest = np.abs(axes).argmax(axis=0)
        signs = np.sign(axes[largest, [0, 1]])
    else:
        signs = np.sign((axes * before).sum(axis=0))
    steady: np.ndarray = axes * np.where(signs == 0, 1.0, signs)
    if len(_axes) > 100:  # noqa: PLR2004 - of experiments long gone
        _axes.clear()
    _axes[(id(experiment), name)] = steady
    return steady

"""What a network makes of the plane: one forward pass over a grid serves every view of a frame.

Grids have `RESOLUTION` points a side, row 0 at the top (largest y), column 0 at the left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ELMEDPlaygroundLib.views.inside import ViewError, undisturbed

RESOLUTION = 100
LEAST_EXTENT = 1.1
"""Half the side of the square that is shown, in the units of the points."""

MOST_POINTS = 1000


@dataclass(frozen=True)
class Plane:
    """The grid and what each layer makes of it.

    Attributes:
        extent: half the side of the square that is shown.
        layers: by name, float32 `(y, x, neuron)`; "logits" last.
    """

    extent: float
    layers: dict[str, np.ndarray]


_latest: dict[str, Any] = {"key": None, "plane": None}


def need_points(experiment: Any) -> None:
    """Refuse data that are no points in the plane.

    Raises:
        ViewError: they are something else.
    """
    if experiment.data.input_shape != (2,):
        raise ViewError("This view is for points in the plane.", "Choose points as data.")


def plane_of(experiment: Any) -> Plane:
    """Return what the network makes of the plane now; the weights unchanged, the same again.

    Raises:
        ViewError: the data are no points.
    """
    need_points(experiment)
    weights = experiment.weights
    # The row of all weights counts its own changes, but not those through the network's own names.
    key = (weights, weights.replaced, weights.values._version)
    if _latest["key"] != key:
        extent = max(LEAST_EXTENT, 1.1 * float(np.abs(experiment.data.inputs).max()))
        with undisturbed(experiment.network):
            found = experiment.activations(grid_points(extent))
        layers = {
            name: values.reshape(RESOLUTION, RESOLUTION, -1) for name, values in found.items()
        }
        _latest.update(key=key, plane=Plane(extent, layers))
    plane: Plane = _latest["plane"]
    return plane


def grid_points(extent: float) -> np.ndarray:
    """Return the grid's points `(n, 2)` as float32 (x, y), row by row from the top left."""
    axis = np.linspace(-extent, extent, RESOLUTION, dtype=np.float32)
    x, y = np.meshgrid(axis, axis[::-1])
    return np.stack([x.ravel(), y.ravel()], axis=1)


def shown_points(experiment: Any) -> dict[str, np.ndarray]:
    """Return the examples to draw: `points` `(n, ...)`, `targets` and `is_test`, `(n,)` each."""
    data = experiment.data
    chosen = np.concatenate([data.train, data.test])
    is_test = np.arange(len(chosen)) >= len(data.train)
    if len(chosen) > MOST_POINTS:
        kept = np.linspace(0, len(chosen) - 1, MOST_POINTS).astype(int)
        chosen, is_test = chosen[kept], is_test[kept]
    return {
        "points": data.inputs[chosen],
        "targets": data.targets[chosen].astype(np.uint8),
        "is_test": is_test,
    }


def as_bytes(values: np.ndarray, greatest: np.ndarray | float) -> np.ndarray:
    """Return values -greatest..greatest as uint8 0..255, 128 for zero; small enough for a frame."""
    scaled = np.clip(values / np.maximum(greatest, 1e-12), -1, 1)
    return np.rint(scaled * 127 + 128).astype(np.uint8)

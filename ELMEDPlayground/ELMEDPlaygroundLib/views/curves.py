"""Loss and accuracy over the steps, on the training examples and on those held out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_ROWS = 400
NAMES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")


def curves(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """Return the history, thinned where it is long; the last row is always there.

    Returns:
        `step` int64 (row,), and float64 (row,) `train_loss`, `test_loss`, `train_accuracy`,
        `test_accuracy`; `classes`: how many there are.
    """
    history = experiment.history
    chosen = np.unique(np.linspace(0, len(history) - 1, MOST_ROWS).astype(int))
    rows = [history[index] for index in chosen]
    return {
        "step": np.array([row["step"] for row in rows], np.int64),
        **{name: np.array([row[name] for row in rows], float) for name in NAMES},
        "classes": len(experiment.data.classes),
    }

"""Shifted images break a fully connected network, and not one with global pooling."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from ELMEDPlaygroundLib.data.dataset import make_dataset  # noqa: E402
from ELMEDPlaygroundLib.experiment.experiment import Experiment  # noqa: E402 - needs torch
from ELMEDPlaygroundLib.networks.presets import PRESETS  # noqa: E402

PIXELS = 2
STEPS = 500


def drop(preset):
    """Accuracy on held-out digits, and how much of it is lost when they are shifted."""
    spec = {part: dict(PRESETS[preset][part]) for part in ("data", "network", "settings")}
    experiment = Experiment(spec)
    experiment.advance(steps=STEPS)
    still = experiment.evaluate()["test_accuracy"]
    moved = make_dataset({**spec["data"], "shift": PIXELS})
    assert np.array_equal(moved.test, experiment.data.test)
    said = experiment.activations(moved.inputs[moved.test])["logits"].argmax(axis=1)
    return still, still - float((said == moved.targets[moved.test]).mean())


def test_fully_connected_network_breaks():
    still, lost = drop("digits-dense")
    assert still >= 0.90
    assert lost >= 0.60


def test_convolutions_with_global_pooling_do_not():
    still, lost = drop("digits-conv-pool")
    assert still >= 0.90
    assert lost <= 0.05

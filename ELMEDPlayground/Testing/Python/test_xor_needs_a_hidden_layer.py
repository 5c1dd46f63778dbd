"""XOR cannot be learnt without a hidden layer, and is learnt with eight neurons in one."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from ELMEDPlaygroundLib.experiment.experiment import Experiment
from ELMEDPlaygroundLib.networks.presets import PRESETS

SEEDS = range(12)
STEPS = 600


def reached(preset):
    """Held-out accuracy after training, for twelve seeds of points, split, weights and batches."""
    accuracies = []
    for seed in SEEDS:
        spec = {part: dict(PRESETS[preset][part]) for part in ("data", "network", "settings")}
        spec["data"]["seed"] = spec["settings"]["seed"] = seed
        experiment = Experiment(spec)
        experiment.advance(steps=STEPS)
        accuracies.append(experiment.evaluate()["test_accuracy"])
    return accuracies


def test_straight_line_does_not_learn_xor():
    accuracies = reached("xor-linear")
    assert np.mean(accuracies) <= 0.60, accuracies
    assert max(accuracies) <= 0.70, accuracies


def test_eight_tanh_neurons_learn_xor():
    accuracies = reached("xor-8-tanh")
    assert min(accuracies) >= 0.97, accuracies

"""A network that is large enough learns by heart, be it sense or nonsense."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from ELMEDPlaygroundLib.experiment.experiment import Experiment

DIGITS = {"kind": "digits", "count": 600, "test_share": 0.5, "seed": 0}
NETWORK = {"layers": [{"kind": "dense", "neurons": 64, "activation": "relu"}]}
CHANCE = 0.1


def learnt(steps, **data):
    """Loss and accuracy after training on the digits."""
    experiment = Experiment(
        {
            "data": {**DIGITS, **data},
            "network": NETWORK,
            "settings": {"optimiser": "adam", "learning_rate": 0.01, "batch": 32},
        }
    )
    experiment.advance(steps=steps)
    return experiment.evaluate()


def test_thirty_digits_are_memorised_and_not_understood():
    numbers = learnt(300, limit_train=30)
    assert numbers["train_accuracy"] == 1.0
    assert numbers["train_accuracy"] - numbers["test_accuracy"] >= 0.10


def test_more_digits_close_the_gap():
    few, many = learnt(300, limit_train=30), learnt(300)
    assert many["test_accuracy"] > few["test_accuracy"] + 0.05


def test_random_labels_are_memorised_and_tell_nothing_of_others():
    numbers = learnt(1500, shuffle_labels=True)
    assert numbers["train_accuracy"] >= 0.99
    assert abs(numbers["test_accuracy"] - CHANCE) <= 0.06

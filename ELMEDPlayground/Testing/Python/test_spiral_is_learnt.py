"""The spiral is learnt in seconds, and what is learnt is a representation."""

from __future__ import annotations

import copy
import time

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from ELMEDPlaygroundLib.experiment.experiment import Experiment  # noqa: E402 - needs torch
from ELMEDPlaygroundLib.networks.presets import PRESETS  # noqa: E402
from ELMEDPlaygroundLib.views import look  # noqa: E402

SECONDS = 3.0
SEEDS = range(10)


def trained(seed):
    """The preset with a seed of its own for points, split, weights and batches, after 3 s."""
    spec = {part: copy.deepcopy(PRESETS["spiral"][part]) for part in ("data", "network")}
    spec["data"]["seed"] = seed
    spec["settings"] = {**PRESETS["spiral"]["settings"], "seed": seed}
    experiment = Experiment(spec)
    start = time.process_time()
    while time.process_time() - start < SECONDS:
        experiment.advance(steps=20)
    return experiment


@pytest.fixture(scope="module")
def runs():
    """Ten trainings on one core."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield [trained(seed) for seed in SEEDS]
    torch.set_num_threads(threads)


def test_spiral_is_learnt_in_three_seconds_of_one_core(runs):
    reached = [run.evaluate()["test_accuracy"] for run in runs]
    assert np.median(reached) >= 0.97, reached


def test_straight_cut_parts_the_last_hidden_layer_but_not_the_input(runs):
    probes = [look(run, {"probe": {}})["probe"] for run in runs]
    assert all(probe["layers"][0] == "input" for probe in probes)
    assert max(probe["accuracy"][0] for probe in probes) <= 0.70
    # The last entry is the output itself; the one before it is the last hidden layer.
    assert all(probe["layers"][-1] == "logits" for probe in probes)
    assert np.median([probe["accuracy"][-2] for probe in probes]) >= 0.95


def test_learning_is_seen_within_the_first_second():
    spec = {part: PRESETS["spiral"][part] for part in ("data", "network", "settings")}
    experiment = Experiment(spec)
    first = experiment.history[0]["train_loss"]
    start = time.process_time()
    while time.process_time() - start < 1.0:
        experiment.advance(steps=20)
    assert experiment.history[-1]["train_loss"] < 0.7 * first

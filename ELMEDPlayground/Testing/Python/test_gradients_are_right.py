"""The gradients are those of the loss, and the first loss is that of guessing."""

from __future__ import annotations

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from ELMEDPlaygroundLib.experiment.experiment import Experiment  # noqa: E402 - needs torch
from ELMEDPlaygroundLib.networks.presets import PRESETS  # noqa: E402

STEP = 1e-5
SOME = 12
IMAGES = {"kind": "digits", "count": 200, "test_share": 0.5, "seed": 0}
CONVOLUTION = {"kind": "conv", "filters": 3, "kernel": 3, "activation": "tanh"}
NETWORKS = {
    "tanh": ({"kind": "spiral"}, [{"kind": "dense", "neurons": 8, "activation": "tanh"}] * 2),
    "gelu": ({"kind": "xor"}, [{"kind": "dense", "neurons": 6, "activation": "gelu"}]),
    "sigmoid": ({"kind": "moons"}, [{"kind": "dense", "neurons": 6, "activation": "sigmoid"}]),
    "convolution": (IMAGES, [CONVOLUTION, {"kind": "pool", "mode": "average", "size": 2}]),
    "global pooling": (IMAGES, [CONVOLUTION, {"kind": "global_pool", "mode": "average"}]),
    "normalisation": (IMAGES, [CONVOLUTION, {"kind": "normalise", "mode": "layer"}]),
}


def exact_loss(experiment, values):
    """The loss of the batch that is due with other weights, all in double precision."""
    network = experiment.network
    batch = experiment.order.batch(experiment.settings.batch)
    inputs = torch.from_numpy(experiment.data.inputs[batch]).double()
    targets = torch.from_numpy(experiment.data.targets[batch])
    named, place = {}, 0
    for name, parameter in network.named_parameters():
        part = values[place : place + parameter.numel()]
        named[name] = part.reshape(parameter.shape)
        place += parameter.numel()
    logits = torch.func.functional_call(network, named, (inputs,))
    if experiment.settings.loss == "cross_entropy":
        return float(torch.nn.functional.cross_entropy(logits, targets))
    right = torch.nn.functional.one_hot(targets, logits.shape[1])
    return float((logits.softmax(1) - right).square().sum(1).mean())


@pytest.mark.parametrize("loss", ["cross_entropy", "squared_error"])
@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_equal_finite_differences(name, loss):
    data, layers = NETWORKS[name]
    experiment = Experiment(
        {"data": data, "network": {"layers": layers}, "settings": {"loss": loss, "batch": 16}}
    )
    experiment.grab_batch()
    experiment.calculate_gradients()
    found = torch.cat([p.grad.flatten() for p in experiment.network.parameters()]).double()
    weights = torch.cat([p.detach().flatten() for p in experiment.network.parameters()]).double()
    largest = float(found.abs().max())
    for place in np.random.default_rng(0).choice(len(weights), SOME, replace=False):
        beside = torch.zeros_like(weights)
        beside[place] = STEP
        rise = exact_loss(experiment, weights + beside) - exact_loss(experiment, weights - beside)
        assert abs(rise / (2.0 * STEP) - float(found[place])) <= 1e-3 * largest


def test_one_step_of_plain_descent_moves_each_weight_against_its_gradient():
    experiment = Experiment({"data": {"kind": "xor"}, "settings": {"optimiser": "sgd"}})
    experiment.calculate_gradients()
    before = experiment.weights.values.clone()
    gradient = experiment.weights.gradient.clone()
    experiment.update_weights()
    wanted = before - experiment.settings.learning_rate * gradient
    assert torch.allclose(experiment.weights.values, wanted)


@pytest.mark.parametrize("preset", PRESETS)
def test_first_loss_is_about_the_logarithm_of_the_number_of_classes(preset):
    spec = {part: PRESETS[preset][part] for part in ("data", "network", "settings")}
    experiment = Experiment(spec)
    by_chance = math.log(len(experiment.data.classes))
    assert experiment.history[0]["train_loss"] == pytest.approx(by_chance, rel=0.25)
    assert experiment.calculate_loss()["loss_by_chance"] == pytest.approx(by_chance)

"""What a network is said to be on paper is what torch makes of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from ELMEDLib.errors import InputError  # noqa: E402
from ELMEDPlaygroundLib.data.dataset import make_dataset  # noqa: E402
from ELMEDPlaygroundLib.experiment.experiment import Experiment  # noqa: E402 - needs torch
from ELMEDPlaygroundLib.networks.build import build  # noqa: E402 - needs torch
from ELMEDPlaygroundLib.networks.design import design_from  # noqa: E402
from ELMEDPlaygroundLib.networks.initialise import initial_weights  # noqa: E402
from ELMEDPlaygroundLib.networks.layers import (  # noqa: E402
    ACTIVATIONS,
    LAYER_KINDS,
    NORMALISATIONS,
    POOLINGS,
)
from ELMEDPlaygroundLib.networks.presets import PRESETS  # noqa: E402

ACTIVATION = st.sampled_from(ACTIVATIONS)
LAYER = st.one_of(
    st.builds(
        lambda neurons, activation: {
            "kind": "dense",
            "neurons": neurons,
            "activation": activation,
        },
        st.integers(1, 20),
        ACTIVATION,
    ),
    st.builds(
        lambda filters, kernel, stride, padding, activation: {
            "kind": "conv",
            "filters": filters,
            "kernel": kernel,
            "stride": stride,
            "padding": padding,
            "activation": activation,
        },
        st.integers(1, 6),
        st.integers(1, 5),
        st.integers(1, 3),
        st.integers(0, 2),
        ACTIVATION,
    ),
    st.builds(
        lambda mode, size: {"kind": "pool", "mode": mode, "size": size},
        st.sampled_from(POOLINGS),
        st.integers(2, 3),
    ),
    st.builds(lambda mode: {"kind": "global_pool", "mode": mode}, st.sampled_from(POOLINGS)),
    st.builds(lambda mode: {"kind": "normalise", "mode": mode}, st.sampled_from(NORMALISATIONS)),
    st.just({"kind": "dropout", "share": 0.2}),
    st.just({"kind": "flatten"}),
)
SHAPE = st.one_of(
    st.tuples(st.integers(1, 5)),
    st.tuples(st.integers(1, 3), st.integers(6, 14), st.integers(6, 14)),
)


@settings(max_examples=80, deadline=None)
@given(layers=st.lists(LAYER, max_size=5), shape=SHAPE, classes=st.integers(2, 10))
def test_shapes_and_parameters_are_torchs(layers, shape, classes):
    try:
        design = design_from({"layers": layers}, shape, classes)
    except InputError:
        assume(False)
    network = build(design).eval()
    rows = design.summary()
    with torch.no_grad():
        outputs = network.outputs(torch.zeros(2, *shape))
    assert [row.name for row in rows] == list(outputs)
    assert [row.shape for row in rows] == [tuple(value.shape[1:]) for value in outputs.values()]
    counted = [sum(p.numel() for p in part.parameters()) for part in network.children()]
    assert [row.parameters for row in rows] == counted
    weights = {name: tuple(value.shape) for name, value in network.named_parameters()}
    given_first = {name: value.shape for name, value in initial_weights(design, 0).items()}
    assert given_first == weights
    assert design_from(design.as_json(), shape, classes) == design


@settings(max_examples=60, deadline=None)
@given(data=st.data(), kind=st.sampled_from(sorted(set(LAYER_KINDS) - {"flatten"})))
def test_wrong_number_says_what_is_allowed(data, kind):
    numbers = {
        "dense": ["neurons"],
        "conv": ["filters", "kernel", "stride", "padding"],
        "pool": ["size"],
        "dropout": ["share"],
    }.get(kind, ["mode"])
    name = data.draw(st.sampled_from(numbers))
    wrong = data.draw(
        st.sampled_from([-1, 10**9, 2.5, "many", None, True, float("nan"), float("inf"), [1], {}])
    )
    with pytest.raises(InputError) as caught:
        design_from({"layers": [{"kind": kind, name: wrong}]}, (1, 16, 16), 2)
    assert f"'{name}' of layer 1" in str(caught.value)
    assert any(word in str(caught.value) for word in ("Give a", "Choose "))


def test_layers_that_do_not_fit_say_so():
    with pytest.raises(InputError, match="needs an image"):
        design_from({"layers": [{"kind": "conv"}]}, (2,), 2)
    with pytest.raises(InputError, match="too small"):
        design_from({"layers": [{"kind": "pool", "size": 16}]}, (1, 8, 8), 2)
    with pytest.raises(InputError, match="parameters"):
        design_from({"layers": [{"kind": "dense", "neurons": 4096}] * 4}, (4096,), 2)
    with pytest.raises(InputError, match=r"layers has 25 entries\. Give a list of at most 24"):
        design_from({"layers": [{"kind": "dense", "neurons": 4}] * 25}, (4,), 2)
    # Torch fails here, at the first batch of one example: the last of an epoch, for instance.
    for first in ({"kind": "dense", "neurons": 1}, {"kind": "conv", "filters": 1, "kernel": 8}):
        with pytest.raises(InputError, match="single number"):
            design_from({"layers": [first, {"kind": "normalise", "mode": "layer"}]}, (1, 8, 8), 2)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_fit_their_data(name):
    data = make_dataset(PRESETS[name]["data"])
    design = design_from({"preset": name}, data.input_shape, len(data.classes))
    assert not set(data.train) & set(data.test)
    assert np.isfinite(data.inputs).all()
    assert design.summary()[-1].shape == (len(data.classes),)


def test_the_lab_s_dense_preset_learns_and_its_neurons_live():
    spec = {part: PRESETS["lab-dense"][part] for part in ("data", "network", "settings")}
    experiment = Experiment(spec)
    experiment.advance(steps=400)
    hidden = experiment.activations(experiment.data.inputs[:200])["dense1"]
    assert (hidden > 0).any(axis=0).mean() >= 0.5
    assert experiment.evaluate()["train_loss"] < experiment.history[0]["train_loss"]


@pytest.mark.slow
def test_the_lab_s_convolutions_get_over_the_plateau():
    """A minute: 182,660 parameters see 240 batches. Chance is 0.1."""
    spec = {part: PRESETS["lab-conv"][part] for part in ("data", "network", "settings")}
    experiment = Experiment(spec)
    experiment.advance(steps=240)
    assert experiment.evaluate()["train_accuracy"] >= 0.2


def test_presets_of_the_lab_are_the_lab_s_networks():
    image = (3, 32, 32)
    dense = design_from({"preset": "lab-dense"}, image, 10)
    sizes = [row.shape for row in dense.summary()]
    assert sizes == [(3072,), (16,), (10,)]
    assert dense.parameters == 3072 * 16 + 16 + 16 * 10 + 10
    convolutions = design_from({"preset": "lab-conv"}, image, 10)
    assert [row.kind for row in convolutions.summary()].count("conv") == 2
    assert convolutions.parameters == 182_660

"""What the views of points, weights and representations tell of a network is true."""

from __future__ import annotations

import time

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from ELMEDPlaygroundLib.experiment.experiment import Experiment  # noqa: E402 - needs torch
from ELMEDPlaygroundLib.networks.presets import PRESETS  # noqa: E402
from ELMEDPlaygroundLib.views import look  # noqa: E402
from ELMEDPlaygroundLib.views.inside import ViewError  # noqa: E402
from ELMEDPlaygroundLib.views.plane import RESOLUTION, grid_points  # noqa: E402

DIGITS = {
    "data": {"kind": "digits", "count": 300, "test_share": 0.5, "seed": 0},
    "network": {
        "layers": [
            {"kind": "conv", "filters": 4, "kernel": 3, "stride": 1, "padding": 1},
            {"kind": "dense", "neurons": 16, "activation": "relu"},
        ]
    },
    "settings": {"optimiser": "adam", "learning_rate": 0.01, "batch": 32, "seed": 0},
}
FRAME_MS = 10.0


def experiment(name="spiral", **changes):
    spec = {part: dict(PRESETS[name][part]) for part in ("data", "network", "settings")}
    for part, values in changes.items():
        spec[part].update(values)
    return Experiment(spec)


@pytest.fixture(scope="module")
def learnt():
    """A network that has learnt the spiral."""
    spiral = experiment(settings={"stop": {"accuracy": 0.98}})
    spiral.advance(steps=4000)
    return spiral


def test_map_of_a_network_that_parts_left_and_right_is_parted_there():
    clouds = experiment(data={"kind": "gaussians"}, network={"layers": []})
    clouds.advance(steps=400)
    shown = look(clouds, {"decision-map": {}})["decision-map"]
    side = RESOLUTION // 8
    lower_left, upper_right = shown["likeliest"][-side:, :side], shown["likeliest"][:side, -side:]
    assert len(np.unique(lower_left)) == 1
    assert len(np.unique(upper_right)) == 1
    assert lower_left[0, 0] != upper_right[0, 0]
    assert shown["confidence"][:side, -side:].min() > shown["confidence"].min()


def test_map_says_of_each_place_what_the_network_says(learnt):
    shown = look(learnt, {"decision-map": {}})["decision-map"]
    axis = np.linspace(-shown["extent"], shown["extent"], RESOLUTION)
    for row, column in ((3, 90), (50, 17), (99, 0)):
        place = np.array([[axis[column], axis[::-1][row]]], np.float32)
        assert shown["likeliest"][row, column] == learnt.activations(place)["logits"].argmax()


@pytest.mark.parametrize("rate", [0.02, 1e5])
def test_map_follows_when_all_weights_are_replaced_at_once(rate):
    """Begun anew with step 1 of the seven, or taken back after the training ran away."""
    spiral = experiment(settings={"optimiser": "sgd", "learning_rate": 0.02})
    views = {"decision-map": {}, "probe": {}}
    first = look(spiral, views)
    spiral.advance(steps=30)
    spiral.change({"learning_rate": rate})
    for _ in range(3):
        spiral.grab_batch()
        spiral.update_weights()
        learnt = look(spiral, views)
    assert (learnt["decision-map"]["confidence"] != first["decision-map"]["confidence"]).any()
    if rate > 1:
        spiral.advance(steps=50)
        assert spiral.stopped == "diverged"
    else:
        spiral.initialise()
    again = look(spiral, views)
    grid = grid_points(again["decision-map"]["extent"])
    likeliest = spiral.activations(grid)["logits"].argmax(axis=1)
    assert (again["decision-map"]["likeliest"].ravel() == likeliest).mean() > 0.999
    assert again["probe"]["step"] == spiral.step


def test_points_of_the_map_keep_their_class_and_part(learnt):
    shown = look(learnt, {"decision-map": {}})["decision-map"]
    assert shown["is_test"].sum() == len(learnt.data.test)
    assert np.array_equal(shown["points"][shown["is_test"]], learnt.data.inputs[learnt.data.test])


def test_every_neuron_has_a_map_and_its_weights():
    shown = look(experiment(), {"neurons": {}})["neurons"]["layers"]
    assert [len(layer["maps"]) for layer in shown] == [32, 16, 2]
    assert shown[1]["weights"].shape == (16, 32)
    assert shown[0]["maps"].dtype == np.uint8


def test_input_space_is_the_straight_grid():
    shown = look(experiment(), {"hidden-space": {"layer": "input"}})["hidden-space"]
    assert not shown["is_projection"]
    assert np.ptp(shown["across"][..., 1], axis=1) == pytest.approx(0, abs=1e-6)
    assert np.ptp(shown["down"][..., 0], axis=1) == pytest.approx(0, abs=1e-6)
    assert shown["across"][0, 0] == pytest.approx([-1.1, 1.1])


def test_two_neurons_are_shown_as_they_are():
    two = experiment(network={"layers": [{"kind": "dense", "neurons": 2, "activation": "tanh"}]})
    shown = look(two, {"hidden-space": {}})["hidden-space"]
    assert not shown["is_projection"]
    assert shown["points"] == pytest.approx(
        two.activations(two.data.inputs[np.r_[two.data.train, two.data.test]])["dense1"]
    )


def test_projection_says_how_much_of_the_spread_it_shows(learnt):
    shown = look(learnt, {"hidden-space": {}})["hidden-space"]
    assert shown["is_projection"]
    assert shown["neurons"] == 16
    values = learnt.activations(learnt.data.inputs[np.r_[learnt.data.train, learnt.data.test]])
    variances = (
        np.linalg.svd(values["dense2"] - values["dense2"].mean(axis=0), compute_uv=False) ** 2
    )
    assert shown["explained"] == pytest.approx(variances[:2].sum() / variances.sum(), abs=1e-4)


def test_projection_does_not_flip_from_frame_to_frame():
    spiral = experiment()
    spiral.advance(steps=200)
    before = look(spiral, {"hidden-space": {}})["hidden-space"]["points"]
    spiral.advance(steps=1)
    after = look(spiral, {"hidden-space": {}})["hidden-space"]["points"]
    for axis in range(2):
        assert np.corrcoef(before[:, axis], after[:, axis])[0, 1] > 0


def test_probe_finds_the_spiral_unparted_at_the_input_and_parted_at_the_end(learnt):
    shown = look(learnt, {"probe": {}})["probe"]
    assert shown["layers"] == ["input", "dense1", "dense2", "logits"]
    assert shown["accuracy"][0] <= 0.70
    assert shown["accuracy"][2] >= 0.95


def test_probe_judges_images_with_more_numbers_than_examples():
    shown = look(Experiment(DIGITS), {"probe": {}})["probe"]
    assert shown["neurons"][1] == 4 * 8 * 8
    assert shown["accuracy"][0] > 0.8
    assert shown["guessing"] < 0.2


def test_dead_neurons_are_counted_and_told():
    digits = Experiment(DIGITS)
    with torch.no_grad():
        digits.network.dense1.bias[:5] = -1000.0
    shown = look(digits, {"weights": {}})["weights"]
    layer = next(entry for entry in shown["layers"] if entry["name"] == "dense1")
    assert layer["silent"] >= 5
    assert any("dead" in hint for hint in shown["hints"])


def test_histograms_count_every_weight(learnt):
    for layer in look(learnt, {"weights": {}})["weights"]["layers"]:
        assert layer["weights"].sum() == layer["gradients"].sum() == layer["parameters"]


def test_curves_end_with_the_latest_row(learnt):
    shown = look(learnt, {"curves": {}})["curves"]
    assert shown["step"][-1] == learnt.history[-1]["step"]
    assert shown["test_accuracy"][-1] == learnt.history[-1]["test_accuracy"]
    assert shown["step"][0] == 0


def test_views_of_points_refuse_images():
    with pytest.raises(ViewError, match="for points in the plane"):
        look(Experiment(DIGITS), {"decision-map": {}})


def test_looking_does_not_change_the_training():
    names = ("decision-map", "neurons", "hidden-space", "probe", "weights", "curves")
    views = {name: {} for name in names}
    alone, watched = experiment(), experiment()
    alone.advance(steps=30)
    for _ in range(30):
        look(watched, views)
        watched.advance(steps=1)
    assert alone.history[-1] == watched.history[-1]


def test_frame_with_all_maps_takes_less_than_ten_milliseconds():
    spiral = experiment()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        took = []
        for _ in range(10):
            spiral.advance(steps=1)
            started = time.thread_time()
            look(spiral, {"decision-map": {}, "neurons": {}, "hidden-space": {}})
            took.append(1000 * (time.thread_time() - started))
    finally:
        torch.set_num_threads(threads)
    assert np.median(took) <= FRAME_MS, took

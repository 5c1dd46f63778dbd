"""A saved experiment goes on as if nothing had been, and a damaged one is refused."""

from __future__ import annotations

import copy
import json

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from ELMEDLib.errors import ELMEDError, InputError
from ELMEDPlaygroundLib.experiment import state
from ELMEDPlaygroundLib.experiment.experiment import Experiment
from ELMEDPlaygroundLib.session import Session

DROPPING = [
    {"kind": "dense", "neurons": 12, "activation": "tanh"},
    {"kind": "normalise", "mode": "batch"},
    {"kind": "dropout", "share": 0.2},
]


def spec(optimiser="adam", layers=DROPPING):
    return {
        "data": {"kind": "moons", "count": 200, "noise": 0.1, "test_share": 0.5, "seed": 3},
        "network": {"layers": layers},
        "settings": {"optimiser": optimiser, "learning_rate": 0.02, "batch": 24, "seed": 4},
    }


@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "adam"])
def test_saved_and_loaded_gives_the_same_curve(optimiser):
    throughout = Experiment(spec(optimiser))
    throughout.advance(steps=61)
    saved = json.loads(json.dumps(state.save(throughout), allow_nan=False))
    throughout.advance(steps=139)
    loaded = state.load(saved)
    loaded.advance(steps=139)
    assert loaded.history == throughout.history
    assert (loaded.weights.values == throughout.weights.values).all()


def test_looking_in_between_changes_nothing():
    alone, watched = Experiment(spec()), Experiment(spec())
    alone.advance(steps=100)
    for _ in range(20):
        watched.advance(steps=5)
        watched.evaluate()
        watched.activations(watched.data.inputs)
    assert watched.history == alone.history


def test_a_batch_counts_once_however_often_it_is_looked_at():
    """Also in the running means of normalisation, which predicting changes."""
    throughout, by_hand = Experiment(spec()), Experiment(spec())
    throughout.advance(steps=33)
    for act in (by_hand.grab_batch, by_hand.predict, by_hand.calculate_gradients):
        act()
        act()
    saved = json.loads(json.dumps(state.save(by_hand), allow_nan=False))
    by_hand.update_weights()
    by_hand.grab_batch()
    by_hand.predict()
    by_hand.advance(steps=32)
    loaded = state.load(saved)
    loaded.advance(steps=33)
    assert by_hand.history == throughout.history
    assert loaded.history == throughout.history
    wanted = throughout.weights.get()
    for name, value in loaded.weights.get().items():
        assert (value == wanted[name]).all(), name


def test_changed_learning_rate_comes_along():
    throughout = Experiment(spec())
    throughout.advance(steps=20)
    throughout.change({"learning_rate": 0.001})
    throughout.advance(steps=20)
    loaded = state.load(json.loads(json.dumps(state.save(throughout))))
    assert loaded.settings.learning_rate == 0.001
    assert loaded.changes == throughout.changes


def test_file_written_by_one_session_is_taken_up_by_another(tmp_path):
    first, second = Session(), Session()
    first.create(spec())
    first.advance({"steps": 40})
    path = tmp_path / "experiment.json"
    assert first.save({"path": str(path)})["outputs"] == [str(path)]
    answer = second.load({"path": str(path)})
    assert answer["step"] == 40
    assert answer["history"] == first.experiment.history


@pytest.mark.parametrize("name", state.KEYS)
def test_state_that_lacks_something_is_refused(name):
    saved = state.save(Experiment(spec()))
    del saved[name]
    with pytest.raises(InputError):
        state.load(saved)


@pytest.mark.parametrize(
    "harm",
    [
        lambda saved: saved.update(version=99),
        lambda saved: saved.update(step=-1),
        lambda saved: saved.update(position=10**9),
        lambda saved: saved.update(history=[{"step": "one"}]),
        lambda saved: saved.update(extra="something"),
        lambda saved: saved["weights"].popitem(),
        lambda saved: saved["weights"]["dense1.weight"].update(shape=[3, 3]),
        lambda saved: saved["weights"]["dense1.weight"].update(data="no base64"),
        lambda saved: saved["weights"]["dense1.weight"].update(shape=[2**28] * 7 + [0], data=""),
        lambda saved: saved["settings"].update(batch=1),
        lambda saved: saved["spec"]["network"].update(layers=[{"kind": "dense", "neurons": 5}]),
    ],
)
def test_damaged_state_is_refused_in_words(harm):
    saved = copy.deepcopy(state.save(Experiment(spec())))
    harm(saved)
    with pytest.raises(ELMEDError):
        state.load(saved)

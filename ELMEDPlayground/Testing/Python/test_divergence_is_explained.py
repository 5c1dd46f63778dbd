"""A training that runs away is stopped, explained, and can go on with a smaller learning rate."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from ELMEDPlaygroundLib.session import Session  # noqa: E402 - needs torch


def run_away(learning_rate):
    session = Session()
    session.create(
        {
            "data": {"kind": "spiral"},
            "network": {"layers": [{"kind": "dense", "neurons": 16, "activation": "relu"}] * 2},
            "settings": {"optimiser": "sgd", "learning_rate": learning_rate},
        }
    )
    return session, session.advance({"steps": 500})


@pytest.mark.parametrize("learning_rate", [300.0, 1e6])
def test_training_that_runs_away_says_what_to_try(learning_rate):
    session, answer = run_away(learning_rate)
    assert answer["stopped"] == "diverged"
    assert "learning rate" in answer["explanation"]
    assert "Try" in answer["explanation"]
    assert all(math.isfinite(row["train_loss"]) for row in session.experiment.history)
    assert torch.isfinite(session.experiment.weights.values).all()


def test_it_goes_on_with_a_smaller_learning_rate():
    session, _ = run_away(300.0)
    session.set({"learning_rate": 0.05})
    before = session.experiment.step
    answer = session.advance({"steps": 300})
    assert answer["stopped"] is None
    assert answer["step"] == before + 300
    assert answer["numbers"]["train_loss"] < 1.0


def test_infinite_numbers_never_reach_the_panel():
    _, answer = run_away(1e6)
    assert answer["numbers"]["train_loss"] is not None

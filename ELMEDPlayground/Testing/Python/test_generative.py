"""Diffusion in the plane: what it makes, how well, and that it is the same for the same seed."""

from __future__ import annotations

import copy
import json
import time

import numpy as np
import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib.generative.measures import energy_distance
from ELMEDPlaygroundLib.generative.models import begin
from ELMEDPlaygroundLib.session import Session

CLOUDS = {"model": "diffusion", "kind": "eight-gaussians", "seed": 0}
SMALL = {**CLOUDS, "neurons": 8, "levels": 6, "batch": 32}
LEARNT_STEPS = 1800
ALLOWED_S = 10.0
DRAWN = [[-0.5, 0.5, 0], [-0.4, 0.5, 0], [0.5, -0.5, 1], [0.5, -0.4, 1]]


@pytest.fixture(scope="module")
def learnt():
    """A generator that has learnt eight clouds, and the processor seconds that it took."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    session, begun = Session(), time.process_time()
    session.create({"generate": CLOUDS})
    session.advance({"steps": LEARNT_STEPS})
    seconds = time.process_time() - begun
    torch.set_num_threads(threads)
    return session, seconds


def seen(session, name, **options):
    from ELMEDPlaygroundLib.arrays import decode

    return decode(session.view({"views": {name: options}})["views"][name])


def test_eight_clouds_are_learnt_within_ten_seconds_of_one_core(learnt):
    session, seconds = learnt
    measured = session.experiment.evaluate()

    assert seconds <= ALLOWED_S
    assert measured["energy"] <= measured["energy_noise"] / 5
    assert measured["modes"] >= 7


def test_before_learning_hardly_anything_is_right():
    measured = begin(CLOUDS).evaluate()

    assert measured["energy"] > measured["energy_noise"] / 2
    assert measured["modes"] < 7


def test_too_much_guidance_drives_points_out_of_the_data(learnt):
    session, _ = learnt
    some, much = (seen(session, "generated", mode=0, guidance=g) for g in (1.0, 8.0))

    assert much["hits"] < some["hits"]


def test_guidance_brings_more_of_what_is_asked_for_and_less_variety(learnt):
    session, _ = learnt
    plain, strong = (seen(session, "generated", mode=2, guidance=g) for g in (0.0, 1.0))

    assert strong["hits"] >= plain["hits"]
    assert strong["spread"] < 0.8 * plain["spread"]
    middle = strong["points"].mean(axis=0)
    assert np.linalg.norm(middle - [0.0, 0.75]) < 0.15, "the third cloud is at the top"


def test_without_noise_the_way_ends_in_the_points_and_begins_in_noise(learnt):
    session, _ = learnt
    start, middle, end = (seen(session, "score-field", level=level) for level in (50, 25, 0))
    cloud = session.experiment.cloud

    assert start["points"].std() == pytest.approx(cloud.scale, rel=0.1)
    assert np.abs(end["points"] - seen(session, "generated")["points"][:300]).max() == 0
    distances = [energy_distance(part["points"], cloud.test) for part in (start, middle, end)]
    assert distances[2] < distances[1]
    assert distances[2] < distances[0] / 3


def test_the_score_points_to_the_clouds_where_little_noise_is_left(learnt):
    field = seen(learnt[0], "score-field", level=8)
    angle = np.arange(8) * np.pi / 4
    centres = 0.75 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    gaps = centres[None] - field["places"][:, None]
    nearest = gaps[np.arange(len(gaps)), np.linalg.norm(gaps, axis=2).argmin(axis=1)]
    far = np.linalg.norm(nearest, axis=1) > 0.2
    length = np.linalg.norm(nearest, axis=1) * np.linalg.norm(field["arrows"], axis=1)
    cosine = (nearest * field["arrows"]).sum(axis=1) / np.maximum(length, 1e-9)

    assert np.median(cosine[far]) > 0.9


def test_data_drown_level_by_level(learnt):
    shown = seen(learnt[0], "noising")

    assert shown["levels"].tolist()[0] == 0
    assert shown["left"][0] == 1
    assert shown["left"][-1] < 0.01
    assert (np.diff(shown["left"]) < 0).all()
    assert np.allclose(shown["there"][0], learnt[0].experiment.cloud.test[:300], atol=1e-6)


@pytest.mark.parametrize("kind", ["rings", "moons", "spiral", "drawn"])
def test_other_clouds_are_learnt_too(kind):
    points = DRAWN if kind == "drawn" else []
    experiment = begin({**CLOUDS, "kind": kind, "points": points, "batch": 128})
    before = experiment.evaluate()
    experiment.advance(steps=800)
    measured = experiment.evaluate()

    assert measured["modes"] == len(experiment.cloud.modes) == 2
    assert measured["energy"] < before["energy"] / 5


@pytest.mark.parametrize("schedule", ["cosine", "linear"])
def test_the_same_seed_gives_the_same_and_looking_on_changes_nothing(schedule):
    spec = {**SMALL, "schedule": schedule}
    one, two, other = (begin({**spec, "seed": s}) for s in (3, 3, 4))
    for experiment in (one, two, other):
        experiment.advance(steps=30)
        if experiment is two:
            experiment.way_back(1, 2.0)
        experiment.advance(steps=30)

    assert np.array_equal(one.way_back(), two.way_back())
    assert not np.array_equal(one.way_back(), other.way_back())


def test_a_saved_generator_goes_on_as_it_would_have():
    throughout, session = Session(), Session()
    for one in (throughout, session):
        one.create({"generate": SMALL})
        one.advance({"steps": 130})
    state = json.loads(json.dumps(session.save({})["state"]))
    loaded = Session()
    answer = loaded.load({"state": state})
    assert answer["summary"]["generates"] == "diffusion"
    for one in (throughout, loaded):
        one.advance({"steps": 130})

    assert loaded.experiment.history == throughout.experiment.history
    assert np.array_equal(loaded.experiment.way_back(), throughout.experiment.way_back())


@pytest.mark.parametrize(
    "damage",
    [
        lambda state: state.pop("average"),
        lambda state: state.update(version=99),
        lambda state: state["weights"].update(shape=[3]),
        lambda state: state["history"].clear(),
        lambda state: state["losses"].clear(),
        lambda state: state["optimiser_steps"].clear(),
        lambda state: state.update(step=-1),
        lambda state: state["spec"].update(model="unknown"),
    ],
)
def test_a_damaged_state_is_refused(damage):
    session = Session()
    session.create({"generate": SMALL})
    state = copy.deepcopy(session.save({})["state"])
    damage(state)

    with pytest.raises(InputError):
        session.load({"state": state})
    assert session.experiment.step == 0


@pytest.mark.parametrize(
    "spec",
    [
        {"kind": "nothing"},
        {"levels": 1},
        {"learning_rate": -1},
        {"kind": "drawn", "points": [[0, 0, 0]]},
        {"unknown": 1},
    ],
)
def test_what_is_not_allowed_says_what_is(spec):
    with pytest.raises(InputError) as caught:
        begin(spec)
    assert caught.value.advice


def test_too_large_a_learning_rate_is_explained_and_taken_back():
    session = Session()
    session.create({"generate": SMALL})
    session.experiment.weights.values.fill_(float("nan"))
    answer = session.advance({"steps": 5})

    assert answer["stopped"] == "diverged"
    assert "learning rate" in answer["explanation"]
    assert np.isfinite(session.experiment.weights.values.numpy()).all()


def test_what_is_shown_after_a_divergence_is_of_the_weights_that_were_taken_back():
    model = begin(SMALL)
    model.advance(steps=30)
    before = model.samples()
    model.weights.values.fill_(float("nan"))
    model.advance(steps=1)
    assert model.stopped == "diverged"
    assert model.step == 30
    assert (model.samples() == begin(SMALL).samples()).all()
    assert (model.samples() != before).any()


def test_views_and_steps_of_classifiers_are_refused_with_a_reason():
    session = Session()
    session.create({"generate": SMALL})

    with pytest.raises(InputError, match="generator is on the bench"):
        session.act({"step": "loss"})
    with pytest.raises(InputError, match="generator is on the bench"):
        session.script({})


def test_the_energy_distance_is_that_of_the_definition():
    one, other = np.array([[0, 0], [2, 0]], np.float32), np.array([[0, 1], [0, 3]], np.float32)
    across = np.mean([1, 3, 5**0.5, 13**0.5])

    assert energy_distance(one, other) == pytest.approx(2 * across - 2 - 2)
    assert energy_distance(one, one) == 0


def test_the_command_writes_the_points_that_it_makes(tmp_path, capsys):
    from ELMEDLib.command import main

    path = tmp_path / "points.csv"
    wish = ["--mode", "1", "--guidance", "1"]
    assert main(["generate", "moons", "--steps", "40", *wish, "-o", str(path)]) == 0
    rows = path.read_text(encoding="utf-8").splitlines()

    assert rows[0] == "x,y,mode"
    assert len(rows) == 501
    assert {row.split(",")[2] for row in rows[1:]} <= {"upper moon", "lower moon", ""}
    assert "of 2 modes" in capsys.readouterr().out


def test_the_command_refuses_a_mode_that_there_is_not(tmp_path, capsys):
    from ELMEDLib.command import main

    path = tmp_path / "points.csv"
    assert main(["generate", "moons", "--mode", "2", "-o", str(path)]) == 1
    assert "whole number from 0 to 1" in capsys.readouterr().err
    assert not path.exists()


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (["--guidance", "nan"], "'--guidance' is nan. Give a number from 0 to 20."),
        (["--guidance", "inf", "--mode", "1"], "'--guidance' is inf."),
        (["--guidance", "-1", "--model", "gan"], "'--guidance' is -1.0."),
        (["--guidance", "2"], "none is asked for. Add --mode"),
    ],
)
def test_the_command_refuses_a_guidance_that_is_none(tmp_path, capsys, wish, says):
    from ELMEDLib.command import main

    path = tmp_path / "points.csv"
    assert main(["generate", "moons", *wish, "-o", str(path)]) == 1
    assert says in capsys.readouterr().err
    assert not path.exists()


def test_an_epoch_stays_what_it_was_when_the_batch_is_changed_on_the_run():
    model = begin({**SMALL, "batch": 100})
    model.advance(steps=30)
    passed = model.epochs
    assert passed == pytest.approx(30 * 100 / model.examples)
    model.change({"batch": 10, "learning_rate": 0.001})
    assert model.epochs == pytest.approx(passed)
    model.advance(steps=20)
    assert model.epochs == pytest.approx(passed + 20 * 10 / model.examples)
    assert [row["step"] for row in model.history] == [0, 30]
    assert model.history[-1]["epoch"] == pytest.approx(passed)

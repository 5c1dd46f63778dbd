"""GAN and variational autoencoder in the plane: modes kept and lost, walks, and the same again."""

from __future__ import annotations

import copy
import csv
import json

import numpy as np
import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib.arrays import decode
from ELMEDPlaygroundLib.generative import gan_experiment, vae_experiment
from ELMEDPlaygroundLib.generative.models import MODELS, begin
from ELMEDPlaygroundLib.session import Session

SEEDS = range(5)
PLAYED = 500
"""Steps after which `Docs/generating.md` says what covers and what collapses."""

FEW = 4
"""Half of the modes; three were measured at the most, but other processors round otherwise."""

SMALL = {"kind": "eight-gaussians", "neurons": 8, "batch": 32, "seed": 1}


@pytest.fixture(autouse=True)
def one_thread():
    """Small networks are fastest on one thread."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def learnt():
    """An autoencoder that has learnt eight clouds, in a session."""
    session = Session()
    session.create({"generate": {"model": "vae", "kind": "eight-gaussians", "seed": 0}})
    session.advance({"steps": 1000})
    return session


def seen(session, name, **options):
    return decode(session.view({"views": {name: options}})["views"][name])


def played(preset, seed):
    experiment = begin({"model": "gan", "seed": seed, **gan_experiment.PRESETS[preset]})
    experiment.advance(steps=PLAYED)
    return experiment


# GAN


@pytest.mark.parametrize("seed", SEEDS)
def test_one_setting_covers_the_modes_and_the_other_loses_them(seed):
    covering, collapsing = played("covers", seed), played("collapses", seed)

    assert covering.history[-1]["modes"] >= 7
    assert collapsing.history[-1]["modes"] <= FEW
    assert covering.history[-1]["energy"] < collapsing.history[-1]["energy"] / 10


def test_the_warp_shows_where_a_collapsed_generator_sends_the_square():
    session = Session()
    spec = {"model": "gan", "seed": 1, **gan_experiment.PRESETS["collapses"]}
    session.create({"generate": spec})
    session.advance({"steps": PLAYED})
    warp = seen(session, "generator-warp")

    assert warp["largest"] > 0.5
    assert len(set(np.unique(warp["modes_at"])) - {255}) <= FEW
    sizes = np.ptp(warp["across"].reshape(-1, 2), axis=0)
    assert sizes.max() < np.ptp(warp["data"], axis=0).max() / 2


def test_arrows_point_where_the_discriminator_is_surer():
    import torch

    session = Session()
    session.create({"generate": {"model": "gan", **SMALL}})
    session.advance({"steps": 60})
    shown = seen(session, "discriminator-map")
    scale = session.experiment.cloud.scale

    def sure(points):
        scaled = torch.from_numpy((points / scale).astype(np.float32))
        with torch.no_grad():
            return session.experiment.network["discriminator"](scaled).numpy()

    moved = shown["starts"] + 0.01 * shown["arrows"]
    assert (sure(moved) >= sure(shown["starts"])).mean() > 0.95
    assert 0.0 <= shown["told_apart"] <= 1.0
    assert shown["sure"].shape == (48, 48)


def test_each_network_of_the_game_moves_its_own_weights_alone():
    experiment = begin({"model": "gan", **SMALL})
    (own, _), (other, _) = experiment.optimisers
    before = experiment.weights.values.clone()
    made = experiment.network["generator"](experiment.clean[:8])
    experiment.descend(made.square().mean(), 0)

    assert not (experiment.weights.values[own] == before[own]).all()
    assert (experiment.weights.values[other] == before[other]).all()


# Variational autoencoder


def test_points_are_read_as_they_were_written_and_new_ones_lie_in_the_modes(learnt):
    row, shown = learnt.experiment.history[-1], seen(learnt, "reconstruction")

    assert row["modes"] >= 7
    assert shown["distance"] < shown["reach"] / 2
    space = seen(learnt, "latent-space")
    assert space["in_use"] == 2
    middles = np.stack(
        [space["latent"][space["targets"] == mode].mean(axis=0) for mode in range(8)]
    )
    apart = np.linalg.norm(middles[:, None] - middles[None], axis=2)[np.triu_indices(8, 1)]
    within = max(space["latent"][space["targets"] == mode].std(axis=0).max() for mode in range(8))
    assert apart.min() > 3 * within, "each mode has its own place"


def test_with_too_much_weight_on_the_divergence_nothing_is_written_down():
    session = Session()
    session.create({"generate": {"model": "vae", "seed": 0, **vae_experiment.PRESETS["unused"]}})
    session.advance({"steps": 300})

    assert seen(session, "latent-space")["in_use"] == 0
    read = seen(session, "reconstruction")["read"]
    assert np.ptp(read, axis=0).max() < 0.2, "all are read as the middle"


def test_a_walk_goes_from_one_point_to_the_other_through_what_is_no_data(learnt):
    first, middle = (seen(learnt, "latent-walk", start=0, end=4, step=step) for step in (0, 12))

    assert np.linalg.norm(first["way_read"] - first["ends"][0], axis=1)[0] < 0.12
    assert np.linalg.norm(first["way_read"] - first["ends"][1], axis=1)[-1] < 0.12
    assert np.array_equal(middle["here"], first["way"][12])
    assert 0.0 < first["off"] < 1.0


def test_a_place_that_was_clicked_is_read(learnt):
    shown = seen(learnt, "latent-walk", latent=[0.5, -0.25])

    assert shown["here"].tolist() == [0.5, -0.25]
    assert np.allclose(shown["read"], learnt.experiment.decode(shown["here"][None])[0])


@pytest.mark.parametrize("options", [{"latent": [1]}, {"latent": "x"}, {"step": 99}, {"start": 8}])
def test_places_that_there_are_not_are_refused(learnt, options):
    with pytest.raises(InputError):
        seen(learnt, "latent-walk", **options)


def test_beta_can_be_changed_while_it_learns():
    session = Session()
    session.create({"generate": {"model": "vae", **SMALL}})
    session.advance({"steps": 5})

    assert session.set({"beta": 0.5})["settings"]["beta"] == 0.5
    assert session.experiment.step == 5
    with pytest.raises(InputError, match="cannot be changed"):
        session.set({"neurons": 9})


# All generators of points


@pytest.mark.parametrize("model", ["gan", "vae"])
def test_saved_it_goes_on_as_it_would_have_and_looking_changes_nothing(model):
    views = {"gan": ("generator-warp", "discriminator-map"), "vae": ("latent-space", "latent-walk")}
    throughout, session, loaded = Session(), Session(), Session()
    for one in (throughout, session):
        one.create({"generate": {"model": model, **SMALL}})
        one.advance({"steps": 130})
    for name in (*views[model], "generated", "generative-curves"):
        seen(session, name)
    loaded.load({"state": json.loads(json.dumps(session.save({})["state"]))})
    for one in (throughout, loaded):
        one.advance({"steps": 130})

    assert loaded.experiment.history == throughout.experiment.history
    assert np.array_equal(loaded.experiment.samples(), throughout.experiment.samples())


@pytest.mark.parametrize(
    "damage",
    [
        lambda state: state["spec"].update(model="vae"),
        lambda state: state.update(optimiser_steps=[3]),
        lambda state: state["losses"].pop("generator_loss"),
        lambda state: state["history"][0].pop("discriminator_loss"),
        lambda state: state["settings"].update(penalty=-1),
    ],
)
def test_a_damaged_game_is_refused(damage):
    session = Session()
    session.create({"generate": {"model": "gan", **SMALL}})
    state = copy.deepcopy(session.save({})["state"])
    damage(state)

    with pytest.raises(InputError):
        session.load({"state": state})


def test_a_game_that_diverged_is_taken_back():
    session = Session()
    session.create({"generate": {"model": "gan", **SMALL}})
    session.experiment.weights.values.fill_(float("nan"))

    assert session.advance({"steps": 5})["stopped"] == "diverged"
    assert np.isfinite(session.experiment.weights.values.numpy()).all()


@pytest.mark.parametrize("model", sorted(MODELS))
def test_settings_of_another_model_are_refused(model):
    with pytest.raises(InputError, match="is no setting of this generator"):
        begin({"model": model, "nothing": 1})


def test_a_view_of_another_model_says_whose_it_is(learnt):
    with pytest.raises(InputError, match="for GANs"):
        seen(learnt, "generator-warp")
    with pytest.raises(InputError, match="for diffusion models"):
        seen(learnt, "noising")


def test_the_line_below_the_buttons_tells_losses_and_distance(learnt):
    told = dict(learnt.view({})["told"])

    assert set(told) == {"reconstruction", "divergence", "distance from the data", "modes covered"}
    assert told["distance from the data"].endswith("noise's")


def test_the_command_trains_a_gan_with_a_preset(tmp_path, capsys):
    from ELMEDLib.command import main

    path = tmp_path / "points.csv"
    wish = ["--model", "gan", "--preset", "collapses", "--steps", "300"]
    assert main(["generate", "eight-gaussians", *wish, "-o", str(path)]) == 0
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    assert len(rows) == 500
    assert len({row["mode"] for row in rows} - {""}) <= FEW
    assert "times noise's" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wish", "advice"),
    [
        (["--model", "vae", "--mode", "1"], "diffusion"),
        (["--model", "gan", "--preset", "none"], "covers or collapses"),
        (["--preset", "covers"], "Leave --preset out"),
    ],
)
def test_the_command_says_what_does_not_go_together(tmp_path, capsys, wish, advice):
    from ELMEDLib.command import main

    path = tmp_path / "points.csv"
    assert main(["generate", "moons", *wish, "-o", str(path)]) == 1
    assert advice in capsys.readouterr().err
    assert not path.exists()

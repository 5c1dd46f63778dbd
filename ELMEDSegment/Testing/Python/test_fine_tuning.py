"""Training starts from a model, keeps its best weights, stops when asked or when it is time."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk
import torch

from ELMEDLib.errors import CancelledError, InputError, OutputError
from ELMEDLib.progress import no_progress
from ELMEDSegmentLib.model import load_model, read_manifest
from ELMEDSegmentLib.network import build_network
from ELMEDSegmentLib.training import control
from ELMEDSegmentLib.training.combine import combine
from ELMEDSegmentLib.training.curve import dice_columns, loss_columns, pictures, summary
from ELMEDSegmentLib.training.install import install_run
from ELMEDSegmentLib.training.metrics import read_metrics
from ELMEDSegmentLib.training.picture import EXPERT, NETWORK
from ELMEDSegmentLib.training.plan_file import read_plan
from ELMEDSegmentLib.training.publish import write_model
from ELMEDSegmentLib.training.recipe import Recipe
from ELMEDSegmentLib.training.run import Source, TrainingPlan, carry_out, run_training
from ELMEDSegmentLib.training.seven_steps import SEVEN_STEPS
from ELMEDSegmentLib.training.start import find_start

NETWORK_KIND = {
    "name": "UNet",
    "spatial_dims": 3,
    "in_channels": 4,
    "out_channels": 3,
    "channels": [8, 16],
    "strides": [2],
}


@pytest.fixture
def studies(phantom, tmp_path):
    """Three small phantom patients on disk, turned differently."""
    folder = tmp_path / "studies"
    for number in range(3):
        angle = 0.3 * number
        direction = (np.cos(angle), -np.sin(angle), 0, np.sin(angle), np.cos(angle), 0, 0, 0, 1)
        patient = phantom(size=(20, 20, 20), spacing=(4.0, 4.0, 4.0), direction=direction)
        patient.write(folder / f"patient-{number}")
    return folder


@pytest.fixture
def plan(studies, tmp_path):
    """Make a plan for a run of a few steps."""

    def make(output="run", **recipe):
        values = {
            "steps": 6,
            "patch": (16, 16, 16),
            "spacing_mm": 4.0,
            "save_every": 3,
            "warm_up": 2,
            "validate_every": 2,
            "architecture": NETWORK_KIND,
            "seed": 3,
            "learning_rate": 5e-3,
        }
        return TrainingPlan(
            [Source(studies)],
            tmp_path / output,
            Recipe(**{**values, **recipe}),
            held_out=["patient-2"],
            name="trial",
        )

    return make


def model_of(folder, name, seed, studies=()):
    torch.manual_seed(seed)
    folder.mkdir(parents=True, exist_ok=True)
    network = build_network(NETWORK_KIND)
    return write_model(network, name, NETWORK_KIND, 4.0, {"studies": list(studies)}, folder)


def curve(folder):
    return [{k: v for k, v in row.items() if k != "seconds"} for row in read_metrics(folder)]


def test_fine_tuning_starts_from_the_weights_of_the_model(plan, tmp_path):
    manifest = model_of(tmp_path / "models", "first", seed=1)
    made = replace(plan(steps=1, learning_rate=1e-9, keep_best=True), start_from=str(manifest))

    published = read_manifest(run_training(made, no_progress))

    before, after = (load_model(path) for path in (manifest, made.output / "trial.json"))
    for name, tensor in before.network.state_dict().items():
        if "running" not in name and tensor.is_floating_point():
            torch.testing.assert_close(after.network.state_dict()[name], tensor, atol=2e-3, rtol=0)
    assert published.training["started_from"] == "first"
    assert published.training["recipe"]["start"] == before.manifest.sha256


def test_what_was_there_before_is_kept_when_training_makes_it_worse(plan, tmp_path, studies):
    """The best is searched from the start on: tuning must not spoil a good model unseen."""
    good = plan("good", steps=40)
    manifest = run_training(good, no_progress)
    spoilt = replace(
        plan(
            "spoilt", learning_rate=0.5, validate_first=True, keep_best=True, patience=2, steps=20
        ),
        start_from=str(manifest),
    )

    outcome = carry_out(spoilt, no_progress)

    assert "Stopped early: 2 validations" in outcome.reason
    assert outcome.step == 4
    assert read_metrics(spoilt.output)[0]["step"] == 0
    kept = read_manifest(outcome.manifest)
    assert kept.training["chosen"] == {"by": "best validation", "step": 0}
    assert "nothing better" in summary(read_metrics(spoilt.output))
    weights = [load_model(path).network.state_dict() for path in (manifest, outcome.manifest)]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])


def test_of_an_ensemble_the_member_that_knows_the_fewest_studies_goes_on(tmp_path):
    members = [
        model_of(tmp_path / "members", "one", 1, ["patient-0", "patient-2"]),
        model_of(tmp_path / "members", "two", 2, ["patient-1"]),
        model_of(tmp_path / "members", "three", 3, ["patient-2"]),
    ]
    ensemble = combine(members, "all", tmp_path / "ensemble")

    start = find_start(str(ensemble), ["patient-0", "patient-2"])

    assert start.architecture == NETWORK_KIND
    wanted = load_model(members[1]).network.state_dict()
    assert all(torch.equal(t, wanted[name]) for name, t in start.network.state_dict().items())


def test_stop_ends_after_the_step_and_the_run_goes_on_as_if_it_had_not(plan):
    whole, stopped = plan("whole", keep_best=True), plan("stopped", keep_best=True)
    run_training(whole, no_progress)

    def stop(stage, fraction, message):
        if message == "Validating" and fraction > 0.6:
            control.set_wish(stopped.output, control.STOP)

    outcome = carry_out(stopped, stop)
    assert outcome.manifest is None
    assert "Stopped by you after step 4" in outcome.reason
    assert [row["step"] for row in curve(stopped.output)] == [1, 2, 3, 4]

    control.set_wish(stopped.output, control.RUN)
    again = read_plan(stopped.output).plan(stopped.output, "cpu")
    outcome = carry_out(again, no_progress)

    assert outcome.reason == "All 6 steps are done."
    assert curve(stopped.output) == curve(whole.output)
    hashes = [read_manifest(made.output / "trial.json").sha256 for made in (whole, stopped)]
    assert hashes[0] == hashes[1]


@pytest.mark.parametrize("moment", range(0, 30, 7))
def test_killing_at_any_moment_and_resuming_gives_the_same_curve(plan, moment):
    """Also between steps of the seven, and while a fine-tuning run is validated."""
    whole, killed = (
        plan(name, keep_best=True, validate_first=True, patience=9) for name in ("whole", "killed")
    )
    run_training(whole, no_progress)
    calls = 0

    def kill(stage, fraction, message):
        nonlocal calls
        calls += 1
        if calls == 6 + moment:
            raise CancelledError("Killed.")

    with pytest.raises(CancelledError):
        run_training(killed, kill)
    run_training(killed, no_progress)

    assert curve(killed.output) == curve(whole.output)
    hashes = [read_manifest(made.output / "trial.json").sha256 for made in (whole, killed)]
    assert hashes[0] == hashes[1]


def test_pause_waits_and_saves(plan):
    made = plan()
    looks = 0

    def watch(stage, fraction, message):
        nonlocal looks
        if stage == "step" and "1.7e-03" not in message and looks == 0:
            control.set_wish(made.output, control.PAUSE)
        if stage == "paused":
            looks += 1
            assert (made.output / "checkpoint.pt").is_file()
            if looks == 3:
                control.set_wish(made.output, control.RUN)

    outcome = carry_out(made, watch)

    assert looks == 3
    assert outcome.step == 6
    assert outcome.manifest is not None


def test_each_of_the_seven_steps_is_told_with_its_numbers(plan):
    told = []
    carry_out(plan(), lambda stage, fraction, message: told.append((stage, message, fraction)))

    stages = [stage for stage, _, _ in told if stage in SEVEN_STEPS]
    first = [stage for i, stage in enumerate(stages) if stage not in stages[:i]]
    assert first == list(SEVEN_STEPS)
    numbers = {stage: message for stage, message, _ in told}
    assert "2 patches of 16 x 16 x 16 voxels, of 2 studies" in numbers["batch"]
    assert float(numbers["loss"]) > 0
    assert "Step 6 of 6: loss" in numbers["repeat"]
    assert "best validation" in numbers["stop"]
    fractions = [fraction for _, _, fraction in told]
    assert fractions == sorted(fractions)


def test_picture_of_each_validation_shows_both_outlines(plan):
    made = plan(steps=40, validate_every=20, validate_first=True)
    run_training(made, no_progress)

    drawn = pictures(made.output)
    assert list(drawn) == [0, 20, 40]
    arrays = [sitk.GetArrayFromImage(sitk.ReadImage(str(path))) for path in drawn.values()]
    assert arrays[0].ndim == 3
    assert not np.array_equal(arrays[0], arrays[2])
    last = arrays[2]
    assert (last == EXPERT).all(axis=2).sum() > 50
    assert (last == NETWORK).all(axis=2).sum() > 50
    # The expert does not change.
    assert 100 < last.shape[0] <= 500
    assert last.shape[1] > 1.5 * last.shape[0]


def test_curves_are_means_of_what_was_measured():
    rows = [{"step": step, "loss": float(step)} for step in range(1, 801)]
    rows[-1]["dice"] = {
        "a": {"WT": 1.0, "TC": 0.5, "ET": 0.0},
        "b": {"WT": 0.5, "TC": 0.5, "ET": 1.0},
    }
    loss = loss_columns(rows)
    assert len(loss["Step"]) == 400
    assert loss["Loss"][0] == 1.5
    assert dice_columns(rows) == {
        "Step": [800.0],
        "WT": [0.75],
        "TC": [0.5],
        "ET": [0.5],
        "mean": [pytest.approx(7 / 12)],
    }


def test_minutes_become_steps_that_a_resumed_run_keeps(plan):
    made = replace(plan(steps=3000, validate_every=0), minutes=0.05)

    def stop(stage, fraction, message):
        if message.startswith("Step 2 "):
            raise CancelledError("Stopped.")

    with pytest.raises(CancelledError):
        carry_out(made, stop)
    settled = read_plan(made.output).recipe["steps"]
    assert 2 < settled < 3000

    outcome = carry_out(made, no_progress)
    assert outcome.step == outcome.steps == settled
    rows = read_metrics(made.output)
    assert rows[-1]["seconds"] < 30


def test_other_data_do_not_go_on_with_an_old_run(plan):
    run_training(plan(steps=2), no_progress)
    with pytest.raises(InputError, match="other settings"):
        run_training(replace(plan(steps=2), held_out=["patient-1"]), no_progress)


def test_output_that_cannot_be_written_is_told_before_the_work(plan, tmp_path):
    (tmp_path / "run").write_text("a file")
    with pytest.raises(OutputError, match="cannot be written to"):
        run_training(plan(), no_progress)


def test_full_disk_is_told_in_a_sentence(plan, monkeypatch):
    """The disk is full for PyTorch alone; everything else is real."""
    made = plan()

    def full(state, path):
        raise RuntimeError("[enforce fail at inline_container.cc] . unexpected pos 64 vs 0")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(OutputError, match="the disk may be full"):
        run_training(made, no_progress)
    monkeypatch.undo()
    assert carry_out(made, no_progress).step == 6


def test_installed_run_is_found_by_its_name_and_replaces_the_older_one(plan):
    from ELMEDSegmentLib.catalogue import available_models, find_model

    first, second = plan("first", keep_best=True), plan("second", seed=8)
    run_training(first, no_progress)
    run_training(second, no_progress)

    old = install_run(first.output, "mine")
    assert find_model("mine") == old
    assert "mine" in [entry.name for entry in available_models()]
    new = install_run(second.output, "mine")

    assert find_model("mine") == new != old
    assert [entry.name for entry in available_models()].count("mine") == 1
    assert load_model(old).manifest.sha256 != load_model(new).manifest.sha256
    description = load_model(new).manifest.description
    assert "Trained from scratch on 2 studies, validated on 1 other." in description
    assert load_model(old).manifest.measured["validation"]["patient-2"]
    assert not list(new.parent.parent.glob(".elmed-*"))


def test_damaged_model_of_the_user_does_not_hide_the_others(plan, models_folder):
    from ELMEDSegmentLib.catalogue import available_models

    run_training(plan(), no_progress)
    install_run(plan().output, "mine")
    before = [entry.name for entry in available_models()]
    broken = models_folder / "broken" / "1"
    broken.mkdir(parents=True)
    (broken / "broken.json").write_text(json.dumps({"format": 99}))
    assert [entry.name for entry in available_models()] == before


@pytest.mark.parametrize("name", ["elmed-glioma", "../evil", "", "a b", ".hidden"])
def test_names_that_a_model_cannot_have_are_refused(plan, name):
    with pytest.raises(InputError):
        install_run(plan().output, name)


def test_folder_without_a_run_cannot_be_installed(tmp_path):
    with pytest.raises(InputError, match="holds no training run"):
        install_run(tmp_path, "mine")

"""Training learns, resumes as if it had not been stopped, and never sees the held-out patients."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from ELMEDLib.command import main
from ELMEDLib.errors import CancelledError, InputError
from ELMEDLib.progress import no_progress
from ELMEDSegmentLib.device import named_device
from ELMEDSegmentLib.model import load_model, read_manifest
from ELMEDSegmentLib.training.lesions import read_lesions
from ELMEDSegmentLib.training.loop import learning_rate
from ELMEDSegmentLib.training.metrics import METRICS
from ELMEDSegmentLib.training.recipe import Recipe
from ELMEDSegmentLib.training.run import Source, TrainingPlan, run_training


@pytest.fixture
def studies(phantom, tmp_path):
    """Three phantom patients on disk, turned differently."""
    folder = tmp_path / "studies"
    for number in range(3):
        angle = 0.3 * number
        direction = (np.cos(angle), -np.sin(angle), 0, np.sin(angle), np.cos(angle), 0, 0, 0, 1)
        patient = phantom(size=(40, 40, 40), spacing=(2.0, 2.0, 2.0), direction=direction)
        patient.write(folder / f"patient-{number}")
    return folder


@pytest.fixture
def plan(studies, tmp_path):
    """Make a plan for a short training of a small network."""

    def make(output="run", steps=8, **more):
        network = {
            "name": "UNet",
            "spatial_dims": 3,
            "in_channels": 4,
            "out_channels": 3,
            "channels": [8, 16],
            "strides": [2],
        }
        recipe = Recipe(
            steps=steps,
            patch=(32, 32, 32),
            save_every=2,
            warm_up=2,
            architecture=network,
            seed=3,
            learning_rate=5e-3,
        )
        values = {"held_out": ["patient-2"], "recipe": recipe, "name": "trial", **more}
        return TrainingPlan([Source(studies)], tmp_path / output, **values)

    return make


def metrics(folder):
    lines = (folder / METRICS).read_text().splitlines()
    return [
        {key: value for key, value in json.loads(line).items() if key != "seconds"}
        for line in lines
    ]


def test_short_training_finds_the_tumour_of_a_patient_it_never_saw(plan):
    made = plan(steps=60)
    run_training(made, no_progress)

    curve = metrics(made.output)
    assert np.mean([m["loss"] for m in curve[-10:]]) < 0.6 * curve[0]["loss"]
    assert curve[-1]["dice"]["patient-2"]["WT"] > 0.6


def test_stopped_run_goes_on_as_if_it_had_not_been_stopped(plan):
    whole, stopped = plan("whole"), plan("stopped")
    run_training(whole, no_progress)

    def stop(stage, fraction, message):
        if message.startswith("Step 5"):
            raise CancelledError("Stopped.")

    with pytest.raises(CancelledError):
        run_training(stopped, stop)
    assert [m["step"] for m in metrics(stopped.output)] == [1, 2, 3, 4, 5]
    run_training(stopped, no_progress)

    assert metrics(stopped.output) == metrics(whole.output)
    hashes = [read_manifest(made.output / "trial.json").sha256 for made in (whole, stopped)]
    assert hashes[0] == hashes[1]


def test_same_seed_gives_the_same_curve_and_another_seed_another(plan):
    first, second = plan("first", steps=3), plan("second", steps=3)
    recipe = first.recipe
    other = plan("other", recipe=Recipe(**{**recipe.__dict__, "seed": 4}))
    for made in (first, second, other):
        run_training(made, no_progress)
    assert metrics(first.output) == metrics(second.output)
    assert metrics(first.output)[:3] != metrics(other.output)[:3]


def test_published_model_says_what_it_was_trained_on(plan):
    made = plan(steps=2)
    manifest = read_manifest(run_training(made, no_progress))
    assert manifest.training["studies"] == ["patient-0", "patient-1"]
    assert manifest.training["held_out"] == ["patient-2"]
    assert load_model(made.output / "trial.json").manifest == manifest


def test_unknown_patient_to_hold_out_is_refused(plan):
    with pytest.raises(InputError, match="'patient-9' to hold out is not in the data"):
        run_training(plan(held_out=["patient-9"]), no_progress)


def test_nothing_left_to_train_on_is_refused(plan):
    everyone = [f"patient-{number}" for number in range(3)]
    with pytest.raises(InputError, match="none is left"):
        run_training(plan(held_out=everyone), no_progress)


def test_other_settings_do_not_go_on_with_an_old_run(plan):
    run_training(plan(steps=2), no_progress)
    with pytest.raises(InputError, match="other settings"):
        run_training(plan(steps=4), no_progress)


def test_learning_rate_rises_and_falls():
    recipe = Recipe(steps=100, warm_up=10, learning_rate=0.01)
    rates = [learning_rate(recipe, step) for step in range(1, 101)]
    assert rates[9] == max(rates) == 0.01
    assert rates[-1] == pytest.approx(0, abs=1e-12)


def test_lesions_of_other_patients_appear_in_the_patches(tmp_path):
    rng = np.random.default_rng(1)
    images = rng.integers(100, 160, (4, 4, 16, 16, 12), dtype=np.uint8)
    labels = np.zeros((4, 16, 16, 12), np.uint8)
    labels[:, 4:12, 4:12, 3:9] = 3
    path = tmp_path / "lesions.npz"
    np.savez(
        path,
        images=images,
        labels=labels,
        channels=["t1", "t1c", "t2", "flair"],
        spacing_mm=[2.0, 2.0, 3.0],
    )
    bank = read_lesions(path, spacing_mm=2.0)
    assert bank.images.shape[2:] == (18, 16, 16)

    brain = np.ones((40, 40, 40), bool)
    image, regions = np.zeros((4, 40, 40, 40), np.float32), np.zeros((3, 40, 40, 40), np.float32)
    changed = [bank.set_into(np.random.default_rng(n), image, regions, brain) for n in range(20)]
    counts = [float((found > 0.5).sum()) for _, found in changed]
    assert max(counts) > 0
    assert not image.any()
    for found_image, found_regions in changed:
        enhancing = found_regions[2] > 0.5
        assert (found_image[:, enhancing] != 0).any() or not enhancing.any()


def test_file_without_lesions_is_refused(tmp_path):
    path = tmp_path / "lesions.npz"
    np.savez(path, something=np.zeros(3))
    with pytest.raises(InputError, match="does not hold lesion cubes"):
        read_lesions(path, 2.0)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"steps": 0}, "0 steps are none."),
        ({"batch": 0}, "0 patches a step are none."),
        ({"patch": (0, 0, 0)}, "does not fit this network: its sides must be multiples of 2."),
        ({"patch": (31, 32, 32)}, "A patch of 31 x 32 x 32 voxels does not fit"),
        ({"patch": (2, 2, 2), "batch": 1}, "One patch a step that is so small teaches nothing"),
        ({"spacing_mm": 0.0}, "Voxels of 0 mm are not between 0.3 and 5 mm."),
        ({"learning_rate": float("nan")}, "The learning rate nan is not above 0."),
        ({"channel_dropout": 3.0}, "The share 3 is not between 0 and 1."),
        ({"elastic_mm": -1.0}, "Anatomy cannot be bent by -1 mm."),
    ],
)
def test_settings_that_make_no_sense_are_refused_in_words(plan, settings, said):
    made = plan()
    with pytest.raises(InputError) as caught:
        run_training(replace(made, recipe=replace(made.recipe, **settings)), no_progress)
    assert said in caught.value.message


def test_a_model_whose_name_leads_out_of_the_folder_is_refused(plan, tmp_path, capsys):
    with pytest.raises(InputError, match="cannot be a model's name"):
        run_training(plan(name="../elsewhere"), no_progress)
    assert not list(tmp_path.glob("elsewhere*"))
    assert main(["combine", "a.json", "b.json", "--name", "../x", "-o", str(tmp_path / "o")]) == 1
    assert "cannot be a model's name" in capsys.readouterr().err


def test_minutes_and_devices_that_are_none_are_refused(plan):
    with pytest.raises(InputError, match="-1 minutes are none"):
        run_training(plan(minutes=-1), no_progress)
    with pytest.raises(InputError, match="'nonsense' is not there"):
        named_device("nonsense")
    assert named_device("cpu:0") == "cpu:0"


def test_weights_that_run_away_end_the_run_and_are_not_saved(plan):
    made = plan()
    recipe = replace(made.recipe, learning_rate=1e30, warm_up=1, save_every=1)
    with pytest.raises(InputError, match="is no number any more"):
        run_training(replace(made, recipe=recipe), no_progress)
    rows = [json.loads(line) for line in (made.output / METRICS).read_text().splitlines()]
    assert all(np.isfinite(row["loss"]) for row in rows)


def test_two_studies_of_one_name_cannot_both_validate(plan):
    made = plan()
    with pytest.raises(InputError, match="are called 'patient-2'"):
        run_training(replace(made, sources=[*made.sources, *made.sources]), no_progress)

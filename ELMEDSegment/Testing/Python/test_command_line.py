"""The `elmed` command, as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import SimpleITK as sitk


def elmed(*arguments):
    """Run the command and return the finished process."""
    return subprocess.run(
        [sys.executable, "-m", "ELMEDLib.command", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def study(phantom, tmp_path):
    return phantom(size=(40, 42, 38), spacing=(2.0, 2.0, 2.0)).write(tmp_path / "study")


def inputs(study, *channels):
    return [part for name in channels for part in (f"--{name}", study[name])]


def test_segment_writes_labels_and_prints_volumes(study, small_model, tmp_path):
    output = tmp_path / "labels.nii.gz"
    done = elmed(
        "segment", *inputs(study, "t1", "t1c", "t2", "flair"), "--model", small_model, "-o", output
    )
    assert done.returncode == 0, done.stderr
    assert sitk.ReadImage(str(output)).GetSize() == (40, 42, 38)
    for name in ("Necrotic core", "Oedema", "Enhancing tumour", "WT", "TC", "ET"):
        assert name in done.stdout


def test_missing_channel_is_named_and_nothing_is_written(study, tmp_path):
    output = tmp_path / "out" / "labels.nii.gz"
    done = elmed("segment", *inputs(study, "t1", "t1c"), "-o", output)
    assert done.returncode == 1
    assert done.stderr.startswith("elmed: The study has no T2 and FLAIR volume.")
    assert "Traceback" not in done.stderr
    assert not output.exists()


def test_one_missing_channel_is_dealt_with_and_said(study, tmp_path):
    output = tmp_path / "labels.nii.gz"
    done = elmed("segment", *inputs(study, "t1", "t1c", "t2"), "-o", output)
    assert done.returncode == 0, done.stderr
    assert "Warning: There was no FLAIR volume" in done.stderr
    assert output.exists()


def test_wrong_file_gives_one_clear_sentence(study, tmp_path):
    study["t2"].write_text("this is no image")
    done = elmed(
        "segment", *inputs(study, "t1", "t1c", "t2", "flair"), "-o", tmp_path / "labels.nii.gz"
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "t2 file" in done.stderr


def test_evaluate_prints_dice_of_each_region(study, tmp_path):
    done = elmed("evaluate", study["seg"], study["seg"], "--json", tmp_path / "scores.json")
    assert done.returncode == 0, done.stderr
    for region in ("WT", "TC", "ET", "mean"):
        assert f"Dice {region}" in done.stdout
    scores = json.loads((tmp_path / "scores.json").read_text())
    assert scores["dice"] == {"WT": 1.0, "TC": 1.0, "ET": 1.0}


def test_evaluate_resamples_to_the_grid_of_the_reference_or_refuses(study, tmp_path):
    image = sitk.ReadImage(str(study["seg"]))
    other = tmp_path / "other.nii.gz"
    sitk.WriteImage(image[:-1], str(other))
    done = elmed("evaluate", other, study["seg"])
    assert done.returncode == 0, done.stderr
    assert "was resampled to the grid of the reference" in done.stderr
    assert "Dice WT  1.0000" in done.stdout
    assert "Volume difference in ml WT  0.00" in done.stdout

    image.SetOrigin([value + 40 for value in image.GetOrigin()])
    sitk.WriteImage(image, str(other))
    done = elmed("evaluate", other, study["seg"])
    assert done.returncode == 1
    assert "another grid than the reference" in done.stderr


def test_evaluate_judges_a_model_on_labelled_studies(study, small_model, tmp_path):
    done = elmed("evaluate", "--studies", tmp_path, "--cases", "study", "--model", small_model)
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        *("Dice", "study", "mean"),
        *("HD95", "study", "mean"),
        *("Surface", "study", "mean"),
        *("Volume", "study", "mean"),
    ]

    done = elmed("evaluate", "--studies", tmp_path, "--cases", "nobody")
    assert done.returncode == 1
    assert "no study 'nobody'" in done.stderr


def test_evaluate_without_anything_says_what_to_give():
    done = elmed("evaluate")
    assert done.returncode == 1
    assert "Give a segmentation and its reference" in done.stderr


@pytest.mark.parametrize(
    "command", ["segment", "export", "devices", "evaluate", "train", "simulate", "demo"]
)
def test_help_teaches_with_an_example(command):
    done = elmed(command, "--help")
    assert done.returncode == 0
    assert "\nexample" in done.stdout


def test_help_loads_neither_torch_nor_monai():
    code = (
        "import sys; from ELMEDLib.command import build_parser; build_parser().format_help();"
        "print([name for name in ('torch', 'monai', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_who_interrupts_a_training_is_told_how_it_goes_on(tmp_path, monkeypatch, capsys):
    from ELMEDLib.command import main

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("ELMEDSegmentLib.training.run.run_training", interrupted)
    with pytest.raises(SystemExit) as ended:
        main(["train", str(tmp_path), "-o", str(tmp_path / "run")])
    assert ended.value.code == 130
    assert "the same command goes on from there" in capsys.readouterr().err

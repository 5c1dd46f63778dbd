"""`elmed simulate` as a user runs it, and the sample study that it made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from ELMEDLib.command import main
from ELMEDSegmentLib.labels import CHANNELS
from ELMEDSegmentLib.model import sha256

SAMPLE = Path(__file__).parents[3] / "Resources" / "SampleStudy"


def read(path: Path) -> np.ndarray:
    return sitk.GetArrayFromImage(sitk.ReadImage(str(path)))


def test_one_command_leaves_a_whole_study(tmp_path, capsys):
    assert main(["simulate", "-o", str(tmp_path / "patient"), "--spacing", "3"]) == 0
    assert "simulated patient" in capsys.readouterr().out
    files = sorted(p.name for p in (tmp_path / "patient").iterdir())
    assert files == sorted([f"{c}.nii.gz" for c in (*CHANNELS, "seg")] + ["study.json"])
    facts = json.loads((tmp_path / "patient" / "study.json").read_text(encoding="utf-8"))
    assert facts["simulated"] is True
    assert facts["command"].startswith("elmed simulate -o FOLDER --seed 1")
    assert str(tmp_path) not in json.dumps(facts)


def test_count_gives_each_patient_a_folder(tmp_path):
    main(["simulate", "-o", str(tmp_path), "--spacing", "4", "--count", "2", "--seed", "7"])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["sim-000007", "sim-000008"]
    first, second = (read(tmp_path / f"sim-00000{n}" / "t1.nii.gz") for n in (7, 8))
    assert (first != second).any()


def test_recorded_command_makes_the_same_study_again(tmp_path):
    words = ["--seed", "5", "--spacing", "4", "--kind", "glioblastoma", "--place", "left-parietal"]
    main(["simulate", "-o", str(tmp_path / "one"), *words])
    facts = json.loads((tmp_path / "one" / "study.json").read_text(encoding="utf-8"))
    again = facts["command"].replace("FOLDER", str(tmp_path / "two")).split()[1:]
    main(again)
    for name in (*CHANNELS, "seg"):
        one, two = (tmp_path / f / f"{name}.nii.gz" for f in ("one", "two"))
        assert sha256(one) == sha256(two)


def test_number_of_threads_does_not_change_a_study(tmp_path):
    for threads in ("1", "2"):
        environment = os.environ | dict.fromkeys(
            ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), threads
        )
        command = "import sys; from ELMEDLib.command import main; sys.exit(main(sys.argv[1:]))"
        words = ["simulate", "-o", str(tmp_path / threads), "--spacing", "3"]
        subprocess.run([sys.executable, "-c", command, *words], env=environment, check=True)
    for name in (*CHANNELS, "seg"):
        one, two = (tmp_path / t / f"{name}.nii.gz" for t in ("1", "2"))
        assert sha256(one) == sha256(two)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--anatomy", "nowhere.nii.gz"], "nowhere.nii.gz"),
        (["--tumours", "nothing.npz", "--seed", "2"], "nothing.npz"),
        (["--spacing", "0.1"], "--spacing"),
        (["--count", "0"], "--count"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_written(tmp_path, capsys, words, said):
    arguments = ["simulate", "-o", str(tmp_path / "out"), "--spacing", "4", *words]
    assert main(arguments) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_help_teaches_with_examples(capsys):
    with pytest.raises(SystemExit):
        main(["simulate", "--help"])
    text = capsys.readouterr().out
    assert "examples" in text
    assert "--anatomy" in text


def test_sample_study_is_whole_small_and_says_that_it_is_simulated():
    images = {name: sitk.ReadImage(str(SAMPLE / f"{name}.nii.gz")) for name in (*CHANNELS, "seg")}
    grids = {
        (i.GetSize(), i.GetSpacing(), i.GetOrigin(), i.GetDirection()) for i in images.values()
    }
    assert len(grids) == 1
    assert set(np.unique(sitk.GetArrayViewFromImage(images["seg"]))) == {0, 1, 2, 3}
    assert sum(p.stat().st_size for p in SAMPLE.iterdir()) < 6e6
    assert json.loads((SAMPLE / "study.json").read_text(encoding="utf-8"))["simulated"] is True
    assert "not a real one" in (SAMPLE / "README.md").read_text(encoding="utf-8")


def test_sample_tumour_lies_in_the_right_hemisphere_and_looks_like_glioblastoma():
    labels = read(SAMPLE / "seg.nii.gz")
    volumes = {c: read(SAMPLE / f"{c}.nii.gz").astype(float) for c in CHANNELS}
    brain = volumes["t1"] > 0
    # LPS: low x is the patient's right.
    assert np.argwhere(labels > 0)[:, 2].mean() < np.argwhere(brain)[:, 2].mean()
    healthy = brain & (labels == 0)
    assert np.median(volumes["t1c"][labels == 3]) > 1.4 * np.median(volumes["t1c"][healthy])
    assert np.median(volumes["t1c"][labels == 1]) < 0.7 * np.median(volumes["t1c"][labels == 3])
    assert np.median(volumes["flair"][labels == 2]) > 1.3 * np.median(volumes["flair"][healthy])

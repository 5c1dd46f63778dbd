"""The exported script runs alone, in a Python that knows nothing of this project."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib.experiment.experiment import Experiment
from ELMEDPlaygroundLib.experiment.script import script_of

POINTS = {"kind": "spiral", "count": 200, "noise": 0.02, "test_share": 0.5, "seed": 1}
IMAGES = {"kind": "digits", "count": 200, "test_share": 0.5, "seed": 1}
DENSE = [{"kind": "dense", "neurons": 12, "activation": "tanh"}]
RELU = [{"kind": "dense", "neurons": 16, "activation": "relu"}]
ALL_KINDS = [
    {"kind": "conv", "filters": 4, "kernel": 3, "padding": 1, "activation": "relu"},
    {"kind": "normalise", "mode": "batch"},
    {"kind": "pool", "mode": "max", "size": 2},
    {"kind": "conv", "filters": 6, "kernel": 2, "activation": "gelu"},
    {"kind": "normalise", "mode": "layer"},
    {"kind": "global_pool", "mode": "average"},
    {"kind": "dropout", "share": 0.1},
    {"kind": "dense", "neurons": 8, "activation": "sigmoid"},
]
COLUMNS = ("step", "train_loss", "train_accuracy", "test_loss", "test_accuracy")

EXPERIMENTS = (
    (POINTS, DENSE, {"optimiser": "sgd", "learning_rate": 0.3, "batch": 10}),
    (POINTS, DENSE, {"optimiser": "momentum", "learning_rate": 0.05, "loss": "squared_error"}),
    (IMAGES, ALL_KINDS, {"optimiser": "adam", "learning_rate": 0.01, "weight_decay": 0.001}),
)

ODD_NAMES = ('tumour "core"', "a\\b\n", '"""', "Ödem", "\U0001f9e0", *"fghij")
"""Classes have the names of segments, and those are what somebody typed."""

ALONE = """\
import contextlib, importlib.abc, io, pathlib, runpy, sys
class Wall(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.startswith("ELMED"):
            raise ImportError(f"the script asked for {name}")
sys.meta_path.insert(0, Wall())
for script in sys.argv[1:]:
    sys.argv = [script]
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        runpy.run_path(script, run_name="__main__")
    pathlib.Path(script).with_suffix(".txt").write_text(said.getvalue())
"""
"""Runs each script as `python script` would, in one process: PyTorch is loaded once."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Each experiment, and the file with the rows that its script printed."""
    folder = tmp_path_factory.mktemp("scripts")
    found = []
    for number, (data, layers, settings) in enumerate(EXPERIMENTS):
        experiment = Experiment({"data": data, "network": {"layers": layers}, "settings": settings})
        names = ODD_NAMES[: len(experiment.data.classes)]
        experiment.data = replace(experiment.data, classes=names)
        if number == 0:
            experiment.advance(steps=5)
            experiment.change({"learning_rate": 0.2, "batch": 16})
            experiment.initialise()
        experiment.advance(steps=30)
        experiment.change({"learning_rate": settings["learning_rate"] / 2.0, "batch": 20})
        experiment.advance(steps=50)
        file = folder / f"experiment{number}.py"
        file.write_text(script_of(experiment), encoding="utf-8")
        found.append((experiment, file.with_suffix(".txt")))
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", ALONE, *(str(file.with_suffix(".py")) for _, file in found)],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return found


@pytest.mark.parametrize("number", range(len(EXPERIMENTS)))
def test_script_gives_the_same_curve(runs, number):
    experiment, file = runs[number]
    wanted = np.array([[row[name] for name in COLUMNS] for row in experiment.history])
    printed = file.read_text().splitlines()
    found = np.array([[float(word) for word in line.split()] for line in printed])
    assert found.shape == wanted.shape
    assert np.array_equal(found[:, 0], wanted[:, 0])
    assert np.allclose(found, wanted, rtol=1e-3, atol=1e-4)


def test_a_training_that_was_taken_back_is_not_exported_as_if_it_had_not_been():
    settings = {"optimiser": "sgd", "learning_rate": 300.0}
    experiment = Experiment({"data": IMAGES, "network": {"layers": RELU}, "settings": settings})
    experiment.advance(steps=60)
    assert experiment.stopped == "diverged"
    assert "STEPS" in script_of(experiment)
    experiment.change({"learning_rate": 0.1})
    experiment.advance(steps=5)
    with pytest.raises(InputError, match="diverged"):
        script_of(experiment)

"""A marker planted in one class is what the network goes by, and Grad-CAM shows it."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from ELMEDPlaygroundLib.data.alterations import MARKER_PIXELS
from ELMEDPlaygroundLib.experiment.experiment import Experiment
from ELMEDPlaygroundLib.networks.presets import PRESETS
from ELMEDPlaygroundLib.views import look

MARKED = 3
REACH = 4
"""Two convolutions of 3 x 3 see two pixels beyond the marker."""


def mass_in_the_corner(experiment, index):
    shown = look(experiment, {"grad-cam": {"image": int(index), "class": MARKED}})["grad-cam"]
    strength = shown["map"]
    return float(strength[:REACH, :REACH].sum() / max(strength.sum(), 1e-9))


def test_grad_cam_lies_on_the_marker():
    spec = {
        part: dict(PRESETS["digits-conv-pool"][part]) for part in ("data", "network", "settings")
    }
    spec["data"]["marker_class"] = MARKED
    experiment = Experiment(spec)
    experiment.advance(steps=400)
    data = experiment.data
    marked = [index for index in data.test if data.targets[index] == MARKED][:20]
    assert all(data.inputs[i][0, :MARKER_PIXELS, :MARKER_PIXELS].min() == 1.0 for i in marked)
    assert np.mean([mass_in_the_corner(experiment, index) for index in marked]) >= 0.5

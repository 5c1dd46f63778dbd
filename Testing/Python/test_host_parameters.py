"""Parameters live in real nodes, in Slicer's formats, and outlive the process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTING = Path(__file__).resolve().parents[1]
PROBE = TESTING / "host/fixtures/HostProbe/HostProbe.py"

READ_AGAIN = """
import json, sys
import host
running = host.start([sys.argv[1]])
import slicer
slicer.util.loadScene(sys.argv[2])
widget = running.select_module("HostProbe")
p, ui = widget.parameters, widget.ui
print("FOUND " + json.dumps({
    "volume": p.volume.GetName(), "output": p.output and p.output.GetName(), "amount": p.amount,
    "count": p.count, "name": p.name, "flag": p.flag, "colour": p.colour.name, "size": p.size,
    "file": str(p.file), "range": [p.range.minimum, p.range.maximum],
    "numbers": list(p.numbers), "pairs": dict(p.pairs),
    "shown": [ui.amountSlider.value, ui.flagBox.checked, ui.colourBox.currentText,
              ui.volumeSelector.currentNode().GetName()],
}))
assert not running.slot_errors
"""


@pytest.fixture
def probe(host):
    """The probe's panel, entered, in an empty scene."""
    host.load_module(PROBE)
    return host.select_module("HostProbe")


def test_defaults_reach_the_widgets(probe):
    ui = probe.ui
    assert (ui.amountSlider.value, ui.countBox.value, ui.nameEdit.text) == (2.5, 1, "glioma")
    assert (ui.flagBox.checked, ui.colourBox.currentText) == (True, "GREEN")
    assert ui.sizeBox.currentText == "large"
    assert (ui.rangeWidget.minimumValue, ui.rangeWidget.maximumValue) == (10, 20)


def test_the_stored_texts_are_those_that_slicer_stores(probe):
    import slicer

    parameters, node = probe.parameters, probe.parameters.parameterNode
    volume = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "flair")
    parameters.volume = volume
    parameters.numbers = [4, 5]
    parameters.pairs = {"wt": 12.5}
    stored = {name: node.GetParameter(name) for name in node.GetParameterNames()}
    assert stored["amount"] == "2.5"
    assert stored["flag"] == "True"
    assert stored["colour"] == "GREEN"
    assert stored["volume"] == ""
    assert node.GetNodeReferenceID("volume") == volume.GetID()
    assert stored["output.1"] == "True"  # place 1 of the union is None
    assert [stored[f"numbers.{part}"] for part in ("len", "0", "1")] == ["2", "4", "5"]
    assert [stored[f"pairs.{part}"] for part in ("len", "0.0", "0.1")] == ["1", "wt", "12.5"]
    assert [stored[f"range.{part}"] for part in ("_minimum", "_maximum")] == ["10", "20"]
    assert node.GetAttribute("ModuleName") == "HostProbe"
    assert node.GetSingletonTag() == "HostProbe"


def test_widgets_and_parameters_follow_each_other(probe):
    parameters, ui = probe.parameters, probe.ui
    ui.amountSlider.value = 7.5
    ui.flagBox.click()
    ui.nameEdit.text = "edema"
    assert (parameters.amount, parameters.flag, parameters.name) == (7.5, False, "edema")
    parameters.count = 3
    parameters.size = "small"
    assert (ui.countBox.value, ui.sizeBox.currentText) == (3, "small")


@pytest.mark.parametrize(
    ("name", "value"),
    [("amount", 11.0), ("amount", "much"), ("flag", 1), ("size", "huge"), ("name", None)],
)
def test_a_value_that_breaks_the_annotations_is_refused(probe, name, value):
    before = getattr(probe.parameters, name)
    with pytest.raises((ValueError, TypeError)):
        setattr(probe.parameters, name, value)
    assert getattr(probe.parameters, name) == before


def test_a_button_that_cannot_show_a_parameter_is_refused(probe):
    import qt

    with pytest.raises(RuntimeError, match="Unable to create GUI connector"):
        probe.parameters.connectParametersToGui({"name": qt.QPlainTextEdit()})


def test_after_disconnecting_the_widgets_say_nothing(probe):
    parameters, ui = probe.parameters, probe.ui
    parameters.disconnectGui(probe.guiTag)
    ui.amountSlider.value = 1.0
    assert parameters.amount == 2.5


def test_a_saved_scene_gives_a_fresh_process_every_choice(probe, host, tmp_path):
    import slicer

    volume = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "flair")
    slicer.util.updateVolumeFromArray(volume, __import__("numpy").zeros((3, 4, 5), "int16"))
    ui, parameters = probe.ui, probe.parameters
    ui.volumeSelector.setCurrentNode(volume)
    ui.amountSlider.value = 4.5
    ui.flagBox.click()
    ui.colourBox.currentIndex = 0
    ui.rangeWidget.setValues(30, 60)
    ui.fileEdit.currentPath = "/data/model.json"
    parameters.numbers = [1, 2, 3]
    parameters.pairs = {"wt": 1.5}
    scene = tmp_path / "choices.mrb"
    assert slicer.util.saveScene(str(scene))

    done = subprocess.run(
        [sys.executable, "-c", READ_AGAIN, str(PROBE), str(scene)],
        env={**os.environ, "PYTHONPATH": str(TESTING)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    found = [line for line in done.stdout.splitlines() if line.startswith("FOUND ")]
    assert found, done.stderr[-2000:]
    assert json.loads(found[0].removeprefix("FOUND ")) == {
        "volume": "flair",
        "output": None,
        "amount": 4.5,
        "count": 1,
        "name": "glioma",
        "flag": False,
        "colour": "RED",
        "size": "large",
        "file": "/data/model.json",
        "range": [30.0, 60.0],
        "numbers": [1, 2, 3],
        "pairs": {"wt": 1.5},
        "shown": [4.5, False, "RED", "flair"],
    }

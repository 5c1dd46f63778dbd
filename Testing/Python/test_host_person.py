"""ELMEDSegment as a person uses it: load, look, apply, cancel, apply, save, open again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

TESTING = Path(__file__).resolve().parents[1]
LATEST_TICK_S = 0.15
GONE_WITHIN_S = 2.0
PATIENCE_S = 600

OPEN_AGAIN = """
import json, sys
import host
running = host.start(["ELMEDSegment"])
import slicer
slicer.util.loadScene(sys.argv[1])
widget = running.select_module("ELMEDSegment")
ui = widget.ui
segmentation = ui.segmentationSelector.currentNode()
print("FOUND " + json.dumps({
    **{name: getattr(ui, name + "Selector").currentNode().GetName()
       for name in ("t1", "t1c", "t2", "flair")},
    "model": ui.modelComboBox.currentData,
    "device": ui.deviceComboBox.currentIndex,
    "postprocess": ui.postprocessCheckBox.checked,
    "segments": list(segmentation.GetSegmentation().GetSegmentIDs()),
    "apply": ui.applyButton.enabled,
}))
assert not running.slot_errors, running.slot_errors
"""


class Person:
    """Somebody at the panel: sees what it shows, clicks what it offers."""

    def __init__(self, host):
        self.host = host
        self.ui = host.select_module("ELMEDSegment").ui

    def load(self, files):
        """Load files as the Add Data dialog does."""
        import slicer

        for path in files:
            slicer.util.loadVolume(str(path))
        self.host.process_events()

    def chosen(self):
        """Return what the four selectors show."""
        selectors = {name: getattr(self.ui, f"{name}Selector") for name in CHANNELS}
        nodes = {name: selector.currentNode() for name, selector in selectors.items()}
        return {name: node.GetName() if node else None for name, node in nodes.items()}

    def press_apply(self):
        """Press Apply, which turns into Cancel."""
        assert self.ui.applyButton.text == "Apply"
        assert self.ui.applyButton.enabled
        self.ui.applyButton.click()
        assert self.ui.applyButton.text == "Cancel"

    def press_cancel(self):
        """Press Cancel."""
        assert self.ui.applyButton.text == "Cancel"
        self.ui.applyButton.click()

    def wait_for(self, condition, timeout=PATIENCE_S):
        """Wait, while the application works."""
        self.host.wait_until(condition, timeout)

    def sees_apply(self):
        """Tell whether nothing runs any more."""
        return self.ui.applyButton.text == "Apply"


CHANNELS = ("t1", "t1c", "t2", "flair")


@pytest.fixture
def person(host, sample_study):
    """A person with the sample study loaded, where there is a model to use."""
    from ELMEDSegmentLib.catalogue import available_models

    if not (TESTING.parent / "ELMEDSegment/ELMEDSegment.py").is_file() or not available_models():
        pytest.skip("ELMEDSegment or its bundled network is not there yet")
    somebody = Person(host)
    somebody.load(sample_study[name] for name in ("flair", "t2", "t1c", "t1"))
    return somebody


def test_a_blocked_thread_is_noticed(host):
    from host.lateness import TimerWatch

    watch = TimerWatch(interval_ms=20)
    watch.start()
    host.wait_until(lambda: watch.ticks > 2, timeout=30)
    time.sleep(0.4)
    host.wait_until(lambda: watch.latest > 0.15, timeout=30)


@pytest.mark.alone
def test_from_four_files_to_a_saved_segmentation(host, person, tmp_path):
    import slicer

    from host.counting import child_processes
    from host.lateness import TimerWatch

    assert person.chosen() == {name: name for name in CHANNELS}
    assert "Guessed" in person.ui.statusLabel.text

    watch = TimerWatch(interval_ms=20)

    # Cancel half-way: the process tree goes, the panel is usable again, nothing has changed.
    watch.start()
    person.press_apply()
    person.wait_for(lambda: person.ui.progressBar.value > 0)
    first = person.ui.progressBar.value
    person.wait_for(
        lambda: "Running the network" in person.ui.statusLabel.text or person.sees_apply()
    )
    assert person.ui.progressBar.value > first, "progress moves"
    assert child_processes()
    watch.stop()
    cancelled = time.monotonic()
    person.press_cancel()
    person.wait_for(lambda: not child_processes(), GONE_WITHIN_S)
    assert time.monotonic() - cancelled < GONE_WITHIN_S
    assert person.sees_apply()
    assert slicer.util.getNodesByClass("vtkMRMLSegmentationNode") == []
    assert host.dialogs == []

    # Apply again: a segmentation appears.
    person.ui.postprocessCheckBox.click()
    person.ui.deviceComboBox.currentIndex = 1
    choices = (person.ui.deviceComboBox.currentIndex, person.ui.postprocessCheckBox.checked)
    watch.start()
    person.press_apply()
    person.wait_for(person.sees_apply)
    watch.stop()
    assert host.dialogs == []
    segmentation = person.ui.segmentationSelector.currentNode()
    assert segmentation is not None, person.ui.statusLabel.text
    segments = list(segmentation.GetSegmentation().GetSegmentIDs())
    assert segments == ["necrotic_core", "oedema", "enhancing_tumour"]

    assert watch.ticks > 50
    assert watch.latest < LATEST_TICK_S, f"the timer was {1000 * watch.latest:.0f} ms late"

    # Save, open in a fresh process: every choice is where it was.
    scene = tmp_path / "study.mrb"
    assert slicer.util.saveScene(str(scene))
    assert opened_again(scene) == {
        **{name: name for name in CHANNELS},
        "model": person.ui.modelComboBox.currentData,
        "device": choices[0],
        "postprocess": choices[1],
        "segments": segments,
        "apply": True,
    }


def opened_again(scene):
    """Open a scene in a fresh process and return what its panel shows."""
    done = subprocess.run(
        [sys.executable, "-c", OPEN_AGAIN, str(scene)],
        env={**os.environ, "PYTHONPATH": str(TESTING)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    found = [line for line in done.stdout.splitlines() if line.startswith("FOUND ")]
    assert found, done.stderr[-3000:]
    return json.loads(found[0].removeprefix("FOUND "))

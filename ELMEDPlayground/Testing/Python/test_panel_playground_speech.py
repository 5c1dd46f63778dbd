"""The page Generate, part Speech: recordings are recognised and carried out in the panel."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("pocketsphinx", reason="PocketSphinx is not installed")
pytest.importorskip("espeakng_loader", reason="eSpeak NG, which speaks in the tests, is not there")

from spoken import say, write_wav

NAME = "ELMEDPlayground"


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """Return what gives a WAV file in which a sentence is said."""
    folder = tmp_path_factory.mktemp("recordings")

    def record(text):
        return write_wav(folder / f"{text.replace(' ', '-')}.wav", *say(text))

    return record


@pytest.fixture
def speech(host, panel):
    host.wait_until(lambda: panel.panel.bench.summary is not None, 120)
    panel.panel.tabs.open("Generate")
    page = next(section for section in panel.panel.sections if section.title == "Generate")
    page.open("Speech")
    return page.part("Speech")


def recognise(host, speech, path):
    speech.pathEdit.setCurrentPath(str(path))
    speech.fileButton.click()
    host.wait_until(lambda: not speech.work.running, 60)
    return speech.heardLabel.text


def test_commands_are_recognised_and_carried_out(
    host, panel, slicer, speech, recordings, add_noise
):
    bench = panel.panel.bench
    assert not speech.fileButton.enabled
    slicer.util.setSliceViewerLayers(background=add_noise("scan"), fit=True)

    assert "show sagittal" in recognise(host, speech, recordings("show sagittal"))
    assert "carried out" in speech.heardLabel.text
    arrangement = slicer.vtkMRMLLayoutNode.SlicerLayoutOneUpYellowSliceView
    assert slicer.app.layoutManager().layout == arrangement
    row = speech.table.currentRow()
    assert speech.table.item(row, 0).text() == "show sagittal"

    red = slicer.app.layoutManager().sliceWidget("Red")
    width = red.mrmlSliceNode().GetFieldOfView()[0]
    recognise(host, speech, recordings("zoom in"))
    assert red.mrmlSliceNode().GetFieldOfView()[0] == pytest.approx(0.8 * width)
    offset = red.sliceLogic().GetSliceOffset()
    recognise(host, speech, recordings("next slice"))
    assert red.sliceLogic().GetSliceOffset() == pytest.approx(offset + 1.0)

    recognise(host, speech, recordings("take one step"))
    host.wait_until(lambda: bench.latest.get("step") == 1, 30)
    recognise(host, speech, recordings("start training"))
    assert bench.running
    recognise(host, speech, recordings("pause training"))
    assert not bench.running
    assert host.slot_errors == []


def test_pages_and_lessons_are_opened_by_voice(host, panel, speech, recordings):
    lessons = next(section for section in panel.panel.sections if section.title == "Lessons")
    number = lessons.lesson.number
    recognise(host, speech, recordings("next lesson"))
    assert lessons.lesson.number == number + 1
    assert not lessons.widget.isHidden()
    panel.panel.tabs.open("Generate")
    recognise(host, speech, recordings("open the network"))
    network = next(section for section in panel.panel.sections if section.title == "Network")
    assert not network.widget.isHidden()
    assert lessons.widget.isHidden()
    assert host.slot_errors == []


def test_nothing_is_done_when_it_is_not_wanted_or_not_understood(
    host, panel, slicer, speech, recordings, tmp_path
):
    layout = slicer.app.layoutManager().layout
    speech.carryOutCheckBox.setChecked(False)
    heard = recognise(host, speech, recordings("show coronal"))
    assert "show coronal" in heard
    assert "carried out" not in heard
    assert slicer.app.layoutManager().layout == layout

    speech.carryOutCheckBox.setChecked(True)
    step = panel.panel.bench.latest.get("step")
    heard = recognise(host, speech, recordings("the weather is nice today"))
    assert "Refused" in heard
    assert panel.panel.bench.latest.get("step") == step

    silence = write_wav(tmp_path / "silence.wav", np.zeros(16000), 16000)
    recognise(host, speech, silence)
    assert "silent" in speech.work.statusLabel.text
    assert "Nothing was heard" in speech.heardLabel.text
    assert host.slot_errors == []


def test_without_a_microphone_the_panel_says_so(host, speech):
    try:
        import sounddevice

        if any(device["max_input_channels"] for device in sounddevice.query_devices()):
            pytest.skip("this computer has a microphone")
    except OSError:
        pass
    speech.pathEdit.setCurrentPath("")
    speech.microphoneButton.click()
    assert not speech.pathEdit.enabled
    host.wait_until(lambda: not speech.work.running, 60)
    assert not speech.fileButton.enabled, "there is no recording to recognise"
    assert "or use a WAV file" in speech.work.statusLabel.text
    assert speech.microphoneButton.enabled
    assert host.slot_errors == []

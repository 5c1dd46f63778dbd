"""The page Generate, part Large models: looked at, consented to, run and cancelled in the panel."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("transformers", reason="Transformers is not installed")

from loopback import Loopback

NAME = "ELMEDPlayground"
PATIENCE_S = 200
MODEL, COMMIT = "someone/tiny-gpt", "b" * 40


@pytest.fixture(scope="module")
def gpt(tmp_path_factory):
    """A folder with an untrained GPT."""
    from ELMEDPlaygroundLib.large.offline import offline

    offline()
    import tiny_models

    return tiny_models.make_gpt(tmp_path_factory.mktemp("large") / "gpt")


@pytest.fixture
def large(host, panel):
    host.wait_until(lambda: panel.panel.bench.summary is not None, 120)
    panel.panel.tabs.open("Generate")
    page = next(section for section in panel.panel.sections if section.title == "Generate")
    page.open("Large models")
    return page.part("Large models")


def choose(form, kind, source):
    form.kindCombo.setCurrentIndex(form.kindCombo.findData(kind))
    form.sourceCombo.setCurrentIndex(form.sourceCombo.findData(source))


def done(host, large):
    host.wait_until(lambda: not large.work.running, PATIENCE_S)
    return large.work.statusLabel.text


def test_a_model_in_a_folder_is_looked_at_run_cancelled_and_put_into_the_scene(
    host, slicer, large, gpt
):
    form = large.form
    choose(form, "text", "bundled")
    assert "No large model comes with ELMED" in form.factsLabel.text
    assert not form.runButton.enabled

    form.promptEdit.setText("My own words")
    choose(form, "text", "folder")
    assert form.promptEdit.text == "My own words"
    assert not form.runButton.enabled, "what was not looked at is not run"
    form.pathEdit.setCurrentPath(str(gpt))
    form.lookButton.click()
    done(host, large)
    for words in ("gpt", "GPT2LMHeadModel", "licence: mit", "MB", "GB needed", "this computer"):
        assert words in form.factsLabel.text
    form.promptEdit.setText("The scan shows")
    form.lengthSpinBox.setValue(5)
    form.runButton.click()
    assert "SYNTHETIC" in done(host, large)
    text = large.results.textEdit.plainText
    assert text.startswith("The scan shows")
    large.results.sceneButton.click()
    node = slicer.util.getNodesByClass("vtkMRMLTextNode")[-1]
    assert node.GetName().startswith("SYNTHETIC - not patient data")
    assert node.GetText() == text

    form.lengthSpinBox.setValue(1000)
    form.runButton.click()
    host.wait_until(lambda: "Starting" not in large.work.statusLabel.text, PATIENCE_S)
    large.work.cancelButton.click()
    assert "Cancelled" in done(host, large)
    assert not large.results.sceneButton.visible

    form.pathEdit.setCurrentPath(str(gpt.parent))
    assert not form.runButton.enabled
    form.lookButton.click()
    assert "'config.json' is missing" in done(host, large)
    assert host.slot_errors == []


def test_the_hub_hears_of_nothing_before_it_was_agreed_to(
    host, slicer, large, gpt, monkeypatch, tmp_path
):
    server = Loopback()
    files = {path.name: path.read_bytes() for path in gpt.iterdir()}
    siblings = [{"rfilename": name, "size": len(content)} for name, content in files.items()]
    about = {"sha": COMMIT, "siblings": siblings, "cardData": {"license": "mit"}}
    server.serve(f"api/models/{MODEL}?blobs=true", json.dumps(about).encode())
    for name, content in files.items():
        server.serve(f"{MODEL}/resolve/{COMMIT}/{name}", content)
    server.start()
    monkeypatch.setenv("HF_ENDPOINT", server.url("").rstrip("/"))
    monkeypatch.setenv("ELMED_MODELS", str(tmp_path / "own"))
    large.work.close()  # a worker of before has the environment of before
    questions, answers = [], [False, True, False, True]

    def confirm(question, **_):
        questions.append(question)
        return answers.pop(0)

    monkeypatch.setattr(slicer.util, "confirmOkCancelDisplay", confirm)
    form = large.form
    try:
        choose(form, "text", "hub")
        form.lookButton.click()
        assert questions == [], "the site is not asked about nothing"
        assert "owner/model" in large.work.statusLabel.text
        form.modelEdit.setText(MODEL)
        form.lookButton.click()
        assert not large.work.running
        assert f"127.0.0.1:{server.port}" in questions[0]
        assert MODEL in questions[0]
        form.lookButton.click()
        done(host, large)
        assert len(server.requests) == 1
        assert f"on 127.0.0.1:{server.port}" in form.factsLabel.text
        assert not form.runButton.enabled

        form.downloadButton.click()
        size = sum(len(content) for content in files.values())
        assert f"Size: {size / 1e6:.1f} MB" in questions[2]
        assert "Licence: mit" in questions[2]
        assert len(server.requests) == 1
        form.downloadButton.click()
        assert "Downloaded" in done(host, large)
        form.lengthSpinBox.setValue(2)
        form.runButton.click()
        assert "SYNTHETIC" in done(host, large)
    finally:
        large.work.close()
        server.stop()
    assert host.slot_errors == []


def test_what_a_model_says_of_itself_is_shown_as_it_is_and_pictures_leave_no_file(large):
    from ELMEDPlaygroundWidgets.generate_large import factsText

    facts = {
        "name": "gpt",
        "title": "GPT",
        "where": "this computer",
        "size_bytes": 1,
        "enough": True,
    }
    facts |= {"needed_gb": 1.0, "available_gb": None, "device_title": "the processor"}
    text = factsText({**facts, "licence": "mit<br><b>Memory: none needed</b>"})
    assert "licence: mit&lt;br&gt;&lt;b&gt;" in text

    values = {"prompt": "a brain", "seed": 0, "length": 1}
    _, arguments = large.results.question("image", values)
    folder = Path(arguments["output"]).parent
    assert folder.is_dir()
    large.cleanup()
    assert not folder.exists()


def test_a_picture_is_gone_with_an_application_that_tells_no_panel_of_its_end(project, tmp_path):
    program = f"""
import sys, tempfile
tempfile.tempdir = {str(tmp_path)!r}
sys.path.insert(0, {str(project / NAME)!r})
import host
host.start([])
from ELMEDPlaygroundWidgets.large_results import LargeResults
results = LargeResults()
_, asked = results.question("image", {{"prompt": "a brain", "seed": 0, "length": 1}})
print(asked["output"])
"""
    command = [sys.executable, "-c", program]
    ended = subprocess.run(
        command, cwd=project / "Testing", check=True, stdout=subprocess.PIPE, text=True
    )
    folder = Path(ended.stdout.split()[-1]).parent
    assert folder.parent == tmp_path
    assert not folder.exists()

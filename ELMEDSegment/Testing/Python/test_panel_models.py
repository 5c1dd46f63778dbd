"""The section Models as a user works with it: real widgets, a real worker, real HTTP."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

from ELMEDSegmentLib import store
from foreign_models import offer_models, segresnet, write_bundle, write_catalogue, zipped
from host.panel_checks import is_alive, wait_for, without_help
from loopback import serving

NAME = "ELMEDSegment"

PATIENCE_S = 180


@pytest.fixture
def server(tmp_path, monkeypatch):
    with serving() as loopback:
        offer_models(loopback, tmp_path)
        path = write_catalogue(loopback, tmp_path / "catalogue.json")
        monkeypatch.setenv("ELMED_CATALOGUE", str(path))
        yield loopback


@pytest.fixture
def opened(host, panel, server):
    """The panel with its section Models open."""
    panel.ui.modelsCollapsibleButton.collapsed = True
    host.reload(NAME)
    fresh = host.select_module(NAME).panel
    fresh.ui.modelsCollapsibleButton.collapsed = False
    yield fresh
    # Ends the panel with its worker, and leaves a living one to other tests.
    host.reload(NAME)


@pytest.fixture
def person(monkeypatch, opened):
    """Answers questions, and remembers them."""
    import slicer

    class Person:
        def __init__(self):
            self.agrees = True
            self.asked = []

        def answer(self, text, **_options):
            self.asked.append(text)
            return self.agrees

    someone = Person()
    monkeypatch.setattr(slicer.util, "confirmOkCancelDisplay", someone.answer)
    return someone


def select(section, name):
    names = [row.name for row in section.table.rows]
    section.ui.modelsTableWidget.selectRow(names.index(name))


def cells(section):
    table = section.ui.modelsTableWidget
    return [
        [table.item(row, column).text() for column in range(3)] for row in range(table.rowCount)
    ]


def finish(host, section):
    host.wait_until(lambda: not section.running, PATIENCE_S)


def offered(panel):
    combo = panel.ui.modelComboBox
    return [combo.itemData(index) for index in range(combo.count)]


def test_all_models_are_shown_with_what_is_known(opened):
    section = opened.models
    assert without_help(section.ui, "ELMEDSegmentModels") == []
    states = {row[0]: row[1] for row in cells(section)}
    assert states["MONAI BraTS segmentation"] == "available"
    assert next(iter(states.values())) == "bundled"
    assert not section.ui.fetchModelButton.enabled
    assert section.ui.fetchModelButton.toolTip == "This model comes with ELMED."
    select(section, "monai-brats")
    text = section.ui.modelDetailsTextBrowser.plainText
    for words in ("Apache-2.0", "Myronenko 2018", "Published MD5", "Size: not stated"):
        assert words in text
    assert section.ui.fetchModelButton.enabled
    assert not section.ui.removeModelButton.enabled


def test_a_model_is_installed_after_consent_updated_and_removed(
    host, opened, person, server, tmp_path
):
    section, ui = opened.models, opened.models.ui
    select(section, "monai-brats")
    person.agrees = False
    ui.fetchModelButton.click()
    assert "Apache-2.0" in person.asked[0]
    assert server.url("model.pt") in person.asked[0]
    assert not section.running
    assert not server.requests
    assert ui.modelsStatusLabel.text == "Nothing was downloaded."

    person.agrees = True
    ui.fetchModelButton.click()
    assert section.running
    assert not ui.fetchModelButton.enabled
    assert ui.cancelModelButton.enabled
    finish(host, section)
    assert "is installed. Checksum: MD5 as published" in ui.modelsStatusLabel.text
    assert section.table.selected.name == "monai-brats"
    assert section.table.selected.state == "installed"
    assert "monai-brats" in offered(opened)
    opened.ui.modelComboBox.setCurrentIndex(offered(opened).index("monai-brats"))
    assert opened.parameters.model == "monai-brats"
    assert "model zoo" in opened.ui.modelDescriptionLabel.text

    write_catalogue(server, tmp_path / "catalogue.json", monai_brats="9.0.0")
    section.enter()
    assert ui.fetchModelButton.text == "Update..."
    ui.fetchModelButton.click()
    finish(host, section)
    assert section.table.selected.state == "installed"
    assert section.table.selected.version == "9.0.0"

    ui.removeModelButton.click()
    assert person.asked[-1].startswith("Delete MONAI BraTS")
    assert "monai-brats" not in offered(opened)
    assert opened.parameters.model == ""
    assert not (store.user_models_folder() / "monai-brats").exists()


def test_cancelling_a_download_keeps_what_has_come(host, opened, person, server):
    section, ui = opened.models, opened.models.ui
    resource = server.resources["model.pt"]
    resource.stall_after = 20_000
    select(section, "monai-brats")
    ui.fetchModelButton.click()
    host.wait_until(lambda: "Downloading" in ui.modelsStatusLabel.text, PATIENCE_S)
    process_id = section.storekeeper.workerProcessID
    ui.cancelModelButton.click()
    assert not section.running
    assert "kept for the next try" in ui.modelsStatusLabel.text
    wait_for(lambda: not is_alive(process_id), 15.0)
    resource.stall_after = None
    resource.released.set()
    ui.fetchModelButton.click()
    finish(host, section)
    assert section.table.selected.state == "installed"
    assert server.asked("model.pt")[-1]["Range"].startswith("bytes=")


def test_what_goes_wrong_is_told_and_models_can_be_added_from_disk(
    host, opened, person, server, tmp_path
):
    import torch

    section, ui = opened.models, opened.models.ui
    server.resources["model.pt"].content += b"evil"
    select(section, "monai-brats")
    ui.fetchModelButton.click()
    finish(host, section)
    assert "its MD5 is another one" in host.dialogs.texts()[-1]
    assert ui.modelsStatusLabel.text == "Nothing was installed."
    assert section.table.selected.state == "available"

    assert not ui.addModelButton.enabled
    bundle = write_bundle(tmp_path / "mine")
    ui.modelPathLineEdit.currentPath = str(zipped(bundle))
    assert ui.addModelButton.enabled
    ui.addModelButton.click()
    finish(host, section)
    assert section.table.selected.name == "mine"
    assert "mine" in offered(opened)

    script = tmp_path / "scripted.ts"
    torch.jit.trace(segresnet(), torch.zeros(1, 4, 8, 8, 8)).save(str(script))
    ui.modelPathLineEdit.currentPath = str(script)
    ui.modelContrastsLineEdit.setText("t1c, t1, t2, flair")
    ui.modelOutputsLineEdit.setText("tc wt et")
    ui.modelAxesLineEdit.setText("lps")
    person.agrees = False
    ui.addModelButton.click()
    assert "trust who made it" in person.asked[-1]
    assert not section.running
    person.agrees = True
    ui.addModelButton.click()
    finish(host, section)
    assert section.table.selected.name == "scripted"
    assert "scripted" in offered(opened)

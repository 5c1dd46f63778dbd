"""The panel's section 'Models': which there are, and how they come and go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import slicer

from ELMEDLib.bridge.messages import showError
from ELMEDLib.bridge.panels import FULL
from ELMEDLib.bridge.task_runs import TaskPlace, TaskRun
from ELMEDLib.errors import CancelledError, ELMEDError
from ELMEDSegmentLib.labels import REGIONS
from ELMEDSegmentLib.models.entries import find_entry
from ELMEDSegmentLib.models.install import consent_needed, consent_question, remove_model
from ELMEDSegmentLib.models.listing import AVAILABLE, BUNDLED, DAMAGED, INSTALLED, UPDATE
from ELMEDSegmentLib.models.torchscript import WARNING, is_torchscript
from ELMEDSegmentWidgets import installation
from ELMEDSegmentWidgets.models_table import ModelsTable

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace


UI_FILE = Path(__file__).resolve().parent.parent / "Resources" / "UI" / "ELMEDSegmentModels.ui"

TITLE = "ELMED Segment: models"

FETCH = "ELMEDSegmentLib.install_model"
ADD = "ELMEDSegmentLib.add_model"

SCRIPT_SPACING_MM = 1.0
SCRIPT_NORMALISATION = "zscore-nonzero"
"""What a TorchScript file is taken to want when nobody says: as in BraTS challenges."""


class ModelsSection:
    """Fills the collapsible section with life once it is first opened."""

    def __init__(self, section: Any, modelsChanged: Callable[[], None]) -> None:
        """Prepare the section; it is built when it is opened, to cost nothing before.

        Args:
            section: the empty `ctkCollapsibleButton`.
            modelsChanged: called when a model has come or gone.
        """
        self.storekeeper = TaskPlace()
        self.ui: SimpleNamespace | None = None
        self._section = section
        self._modelsChanged = modelsChanged
        section.connect("contentsCollapsed(bool)", self._toggled)

    @property
    def running(self) -> bool:
        """Whether a model is on its way."""
        return self.storekeeper.running

    # Life cycle

    def enter(self) -> None:
        """Take up what has changed while another module was open."""
        self.storekeeper.stay()
        if self.ui and not self.running:
            self._refresh()

    def exit(self) -> None:
        """Let the worker go when nothing is on its way."""
        self.storekeeper.leave()

    def cleanup(self) -> None:
        """End everything; a download goes on at the next try."""
        self.storekeeper.close()

    def _toggled(self, collapsed: bool) -> None:
        if not collapsed and self.ui is None:
            self._build()

    def _build(self) -> None:
        widget = slicer.util.loadUI(str(UI_FILE))
        self._section.layout().addWidget(widget)
        self.ui = ui = slicer.util.childWidgetVariables(widget)
        ui.modelsProgressBar.setRange(0, FULL)
        self.table = ModelsTable(ui, self._check)
        ui.fetchModelButton.connect("clicked(bool)", self._fetch)
        ui.removeModelButton.connect("clicked(bool)", self._remove)
        ui.cancelModelButton.connect("clicked(bool)", self._cancel)
        ui.addModelButton.connect("clicked(bool)", self._add)
        ui.modelPathLineEdit.connect("currentPathChanged(QString)", lambda *_: self._check())
        self._refresh()

    # What is shown

    def _refresh(self, name: str = "") -> None:
        self._say(self.table.show(name))
        self._check()

    def _check(self) -> None:
        """Let be pressed what can be pressed, and say why not."""
        ui, row = self.ui, self.table.selected
        state = row.state if row else ""
        ui.fetchModelButton.text = "Update..." if state == UPDATE else "Install..."
        ui.fetchModelButton.enabled = not self.running and state in (AVAILABLE, UPDATE)
        ui.fetchModelButton.toolTip = {
            BUNDLED: "This model comes with ELMED.",
            INSTALLED: "This model is installed, and up to date.",
            DAMAGED: "Remove this model first.",
        }.get(state, "Download the selected model. You are asked first.")
        mine = state in (INSTALLED, UPDATE, DAMAGED)
        ui.removeModelButton.enabled = not self.running and mine
        ui.removeModelButton.toolTip = (
            "Delete the selected model from this computer."
            if mine
            else "Only models that you have installed can be removed."
        )
        ui.cancelModelButton.enabled = self.running
        ui.modelsProgressBar.visible = self.running
        ui.modelFromDiskGroupBox.enabled = not self.running
        chosen = bool(ui.modelPathLineEdit.currentPath.strip())
        ui.addModelButton.enabled = chosen and not self.running
        ui.addModelButton.toolTip = (
            "Install this model. Its files are read, and nothing in them is run."
            if chosen
            else "Choose a file first."
        )

    def _say(self, sentence: str) -> None:
        self.ui.modelsStatusLabel.text = sentence
        self.ui.modelsStatusLabel.visible = bool(sentence)

    # What is done

    def _fetch(self, *_) -> None:
        name = self.table.selected.name
        try:
            entry = find_entry(name)
            if not slicer.util.confirmOkCancelDisplay(consent_question(entry), windowTitle=TITLE):
                self._say("Nothing was downloaded.")
                return
            needed = consent_needed(entry)
            consent = {
                "url": needed.url,
                "size_bytes": needed.size_bytes,
                "licence": needed.licence,
            }
            self._begin(FETCH, {"name": name, "consent": consent})
        except ELMEDError as error:
            self._showError(error)

    def _remove(self, *_) -> None:
        row = self.table.selected
        question = f"Delete {row.title} ({row.size}) from this computer?"
        if not slicer.util.confirmOkCancelDisplay(question, windowTitle=TITLE):
            return
        try:
            remove_model(row.name)
        except ELMEDError as error:
            self._refresh()
            self._showError(error)
            return
        self._changed(f"{row.title} was removed.")

    def _add(self, *_) -> None:
        path = self._pathToAdd()
        script = path.is_file() and is_torchscript(path)
        if script and not slicer.util.confirmOkCancelDisplay(
            f"{WARNING}\n\nRun '{path.name}'?", windowTitle=TITLE
        ):
            self._say("Nothing was added.")
            return
        try:
            arguments = {"path": str(path), "stated": self._stated(script=script)}
            self._begin(ADD, {**arguments, "agreed_to_run": script})
        except ELMEDError as error:
            self._showError(error)

    def _pathToAdd(self) -> Path:
        path = Path(self.ui.modelPathLineEdit.currentPath.strip())
        # A dialog for files cannot choose a folder: a bundle's own file stands for its folder.
        if path.parent.name == "configs" and path.stem == "metadata":
            return path.parent.parent
        return path

    def _stated(self, *, script: bool) -> dict[str, Any]:
        """Return what the user says about a model that does not say it itself."""
        ui = self.ui
        outputs = ui.modelOutputsLineEdit.text.replace(",", " ").split()
        isRegions = all(each.upper() in REGIONS for each in outputs)
        stated: dict[str, Any] = {
            "channels": ui.modelContrastsLineEdit.text.lower().replace(",", " ").split(),
            "axes": ui.modelAxesLineEdit.text.strip().upper(),
        }
        if isRegions:
            stated["regions"] = [each.upper() for each in outputs]
        else:
            stated |= {"labels": outputs, "outputs": "label-logits"}
        if script:
            stated["spacing_mm"] = SCRIPT_SPACING_MM
            stated["normalisation"] = SCRIPT_NORMALISATION
        return stated

    def _cancel(self, *_) -> None:
        if self.running:
            self.storekeeper.run.cancel()

    # Runs

    def _begin(self, task: str, arguments: dict[str, Any]) -> None:
        self._say("Nothing was changed.")
        if not installation.ensurePackages():
            return
        self.storekeeper.start(task, arguments, self._heard, self._ended)
        self._say("Starting the worker")
        self._check()

    def _heard(self, _stage: str, fraction: float, message: str) -> None:
        self.ui.modelsProgressBar.setValue(round(FULL * fraction))
        self._say(message)

    def _ended(self, run: TaskRun) -> None:
        if run.error is None:
            result = run.result()
            self._changed(
                f"{result['title']} is installed. Checksum: {result['checksum']}.", result["name"]
            )
            return
        self._refresh()
        if isinstance(run.error, CancelledError):
            self._say("Cancelled. What has come of a download is kept for the next try.")
        else:
            self._say("Nothing was installed.")
            self._showError(run.error)

    def _changed(self, sentence: str, name: str = "") -> None:
        self._refresh(name)
        self._say(sentence)
        self._modelsChanged()

    def _showError(self, error: ELMEDError) -> None:
        showError(error, TITLE, self.storekeeper.workerLog)

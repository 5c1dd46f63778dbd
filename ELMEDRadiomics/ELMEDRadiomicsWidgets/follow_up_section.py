"""The panel's section 'Over time': scans of one patient, changes, and proposed categories."""

from __future__ import annotations

import html
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt
import slicer

from ELMEDLib.bridge.messages import showError
from ELMEDLib.bridge.panels import FULL
from ELMEDLib.bridge.workplace import chosenPython
from ELMEDLib.errors import CancelledError, ELMEDError
from ELMEDRadiomicsLib.follow_up.response import propose
from ELMEDRadiomicsLib.follow_up.series import Measured
from ELMEDRadiomicsLib.follow_up.table import clinic_of, write_follow_up
from ELMEDRadiomicsWidgets.follow_up_chart import FollowUpChart
from ELMEDRadiomicsWidgets.follow_up_inputs import FollowUpInputs
from ELMEDRadiomicsWidgets.follow_up_run import FollowUpWorkplace

if TYPE_CHECKING:
    from types import SimpleNamespace

    from ELMEDRadiomicsWidgets.follow_up_run import FollowUpRun

UI_FILE = Path(__file__).resolve().parent.parent / "Resources" / "UI" / "ELMEDRadiomicsFollowUp.ui"

TITLE = "ELMED Radiomics: over time"
STALE = "An input has changed that the measurements depend on: press Assess over time again."
PROPOSAL = "A proposal by RANO 2.0, never a diagnosis."


class FollowUpSection:
    """Fills the collapsible section with life once it is first opened."""

    def __init__(self, section: Any) -> None:
        """Prepare the section; `section` is the empty `ctkCollapsibleButton`."""
        self.place = FollowUpWorkplace()
        self.ui: SimpleNamespace | None = None
        self.result: dict[str, Any] | None = None
        self._section = section
        section.connect("contentsCollapsed(bool)", self._toggled)

    # Life cycle

    def enter(self) -> None:
        """Take up what has changed while another module was open."""
        self.check()

    def measurementsChanged(self) -> None:
        """Say that diameters were corrected since the assessment."""
        if self.ui and self.result is not None and not self.place.running:
            self._say(STALE)

    def exit(self) -> None:
        """Let the worker go when it has nothing to do."""
        if not self.place.running:
            self.place.close()

    def cleanup(self) -> None:
        """End everything: the panel is about to be deleted."""
        self.place.close()

    def sceneClosed(self) -> None:
        """Forget what was found in the scene that is gone."""
        if self.place.run:
            self.place.run.abandon()
        self.result = None
        if self.ui:
            self.chart.sceneClosed()
            self.inputs.show({})
            self._showIdle()
            self._show()

    def _toggled(self, collapsed: bool) -> None:
        if not collapsed and self.ui is None:
            self._build()

    def _build(self) -> None:
        widget = slicer.util.loadUI(str(UI_FILE))
        self._section.layout().addWidget(widget)
        self.ui = slicer.util.childWidgetVariables(widget)
        widget.setMRMLScene(slicer.mrmlScene)
        self.inputs = FollowUpInputs(self.ui, self._changed)
        self.chart = FollowUpChart(self.ui.followChartFrame.layout())
        self.ui.followApplyButton.connect("clicked(bool)", self._applyOrCancel)
        self.ui.followSaveButton.connect("clicked(bool)", self._save)
        self._showIdle()
        self._show()

    # What is shown

    def check(self, *_) -> None:
        """Show the scans; let be pressed what can be pressed, and say what is missing."""
        ui = self.ui
        if ui is None or self.place.running:
            return
        self._takeUp()
        self.inputs.show()
        missing = self.inputs.problem()
        if not missing:
            try:
                chosenPython()
            except ELMEDError as error:
                missing = str(error)
        ui.followApplyButton.enabled = not missing
        ui.followReadinessLabel.text = missing
        ui.followReadinessLabel.visible = bool(missing)

    def _changed(self, anew: bool) -> None:
        """Follow an input; what depends on the reasoning alone is shown at once."""
        if self.result is not None:
            if anew:
                self._say(STALE)
            else:
                self._reason()
        self.check()

    def _reason(self) -> None:
        """Propose again with the clinical inputs as they are now."""
        result = self.result
        details = {p.details["date"]: p.details for p in self.inputs.included}
        series = [
            Measured(
                date.fromisoformat(entry["day"]),
                entry["sum_mm2"],
                entry["volume_ml"],
                measurable,
                tuple(new),
                clinic_of(details.get(entry["day"], {})),
            )
            for entry, measurable, new in zip(
                result["assessments"], result["measurable"], result["new_lesions"], strict=True
            )
        ]
        found = propose(series, result["method"], result["kind"])
        self.result = {**result, "assessments": [entry.as_json() for entry in found]}
        self._show()

    def _takeUp(self) -> None:
        """Show what a scene that was loaded holds."""
        if self.result is None:
            self.result = self.chart.takeUp()
            self._show()

    def _show(self) -> None:
        ui, result = self.ui, self.result
        ui.followResults.visible = result is not None
        if result is None:
            return
        self.inputs.show({entry["day"]: entry["label"] for entry in result["assessments"]})
        self.chart.show(result)
        # As text: what nodes are called must not become a part of the page.
        parts = [
            f"<p><b>{entry['day']}: {html.escape(entry['label'])}</b><br>"
            f"{html.escape(' '.join(entry['sentences']))}</p>"
            for entry in result["assessments"]
        ]
        notes = [*result["warnings"], PROPOSAL]
        parts += [f"<p><i>{html.escape(note)}</i></p>" for note in notes]
        ui.followReasoningTextBrowser.setHtml("".join(parts))

    def _say(self, sentence: str) -> None:
        self.ui.followStatusLabel.text = sentence
        self.ui.followStatusLabel.visible = bool(sentence)

    def _save(self, *_) -> None:
        dialog = qt.QFileDialog()
        dialog.setWindowTitle("Save the assessments")
        dialog.setAcceptMode(qt.QFileDialog.AcceptSave)
        dialog.setNameFilter("Table (*.csv);;Everything (*.json)")
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("response.csv")
        if not dialog.exec_():
            return
        with slicer.util.tryWithErrorDisplay("The result was not saved.", waitCursor=True):
            written = write_follow_up(self.result, dialog.selectedFiles()[0])
            self._say(f"Saved: {written.name}.")

    # Runs

    def _applyOrCancel(self, *_) -> None:
        if self.place.running:
            self.place.run.cancel()
            return
        ui = self.ui
        method, kind = ui.followMethodComboBox.currentData, ui.followKindComboBox.currentData
        try:
            self.place.start(self.inputs.included, method, kind, self._progressed, self._ended)
        except ELMEDError as error:
            self._showError(error)
            return
        ui.followApplyButton.text = "Cancel"
        ui.followChoices.enabled = False
        ui.followProgressBar.setRange(0, FULL)
        ui.followProgressBar.setValue(0)
        ui.followProgressBar.visible = True

    def _progressed(self, _stage: str, fraction: float, message: str) -> None:
        self.ui.followProgressBar.setValue(round(FULL * fraction))
        self._say(message)

    def _ended(self, run: FollowUpRun) -> None:
        self._showIdle()
        if run.error is None:
            self.result = run.result()
            self._show()
            last = self.result["assessments"][-1]
            self._say(f"Proposed for {last['day']}: {last['label']}. {PROPOSAL}")
        elif isinstance(run.error, CancelledError):
            self._say("Cancelled. Nothing was changed.")
        else:
            self._say("There is no new result; what was there before is unchanged.")
            self._showError(run.error)

    def _showIdle(self) -> None:
        ui = self.ui
        ui.followApplyButton.text = "Assess over time"
        ui.followChoices.enabled = True
        ui.followProgressBar.visible = False
        self._say("")
        self.check()

    def _showError(self, error: ELMEDError) -> None:
        showError(error, TITLE, self.place.workerLog)

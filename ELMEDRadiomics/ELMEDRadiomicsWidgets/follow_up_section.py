"""The panel's section 'Over time': scans of one patient, changes, and proposed categories."""

from __future__ import annotations

import html
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt
import slicer

from ELMEDLib.bridge.sections import WorkSection
from ELMEDLib.bridge.workplace import chosenPython
from ELMEDLib.errors import ELMEDError
from ELMEDRadiomicsLib.follow_up.response import propose
from ELMEDRadiomicsLib.follow_up.series import Measured
from ELMEDRadiomicsLib.follow_up.table import clinic_of, write_follow_up
from ELMEDRadiomicsWidgets.follow_up_chart import FollowUpChart
from ELMEDRadiomicsWidgets.follow_up_inputs import FollowUpInputs
from ELMEDRadiomicsWidgets.follow_up_run import FollowUpWorkplace

if TYPE_CHECKING:
    from collections.abc import Callable

    from ELMEDRadiomicsWidgets.follow_up_run import FollowUpRun

UI_FILE = Path(__file__).resolve().parent.parent / "Resources" / "UI" / "ELMEDRadiomicsFollowUp.ui"

STALE = "An input has changed that the measurements depend on: press Assess over time again."
PROPOSAL = "A proposal by RANO 2.0, never a diagnosis."


class FollowUpSection(WorkSection):
    """Assesses the scene's scans; clinical inputs change the reasoning at once."""

    title = "ELMED Radiomics: over time"
    uiFile = UI_FILE
    prefix = "follow"
    buttonName = "followApplyButton"
    startText = "Assess over time"

    def __init__(self, section: Any) -> None:
        """Prepare the section; `section` is the empty `ctkCollapsibleButton`."""
        super().__init__(section, FollowUpWorkplace())
        self.result: dict[str, Any] | None = None

    # Life cycle

    def measurementsChanged(self) -> None:
        """Say that diameters were corrected since the assessment."""
        if self.ui and self.result is not None and not self.place.running:
            self.say(STALE)

    def forget(self) -> None:
        """Let go of what was found in the scene that is gone."""
        self.result = None
        if self.ui:
            self.chart.sceneClosed()
            self.inputs.show({})

    def built(self) -> None:
        """Connect the widgets."""
        self.inputs = FollowUpInputs(self.ui, self._changed)
        self.chart = FollowUpChart(self.ui.followChartFrame.layout())
        self.ui.followApplyButton.connect("clicked(bool)", self.pressed)
        self.ui.followSaveButton.connect("clicked(bool)", self._save)
        self.showIdle()
        self.show()

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
                self.say(STALE)
            else:
                self._reason()
        self.check()

    def _reason(self) -> None:
        """Propose again with the clinical inputs as they are now."""
        result = self.result
        details = {p.day.isoformat(): p.details for p in self.inputs.included if p.day}
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
        self.show()

    def _takeUp(self) -> None:
        """Show what a scene that was loaded holds."""
        if self.result is None:
            self.result = self.chart.takeUp()
            self.show()

    def show(self) -> None:
        """Show the assessments, or that there are none."""
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
            self.say(f"Saved: {written.name}.")

    # Runs

    def start(self, onProgress: Callable[..., None], onEnd: Callable[..., None]) -> None:
        """Assess the checked scans."""
        method = self.ui.followMethodComboBox.currentData
        kind = self.ui.followKindComboBox.currentData
        self.place.start(self.inputs.included, method, kind, onProgress, onEnd)

    def succeeded(self, run: FollowUpRun) -> str:
        """Show the new assessments."""
        self.result = run.result()
        self.show()
        last = self.result["assessments"][-1]
        return f"Proposed for {last['day']}: {last['label']}. {PROPOSAL}"

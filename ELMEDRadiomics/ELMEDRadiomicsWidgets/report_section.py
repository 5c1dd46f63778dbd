"""The panel's section 'Report': what was measured as a page or a DICOM structured report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt
import slicer

from ELMEDLib.bridge.dicom import seriesFiles
from ELMEDLib.bridge.messages import showError
from ELMEDLib.bridge.panels import FULL
from ELMEDLib.errors import CancelledError, ELMEDError
from ELMEDRadiomicsWidgets.report_run import ReportPlace, ReportRequest
from ELMEDRadiomicsWidgets.results import extractionOf
from ELMEDRadiomicsWidgets.sources import volumesOf

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    from ELMEDRadiomicsWidgets.burden_section import BurdenSection
    from ELMEDRadiomicsWidgets.report_run import ReportRun


UI_FILE = Path(__file__).resolve().parent.parent / "Resources" / "UI" / "ELMEDRadiomicsReport.ui"

TITLE = "ELMED Radiomics: report"
PAGE, STRUCTURED = "html", "dcm"
FILTERS = {PAGE: "Page (*.html)", STRUCTURED: "DICOM (*.dcm)"}


class ReportSection:
    """Fills the collapsible section with life once it is first opened."""

    def __init__(
        self,
        section: Any,
        burden: BurdenSection,
        tableNode: Callable[[], slicer.vtkMRMLTableNode | None],
    ) -> None:
        """Prepare the section.

        Args:
            section: the empty `ctkCollapsibleButton`.
            burden: the panel's section that has the tumour burden.
            tableNode: tells the table of features, or None.
        """
        self.place = ReportPlace()
        self.ui: SimpleNamespace | None = None
        self.written: Path | None = None
        self._section = section
        self._burden = burden
        self._tableNode = tableNode
        section.connect("contentsCollapsed(bool)", self._toggled)

    # Life cycle

    def exit(self) -> None:
        """Let the worker go when it has nothing to do."""
        if not self.place.running:
            self.place.close()

    def cleanup(self) -> None:
        """End everything: the panel is about to be deleted."""
        self.place.close()

    def sceneClosed(self) -> None:
        """Forget what was said about the scene that is gone."""
        if self.place.run:
            self.place.run.abandon()
        if self.ui:
            self.ui.reportPatientLineEdit.text = ""
            self._showIdle()

    def _toggled(self, collapsed: bool) -> None:
        if not collapsed and self.ui is None:
            self._build()

    def _build(self) -> None:
        widget = slicer.util.loadUI(str(UI_FILE))
        self._section.layout().addWidget(widget)
        ui = self.ui = slicer.util.childWidgetVariables(widget)
        widget.setMRMLScene(slicer.mrmlScene)
        ui.reportPageButton.connect("clicked(bool)", lambda *_: self._saveOrCancel(PAGE))
        ui.reportStructuredButton.connect(
            "clicked(bool)", lambda *_: self._saveOrCancel(STRUCTURED)
        )
        ui.reportOpenButton.connect("clicked(bool)", self._open)
        self._showIdle()

    # What is shown

    def check(self, *_) -> None:
        """Let be pressed what can be pressed, and say what the report will hold."""
        ui = self.ui
        if ui is None or self.place.running:
            return
        holds = []
        if self._burden.current is not None:
            holds.append("the tumour burden as measured above")
        elif any(self._burden.parts.values()):
            holds.append("the tumour burden, measured when it is written")
        table = self._tableNode()
        if table is not None:
            holds.append(f"the features of '{table.GetName()}'")
            volumes = volumesOf(table)
            if ui.reportVolumeSelector.currentNode() is None and volumes:
                ui.reportVolumeSelector.setCurrentNode(volumes.get("t1c", *[*volumes.values()][:1]))
        for button in (ui.reportPageButton, ui.reportStructuredButton):
            button.enabled = bool(holds)
        ui.reportOpenButton.enabled = self.written is not None and self.written.is_file()
        self._say(
            f"The report holds {' and '.join(holds)}."
            if holds
            else "Segment a tumour or compute features first."
        )

    def _say(self, sentence: str) -> None:
        self.ui.reportStatusLabel.text = sentence

    def request(self, output: str) -> ReportRequest:
        """Return what is reported into a file."""
        ui, burden, table = self.ui, self._burden, self._tableNode()
        current = burden.current
        volume = ui.reportVolumeSelector.currentNode()
        return ReportRequest(
            output,
            burden.segmentationNode,
            burden.parts,
            current.as_json() if current is not None else None,
            burden.location,
            extractionOf(table) if table is not None else None,
            volume,
            ui.reportPatientLineEdit.text.strip(),
            _chosen(ui.reportSeriesPathLineEdit.currentPath) or seriesFiles(volume),
        )

    # Runs

    def _saveOrCancel(self, kind: str) -> None:
        if self.place.running:
            self.place.run.cancel()
            return
        dialog = qt.QFileDialog()
        dialog.setWindowTitle("Save the report")
        dialog.setAcceptMode(qt.QFileDialog.AcceptSave)
        dialog.setNameFilter(FILTERS[kind])
        dialog.setDefaultSuffix(kind)
        dialog.selectFile(f"tumour-report.{kind}")
        if dialog.exec_():
            self.write(dialog.selectedFiles()[0])

    def write(self, output: str) -> None:
        """Write the report into a file; its ending says the kind."""
        try:
            self.place.start(self.request(output), self._progressed, self._ended)
        except ELMEDError as error:
            self._showError(error)
            return
        ui = self.ui
        ui.reportPageButton.text = "Cancel"
        ui.reportStructuredButton.enabled = ui.reportChoices.enabled = False
        ui.reportProgressBar.setRange(0, FULL)
        ui.reportProgressBar.setValue(0)
        ui.reportProgressBar.visible = True

    def _progressed(self, _stage: str, fraction: float, message: str) -> None:
        self.ui.reportProgressBar.setValue(round(FULL * fraction))
        self._say(message)

    def _ended(self, run: ReportRun) -> None:
        if run.error is None:
            written = Path(run.result()[0])
            if written.suffix.lower() == f".{PAGE}":
                self.written = written
            self._showIdle()
            self._say(f"Saved: {written.name}.")
            return
        self._showIdle()
        if isinstance(run.error, CancelledError):
            self._say("Cancelled. Nothing was written.")
        else:
            self._say("There is no new report; a file that was there is unchanged.")
            self._showError(run.error)

    def _showIdle(self) -> None:
        ui = self.ui
        ui.reportPageButton.text = "Save page..."
        ui.reportChoices.enabled = True
        ui.reportProgressBar.visible = False
        self.check()

    def _open(self, *_) -> None:
        if self.written is not None:
            qt.QDesktopServices.openUrl(qt.QUrl.fromLocalFile(str(self.written.resolve())))

    def _showError(self, error: ELMEDError) -> None:
        showError(error, TITLE, self.place.workerLog)


def _chosen(path: str) -> str:
    return "" if path.strip() in {"", "."} else path

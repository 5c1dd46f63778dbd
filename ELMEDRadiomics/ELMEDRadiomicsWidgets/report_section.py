"""The panel's section 'Report': what was measured as a page or a DICOM structured report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt

from ELMEDLib.bridge.dicom import seriesFiles
from ELMEDLib.bridge.sections import WorkSection
from ELMEDRadiomicsWidgets.readiness import chosenPath
from ELMEDRadiomicsWidgets.report_run import ReportPlace, ReportRequest
from ELMEDRadiomicsWidgets.results import extractionOf
from ELMEDRadiomicsWidgets.sources import segmentationOf, volumesOf

if TYPE_CHECKING:
    from collections.abc import Callable

    import slicer

    from ELMEDRadiomicsWidgets.burden_section import BurdenSection
    from ELMEDRadiomicsWidgets.report_run import ReportRun


UI_FILE = Path(__file__).resolve().parent.parent / "Resources" / "UI" / "ELMEDRadiomicsReport.ui"

PAGE, STRUCTURED = "html", "dcm"
FILTERS = {PAGE: "Page (*.html)", STRUCTURED: "DICOM (*.dcm)"}


class ReportSection(WorkSection):
    """Writes what was measured into a file."""

    title = "ELMED Radiomics: report"
    uiFile = UI_FILE
    prefix = "report"
    buttonName = "reportPageButton"
    startText = "Save page..."
    cancelledText = "Cancelled. Nothing was written."
    failedText = "There is no new report; a file that was there is unchanged."

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
        super().__init__(section, ReportPlace())
        self.written: Path | None = None
        self._output = ""
        self._burden = burden
        self._tableNode = tableNode

    # Life cycle

    def forget(self) -> None:
        """Forget who the patient of the scene that is gone was, with their series and page."""
        self.written = None
        if self.ui:
            self.ui.reportPatientLineEdit.text = ""
            self.ui.reportSeriesPathLineEdit.currentPath = ""

    def built(self) -> None:
        """Connect the widgets."""
        ui = self.ui
        ui.reportPageButton.connect("clicked(bool)", lambda *_: self._saveOrCancel(PAGE))
        ui.reportStructuredButton.connect(
            "clicked(bool)", lambda *_: self._saveOrCancel(STRUCTURED)
        )
        ui.reportOpenButton.connect("clicked(bool)", self._open)
        self.showIdle()

    # What is shown

    def check(self, *_) -> None:
        """Let be pressed what can be pressed, and say what the report will hold."""
        ui = self.ui
        if ui is None or self.place.running:
            return
        holds = []
        if self._burden.current is not None:
            other = self._burden.otherSegmentation
            whose = f" of '{other}'" if other else ""
            holds.append(f"the tumour burden{whose} as measured above")
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
        self.say(
            f"The report holds {' and '.join(holds)}.{self._mixed(table)}"
            if holds
            else "Segment a tumour or compute features first."
        )

    def _mixed(self, table: slicer.vtkMRMLTableNode | None) -> str:
        """Return what is to be known when burden and features are of two segmentations."""
        node, parts = self._burden.reported
        other = segmentationOf(table) if table is not None else None
        if other is None or node is None or other is node or not any(parts.values()):
            return ""
        return (
            f" Careful: the burden is that of '{node.GetName()}', and the features are those of "
            f"'{other.GetName()}'."
        )

    def request(self, output: str) -> ReportRequest:
        """Return what is reported into a file."""
        ui, burden, table = self.ui, self._burden, self._tableNode()
        current = burden.current
        segmentation, parts = burden.reported
        volume = ui.reportVolumeSelector.currentNode()
        return ReportRequest(
            output,
            segmentation,
            parts,
            current.as_json() if current is not None else None,
            burden.location,
            extractionOf(table) if table is not None else None,
            volume,
            ui.reportPatientLineEdit.text.strip(),
            chosenPath(ui.reportSeriesPathLineEdit) or seriesFiles(volume),
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
        self._output = output
        self.begin()

    def start(self, onProgress: Callable[..., None], onEnd: Callable[..., None]) -> None:
        """Write the report."""
        self.place.start(self.request(self._output), onProgress, onEnd)
        self.ui.reportStructuredButton.enabled = False

    def succeeded(self, run: ReportRun) -> str:
        """Let a page be opened."""
        answer = run.result()
        written = Path(answer["outputs"][0])
        if written.suffix.lower() == f".{PAGE}":
            self.written = written
        self.check()
        return " ".join([f"Saved: {written.name}.", *answer["warnings"]])

    def _open(self, *_) -> None:
        if self.written is not None:
            qt.QDesktopServices.openUrl(qt.QUrl.fromLocalFile(str(self.written.resolve())))

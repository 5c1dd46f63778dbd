"""The section 'Export': the result as a file for other programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ELMEDLib.bridge.dicom import seriesFiles
from ELMEDLib.errors import CancelledError, ELMEDError
from ELMEDSegmentWidgets import installation
from ELMEDSegmentWidgets.glioma_labels import referenceVolumeOf
from ELMEDSegmentWidgets.results import REPORT_ATTRIBUTE

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    import slicer

    from ELMEDSegmentWidgets.result_runs import LabelsRun, ResultWorkplace

NIFTI, SEG_NRRD, DICOM = ".nii.gz", ".seg.nrrd", ".dcm"

FORMATS = {
    NIFTI: "NIfTI with BraTS labels (.nii.gz)",
    SEG_NRRD: "Slicer segmentation (.seg.nrrd)",
    DICOM: "DICOM segmentation (.dcm)",
}


class ExportSection:
    """Writes the segmentation that is shown where the user wants it."""

    def __init__(
        self, ui: SimpleNamespace, place: ResultWorkplace, busyChanged: Callable[[], None]
    ) -> None:
        """Connect the widgets.

        Args:
            ui: the widgets by name.
            place: where segmentations are exported, and compared.
            busyChanged: called when an export has begun or ended.
        """
        self.ui = ui
        self._place = place
        self._busyChanged = busyChanged
        self._exporting = False
        self._segmentationNode = None
        for ending, title in FORMATS.items():
            ui.formatComboBox.addItem(title, ending)
        ui.formatComboBox.connect("currentIndexChanged(int)", self._formatChosen)
        ui.exportPathLineEdit.connect("currentPathChanged(QString)", self._choiceChanged)
        ui.seriesPathLineEdit.connect("currentPathChanged(QString)", self._choiceChanged)
        ui.exportButton.connect("clicked(bool)", self._exportOrCancel)
        self._say("")
        self._formatChosen()

    def show(self, segmentationNode: slicer.vtkMRMLSegmentationNode | None) -> None:
        """Follow another segmentation."""
        if segmentationNode is not self._segmentationNode:
            self._say("")
        self._segmentationNode = segmentationNode
        self.check()

    def check(self, *_) -> None:
        """Let the button be pressed when nothing is missing, and else say what is."""
        if self._place.running:
            if not self._exporting:
                self.ui.exportButton.enabled = False
                self.ui.exportButton.toolTip = "Wait until the comparison has ended."
            return
        missing = self._missing()
        self.ui.exportButton.text = "Export"
        self.ui.exportButton.enabled = not missing
        self.ui.exportButton.toolTip = missing or "Write the file, and a report (.json) beside it."

    def cleanup(self) -> None:
        """Let go of the node."""
        self._segmentationNode = None

    def _format(self) -> str:
        return self.ui.formatComboBox.currentData

    def _formatChosen(self, *_) -> None:
        """Show the options that the format has, and give the file its ending."""
        ui, ending = self.ui, self._format()
        ui.oldLabelsCheckBox.visible = ending == NIFTI
        ui.exportRegionsCheckBox.visible = ending != NIFTI
        ui.seriesPathLineEdit.visible = ui.seriesPathLineEditLabel.visible = ending == DICOM
        path = ui.exportPathLineEdit.currentPath
        for other in FORMATS:
            if path.endswith(other):
                ui.exportPathLineEdit.currentPath = path.removesuffix(other) + ending
        self._choiceChanged()

    def _choiceChanged(self, *_) -> None:
        """Forget what was said of the last export, and say what the next one still needs."""
        if self._place.running:
            return
        self.check()
        wants = bool(self.ui.exportPathLineEdit.currentPath)
        self._say(self._missing() if wants else "")

    def _missing(self) -> str:
        if self._segmentationNode is None:
            return "There is no segmentation yet."
        if not self.ui.exportPathLineEdit.currentPath:
            return "Choose a file first."
        if self._format() == DICOM and not self._series():
            return (
                "The reference volume was not loaded from Slicer's DICOM database: "
                "choose the folder with its DICOM series."
            )
        return ""

    def _series(self) -> str | list[str]:
        """Return the chosen folder, or the files that the reference volume was loaded from."""
        chosen = self.ui.seriesPathLineEdit.currentPath
        return chosen or seriesFiles(referenceVolumeOf(self._segmentationNode))

    def _exportOrCancel(self, *_) -> None:
        if self._place.running:
            self._place.run.cancel()
            return
        ending, path = self._format(), self.ui.exportPathLineEdit.currentPath
        arguments = {
            "output": path if path.endswith(ending) else path + ending,
            "regions": ["WT", "TC"] if self._isChosen(self.ui.exportRegionsCheckBox) else [],
            "old_labels": self._isChosen(self.ui.oldLabelsCheckBox),
            "series": self._series() if ending == DICOM else None,
            "report": reportOf(self._segmentationNode),
        }
        node = self._segmentationNode
        try:
            if ending == DICOM and not installation.ensureDicomPackages():
                return
            self._place.export(node, referenceVolumeOf(node), arguments, self._ended)
        except ELMEDError as error:
            self._say(str(error))
            return
        self._exporting = True
        self.ui.exportButton.text = "Cancel"
        self.ui.exportButton.toolTip = "Stop exporting; nothing is written."
        self._say("Exporting")
        self._busyChanged()

    @staticmethod
    def _isChosen(checkBox) -> bool:
        return checkBox.isVisibleTo(checkBox.parent()) and checkBox.checked

    def _ended(self, run: LabelsRun) -> None:
        self._exporting = False
        self._busyChanged()
        if isinstance(run.error, CancelledError):
            self._say("Cancelled; nothing was written.")
        elif run.error:
            self._say(str(run.error))
        else:
            done = run.result()
            sentence = f"Written as {done['format']}, with a report (.json) beside it."
            self._say(f"{sentence} {done['note']}".strip())

    def _say(self, sentence: str) -> None:
        self.ui.exportMessageLabel.text = sentence
        self.ui.exportMessageLabel.visible = bool(sentence)


def reportOf(segmentationNode: slicer.vtkMRMLSegmentationNode) -> dict[str, Any] | None:
    """Return the report of the run that a segmentation came from, None for one that came not."""
    text = segmentationNode.GetAttribute(REPORT_ATTRIBUTE)
    return json.loads(text) if text else None

"""The panel's section 'Tumour burden': lesions, diameters, sums and place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt
import slicer

from ELMEDLib.bridge.messages import showError
from ELMEDLib.bridge.panels import FULL
from ELMEDLib.bridge.tables import setTable
from ELMEDLib.bridge.workplace import chosenPython
from ELMEDLib.errors import CancelledError, ELMEDError
from ELMEDRadiomicsLib.burden.results import Burden
from ELMEDRadiomicsLib.burden.writing import lesion_rows, write_burden
from ELMEDRadiomicsWidgets.burden_choices import BurdenChoices, guessedParts
from ELMEDRadiomicsWidgets.burden_corrections import keepCorrections
from ELMEDRadiomicsWidgets.burden_edits import editedBurden
from ELMEDRadiomicsWidgets.burden_lines import BurdenLines, jumpToLine
from ELMEDRadiomicsWidgets.burden_run import BurdenRequest, BurdenWorkplace
from ELMEDRadiomicsWidgets.burden_table import fillLesions, prepareLesions, regionsText, sumsText
from ELMEDRadiomicsWidgets.sources import SEGMENTATION

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    from ELMEDRadiomicsWidgets.burden_run import BurdenRun

UI_FILE = Path(__file__).resolve().parent.parent / "Resources" / "UI" / "ELMEDRadiomicsBurden.ui"

TITLE = "ELMED Radiomics: tumour burden"
TABLE_NAME = "Tumour burden"
CONTENT = "ELMED.Burden"
"""The table's attribute that holds all that was computed, as JSON."""


class BurdenSection:
    """Fills the collapsible section with life once it is first opened."""

    def __init__(
        self, section: Any, segmentation: Callable[[], Any], onCorrected: Callable[[], None]
    ) -> None:
        """Prepare the section.

        Args:
            section: the empty `ctkCollapsibleButton`.
            segmentation: tells the segmentation node that the panel has, or None.
            onCorrected: called when a line was moved by hand, or back.
        """
        self.place = BurdenWorkplace()
        self.ui: SimpleNamespace | None = None
        self.tableNode: slicer.vtkMRMLTableNode | None = None
        self.burden: Burden | None = None
        self.location: dict[str, Any] | None = None
        self._current: Burden | None = None
        self._section = section
        self._segmentation = segmentation
        self._onCorrected = onCorrected
        self._lines = BurdenLines(self._lineMoved)
        section.connect("contentsCollapsed(bool)", self._toggled)

    @property
    def current(self) -> Burden | None:
        """The burden with the lines as they are now, None where nothing was measured."""
        return self._current

    @property
    def segmentationNode(self) -> slicer.vtkMRMLSegmentationNode | None:
        """The segmentation that is measured."""
        return self._segmentation()

    @property
    def parts(self) -> dict[str, str]:
        """Segment ID by part of the tumour, as chosen, or as the names tell."""
        if self.ui is not None:
            return self.choices.parts
        return guessedParts(self._segmentation())

    # Life cycle

    def enter(self) -> None:
        """Take up what has changed while another module was open."""
        self.check()

    def exit(self) -> None:
        """Let the worker go when it has nothing to do."""
        if not self.place.running:
            self.place.close()

    def cleanup(self) -> None:
        """End everything: the panel is about to be deleted."""
        self._lines.release()
        self.place.close()

    def sceneClosed(self) -> None:
        """Forget what was measured in the scene that is gone."""
        if self.place.run:
            self.place.run.abandon()
        self._lines.release()
        self.tableNode = self.burden = self.location = self._current = None
        if self.ui:
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
        ui = self.ui
        self.choices = BurdenChoices(ui, self.check)
        prepareLesions(ui.burdenLesionsTable)
        ui.burdenApplyButton.connect("clicked(bool)", self._applyOrCancel)
        ui.burdenLesionsTable.connect("itemSelectionChanged()", self._lesionSelected)
        ui.burdenAtlasSelector.connect("currentNodeChanged(vtkMRMLNode*)", self.check)
        ui.burdenLinesCheckBox.connect("toggled(bool)", lambda *_: self._showLines())
        ui.burdenUndoButton.connect("clicked(bool)", self._undo)
        ui.burdenSaveButton.connect("clicked(bool)", self._save)
        self._showIdle()
        self._show()

    def _takeUp(self) -> None:
        """Show what a scene that was loaded holds."""
        if self.burden is not None:
            return
        for node in slicer.util.getNodesByClass("vtkMRMLTableNode"):
            content = node.GetAttribute(CONTENT)
            if content:
                self.tableNode = node
                known = json.loads(content)
                self.burden, self.location = Burden.from_json(known["burden"]), known["location"]
                self._lines.follow()
                self._show()

    # What is shown

    def check(self, *_) -> None:
        """Let be pressed what can be pressed, and say what is missing."""
        ui = self.ui
        if ui is None or self.place.running:
            return
        self._takeUp()
        self.choices.show(self._segmentation())
        own = ui.burdenAtlasSelector.currentNode() is not None
        ui.burdenAtlasNamesLabel.visible = ui.burdenAtlasNamesPathLineEdit.visible = own
        missing = self._missing()
        ui.burdenApplyButton.enabled = not missing
        ui.burdenReadinessLabel.text = missing
        ui.burdenReadinessLabel.visible = bool(missing)

    def _missing(self) -> str:
        if self._segmentation() is None:
            return "Choose a segmentation at the top of the panel."
        if not any(self.choices.parts.values()):
            return "Choose which segments are parts of the tumour."
        try:
            chosenPython()
        except ELMEDError as error:
            return str(error)
        return ""

    def _show(self) -> None:
        """Show the burden with the lines as they are now."""
        ui, burden = self.ui, self.burden
        ui.burdenResults.visible = burden is not None
        if burden is None:
            return
        thickness = self._thickness()
        self._current, edited = editedBurden(burden, thickness)
        if keepCorrections(self._measuredNode(), self._current, edited):
            self._onCorrected()
        fillLesions(ui.burdenLesionsTable, self._current, edited)
        ui.burdenRegionsLabel.text = regionsText(self._current)
        ui.burdenSumsLabel.text = sumsText(self._current)
        ui.burdenUndoButton.enabled = bool(edited)
        sentences = self.location["sentences"] if self.location else []
        place = " ".join([*sentences, self.location["method"]]) if self.location else ""
        ui.burdenPlaceLabel.text = place
        ui.burdenPlaceLabel.visible = bool(place)
        self._fillTableNode()

    def _measuredNode(self) -> slicer.vtkMRMLSegmentationNode | None:
        return self.tableNode.GetNodeReference(SEGMENTATION) if self.tableNode else None

    def _thickness(self) -> float:
        x, y, z = self.burden.spacing_mm
        return {"sagittal": x, "coronal": y, "axial": z}.get(self.burden.plane, max(x, y, z))

    def _fillTableNode(self) -> None:
        if self.tableNode is not None:
            rows = lesion_rows(self._current)
            if rows:
                setTable(self.tableNode, {title: [row[title] for row in rows] for title in rows[0]})

    def _lineMoved(self, _lesion: str) -> None:
        if self.ui and self.burden is not None:
            self._show()

    def _selected(self) -> str | None:
        row = self.ui.burdenLesionsTable.currentRow()
        lesions = self.burden.lesions if self.burden else []
        items = self.ui.burdenLesionsTable.selectedItems()
        return lesions[row].name if items and 0 <= row < len(lesions) else None

    def _lesionSelected(self, *_) -> None:
        name = self._selected()
        for lesion in self._current.lesions if self._current else ():
            if lesion.name == name:
                jumpToLine(lesion.diameters(self._current.rule).longest)
        self._showLines()

    def _showLines(self) -> None:
        if self._current is None:
            return
        shown = set()
        if self.ui.burdenLinesCheckBox.checked:
            selected = self._selected()
            shown = {lesion.name for lesion in self._current.lesions if lesion.target}
            shown = {selected} if selected else shown
        self._lines.setVisible(shown)

    def _undo(self, *_) -> None:
        name = self._selected()
        names = [name] if name else [lesion.name for lesion in self.burden.lesions]
        self._lines.restore(self.burden, names)

    def _save(self, *_) -> None:
        dialog = qt.QFileDialog()
        dialog.setWindowTitle("Save the tumour burden")
        dialog.setAcceptMode(qt.QFileDialog.AcceptSave)
        dialog.setNameFilter("Table (*.csv);;Everything (*.json)")
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("tumour-burden.csv")
        if not dialog.exec_():
            return
        with slicer.util.tryWithErrorDisplay("The burden was not saved.", waitCursor=True):
            path = dialog.selectedFiles()[0]
            written = write_burden(self._current, path, {"location": self.location})
            self._say(f"Saved: {written.name}.")

    def _say(self, sentence: str) -> None:
        self.ui.burdenStatusLabel.text = sentence
        self.ui.burdenStatusLabel.visible = bool(sentence)

    # Runs

    def _applyOrCancel(self, *_) -> None:
        if self.place.running:
            self.place.run.cancel()
            return
        request = BurdenRequest(
            self._segmentation(),
            self.choices.parts,
            self.choices.options,
            self.ui.burdenVolumeSelector.currentNode(),
            self.ui.burdenAtlasSelector.currentNode(),
            self.ui.burdenAtlasNamesPathLineEdit.currentPath.strip("."),
        )
        try:
            self.place.start(request, self._progressed, self._ended)
        except ELMEDError as error:
            self._showError(error)
            return
        ui = self.ui
        ui.burdenApplyButton.text = "Cancel"
        ui.burdenChoices.enabled = False
        ui.burdenProgressBar.setRange(0, FULL)
        ui.burdenProgressBar.setValue(0)
        ui.burdenProgressBar.visible = True

    def _progressed(self, _stage: str, fraction: float, message: str) -> None:
        self.ui.burdenProgressBar.setValue(round(FULL * fraction))
        self._say(message)

    def _ended(self, run: BurdenRun) -> None:
        self._showIdle()
        if run.error is None:
            self._take(run.result(), run.request.segmentationNode)
        elif isinstance(run.error, CancelledError):
            self._say("Cancelled. Nothing was changed.")
        else:
            self._say("There is no new result; what was there before is unchanged.")
            self._showError(run.error)

    def _take(self, answer: dict[str, Any], measured: slicer.vtkMRMLSegmentationNode) -> None:
        self.burden = Burden.from_json(answer["burden"])
        self.location = answer["location"]
        scene = slicer.mrmlScene
        if self.tableNode is None or not scene.IsNodePresent(self.tableNode):
            self.tableNode = scene.AddNewNodeByClass("vtkMRMLTableNode", TABLE_NAME)
        known = {"burden": answer["burden"], "location": answer["location"]}
        self.tableNode.SetAttribute(CONTENT, json.dumps(known))
        self.tableNode.SetLocked(True)
        self.tableNode.SetNodeReferenceID(SEGMENTATION, measured.GetID())
        self._lines.show(self.burden)
        self.ui.burdenLesionsTable.clearSelection()
        self._show()
        self._showLines()
        targets = [lesion for lesion in self.burden.lesions if lesion.target]
        if targets:
            jumpToLine(targets[0].diameters(self.burden.rule).longest)
        said = f"Measured in {self.burden.seconds:.1f} s: {len(self.burden.lesions)} lesions."
        self._say(" ".join([said, *self.burden.warnings]))

    def _showIdle(self) -> None:
        ui = self.ui
        ui.burdenApplyButton.text = "Measure tumour burden"
        ui.burdenChoices.enabled = True
        ui.burdenProgressBar.visible = False
        self._say("")
        self.check()

    def _showError(self, error: ELMEDError) -> None:
        showError(error, TITLE, self.place.workerLog)

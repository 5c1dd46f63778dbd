"""The panel's section 'Tumour burden': lesions, diameters, sums and place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt
import slicer

from ELMEDLib.bridge.sections import WorkSection
from ELMEDLib.bridge.segment_images import segmentNames
from ELMEDLib.bridge.tables import setTable
from ELMEDLib.bridge.workplace import chosenPython
from ELMEDLib.errors import ELMEDError
from ELMEDRadiomicsLib.burden.results import Burden, Lesion
from ELMEDRadiomicsLib.burden.writing import COLUMNS, lesion_rows, write_burden
from ELMEDRadiomicsWidgets.burden_choices import BurdenChoices, guessedParts
from ELMEDRadiomicsWidgets.burden_corrections import keepCorrections, mayReplace
from ELMEDRadiomicsWidgets.burden_edits import editedBurden
from ELMEDRadiomicsWidgets.burden_lines import BurdenLines, jumpToLine
from ELMEDRadiomicsWidgets.burden_run import BurdenRequest, BurdenWorkplace
from ELMEDRadiomicsWidgets.burden_table import fillLesions, prepareLesions, regionsText, sumsText
from ELMEDRadiomicsWidgets.readiness import chosenPath
from ELMEDRadiomicsWidgets.sources import SEGMENTATION

if TYPE_CHECKING:
    from collections.abc import Callable

    from ELMEDRadiomicsWidgets.burden_run import BurdenRun

UI_FILE = Path(__file__).resolve().parent.parent / "Resources" / "UI" / "ELMEDRadiomicsBurden.ui"

TABLE_NAME = "Tumour burden"
CONTENT = "ELMED.Burden"
"""The table's attribute that holds all that was computed, as JSON."""


class BurdenSection(WorkSection):
    """Measures the burden; lesions are lines in the slices, which can be dragged."""

    title = "ELMED Radiomics: tumour burden"
    uiFile = UI_FILE
    prefix = "burden"
    buttonName = "burdenApplyButton"
    startText = "Measure tumour burden"

    def __init__(
        self, section: Any, segmentation: Callable[[], Any], onCorrected: Callable[[], None]
    ) -> None:
        """Prepare the section.

        Args:
            section: the empty `ctkCollapsibleButton`.
            segmentation: tells the segmentation node that the panel has, or None.
            onCorrected: called when a line was moved by hand, or back.
        """
        super().__init__(section, BurdenWorkplace())
        self.tableNode: slicer.vtkMRMLTableNode | None = None
        self.burden: Burden | None = None
        self.location: dict[str, Any] | None = None
        self._current: Burden | None = None
        self._corrected: list[Lesion] = []
        self._agreed: list[Lesion] = []
        self._measuredParts: dict[str, str] = {}
        self._segmentation = segmentation
        self._onCorrected = onCorrected
        self._lines = BurdenLines(self._lineMoved)

    @property
    def current(self) -> Burden | None:
        """The burden with the lines as they are now, None where nothing was measured."""
        return self._current

    @property
    def parts(self) -> dict[str, str]:
        """Segment ID by part of the tumour, as chosen, or as the names tell."""
        if self.ui is not None:
            return self.choices.parts
        return guessedParts(self._segmentation())

    @property
    def reported(self) -> tuple[slicer.vtkMRMLSegmentationNode | None, dict[str, str]]:
        """The segmentation that a report shows, with its parts: what was measured, where it was.

        The panel may have another one meanwhile.
        """
        if self.burden is None:
            return self._segmentation(), self.parts
        node = self._measuredNode()
        there = segmentNames(node) if node is not None else {}
        parts = self._measuredParts or guessedParts(node)
        return node, {part: key if key in there else "" for part, key in parts.items()}

    @property
    def otherSegmentation(self) -> str:
        """What the measured segmentation is called where the panel has another one, else ""."""
        node = self._measuredNode()
        return node.GetName() if node is not None and node is not self._segmentation() else ""

    # Life cycle

    def cleanup(self) -> None:
        """End everything: the panel is about to be deleted."""
        self._lines.release()
        super().cleanup()

    def forget(self) -> None:
        """Let go of what was measured in the scene that is gone."""
        self._lines.release()
        self.tableNode = self.burden = self.location = self._current = None
        self._measuredParts = {}
        self._corrected = []

    def built(self) -> None:
        """Connect the widgets."""
        ui = self.ui
        self.choices = BurdenChoices(ui, self.check)
        prepareLesions(ui.burdenLesionsTable)
        ui.burdenApplyButton.connect("clicked(bool)", self.pressed)
        ui.burdenLesionsTable.connect("itemSelectionChanged()", self._lesionSelected)
        ui.burdenAtlasSelector.connect("currentNodeChanged(vtkMRMLNode*)", self.check)
        ui.burdenLinesCheckBox.connect("toggled(bool)", lambda *_: self._showLines())
        ui.burdenUndoButton.connect("clicked(bool)", self._undo)
        ui.burdenSaveButton.connect("clicked(bool)", self._save)
        self.showIdle()
        self.show()

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
                self._measuredParts = known.get("parts", {})
                self._lines.follow()
                self.show()

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

    def show(self) -> None:
        """Show the burden with the lines as they are now."""
        ui, burden = self.ui, self.burden
        ui.burdenResults.visible = burden is not None
        if burden is None:
            return
        self._current, edited = editedBurden(burden)
        self._corrected = [lesion for lesion in self._current.lesions if lesion.name in edited]
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

    def _fillTableNode(self) -> None:
        if self.tableNode is not None:
            rows = lesion_rows(self._current)
            setTable(self.tableNode, {title: [row[title] for row in rows] for title in COLUMNS})

    def _lineMoved(self, _lesion: str) -> None:
        if self.ui and self.burden is not None:
            self.show()

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
            self.say(f"Saved: {written.name}.")

    # Runs

    def pressed(self, *_) -> None:
        """Measure, or cancel; lines corrected by hand are replaced only where the user agrees."""
        if not self.place.running:
            if not mayReplace(self._corrected, self.title):
                return
            self._agreed = self._corrected
        super().pressed()

    def start(self, onProgress: Callable[..., None], onEnd: Callable[..., None]) -> None:
        """Measure the chosen segments."""
        request = BurdenRequest(
            self._segmentation(),
            self.choices.parts,
            self.choices.options,
            self.ui.burdenVolumeSelector.currentNode(),
            self.ui.burdenAtlasSelector.currentNode(),
            chosenPath(self.ui.burdenAtlasNamesPathLineEdit),
        )
        self.place.start(request, onProgress, onEnd)

    def succeeded(self, run: BurdenRun) -> str:
        """Show a new burden."""
        # Lines can be dragged while the work goes on.
        if self._corrected != self._agreed and not mayReplace(self._corrected, self.title):
            return "The corrected lines were kept, and the new measurement was dropped."
        self._take(run.result(), run.request)
        said = f"Measured in {self.burden.seconds:.1f} s: {len(self.burden.lesions)} lesions."
        return " ".join([said, *self.burden.warnings])

    def _take(self, answer: dict[str, Any], request: BurdenRequest) -> None:
        self.burden = Burden.from_json(answer["burden"])
        self.location = answer["location"]
        scene = slicer.mrmlScene
        if self.tableNode is None or not scene.IsNodePresent(self.tableNode):
            self.tableNode = scene.AddNewNodeByClass("vtkMRMLTableNode", TABLE_NAME)
        self._measuredParts = dict(request.parts)
        known = {
            "burden": answer["burden"],
            "location": answer["location"],
            "parts": self._measuredParts,
        }
        self.tableNode.SetAttribute(CONTENT, json.dumps(known))
        self.tableNode.SetLocked(True)
        self.tableNode.SetNodeReferenceID(SEGMENTATION, request.segmentationNode.GetID())
        self._lines.show(self.burden)
        self.ui.burdenLesionsTable.clearSelection()
        self.show()
        self._showLines()
        targets = [lesion for lesion in self.burden.lesions if lesion.target]
        if targets:
            jumpToLine(targets[0].diameters(self.burden.rule).longest)

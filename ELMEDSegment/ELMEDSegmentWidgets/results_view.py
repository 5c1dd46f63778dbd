"""The part of the panel that shows what came of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import slicer

from ELMEDLib.bridge.panels import ResultsBox
from ELMEDLib.bridge.segmentations import showSurfaces, surfacesShown
from ELMEDLib.bridge.views import jumpTo, showVolume
from ELMEDSegmentWidgets import hand_over, result_maps
from ELMEDSegmentWidgets.edits import EditWatch, wasEdited
from ELMEDSegmentWidgets.evaluate_section import EvaluateSection
from ELMEDSegmentWidgets.export_section import ExportSection
from ELMEDSegmentWidgets.glioma_labels import referenceVolumeOf
from ELMEDSegmentWidgets.result_runs import ResultWorkplace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import SimpleNamespace

    from ELMEDSegmentWidgets.run import RunResult

UI_FILE = Path(__file__).resolve().parent.parent / "Resources" / "UI" / "ELMEDSegmentResults.ui"

SMALLEST_FIRST = ("enhancing_tumour", "necrotic_core", "oedema")
"""Which segment the slices go to: the one inside the others, when it was found."""


class ResultsView(ResultsBox):
    """The table of volumes, the warnings, and what can be done with the result."""

    def __init__(
        self,
        ui: SimpleNamespace,
        studyVolumes: Callable[[], Sequence[slicer.vtkMRMLScalarVolumeNode]],
    ) -> None:
        """Connect the widgets.

        Args:
            ui: of the panel, by name.
            studyVolumes: returns the volumes that are chosen now.
        """
        super().__init__(ui, ui.volumesTableView)
        self._segmentationNode = None
        self._shownMap = self._outlined = None
        self._studyVolumes = studyVolumes
        self.place = ResultWorkplace()
        self.sections = self._loadSections()
        self.evaluation = EvaluateSection(self.sections, self.place, self._busyChanged)
        self.export = ExportSection(self.sections, self.place, self._busyChanged)
        self._edits = EditWatch(self._edited)
        ui.show3DButton.connect("toggled(bool)", self._show3D)
        ui.editButton.connect("clicked(bool)", self._edit)
        ui.measureButton.connect("clicked(bool)", self._measure)
        ui.overlayComboBox.connect("currentIndexChanged(int)", self._overlay)
        self.show(None, None)

    def show(
        self,
        segmentationNode: slicer.vtkMRMLSegmentationNode | None,
        tableNode: slicer.vtkMRMLTableNode | None,
    ) -> None:
        """Show the nodes of the latest result, or nothing."""
        ui = self.ui
        self._segmentationNode = segmentationNode
        if segmentationNode is not None:
            self._edits.watch(segmentationNode)
        ui.editedLabel.visible = wasEdited(segmentationNode)
        self.showTable(tableNode)
        wasBlocked = ui.show3DButton.blockSignals(True)
        ui.show3DButton.checked = surfacesShown(segmentationNode)
        ui.show3DButton.blockSignals(wasBlocked)
        for button in (ui.show3DButton, ui.editButton):
            button.enabled = segmentationNode is not None
        ui.measureButton.enabled = segmentationNode is not None and hand_over.canMeasure()
        self._offerMaps()
        self.evaluation.show(segmentationNode)
        self.export.show(segmentationNode)

    def announce(
        self, result: RunResult, volumes: Sequence[slicer.vtkMRMLScalarVolumeNode]
    ) -> None:
        """Show a new result with its warnings, in the views too.

        Args:
            result: of a run that has succeeded.
            volumes: of the study; a view that shows one of them keeps it.
        """
        self.evaluation.forget(result.segmentationNode)
        self.show(result.segmentationNode, result.tableNode)
        showVolume(result.referenceVolume, volumes)
        jumpTo(result.segmentationNode, SMALLEST_FIRST)
        self.ui.volumesTableView.resizeColumnsToContents()
        self.showWarnings(result.warnings)
        self._tellPreparation(result.preparation)

    def clearMessages(self) -> None:
        """Take away what was said about the last run."""
        super().clearMessages()
        self._tellPreparation(())

    def _tellPreparation(self, sentences: Sequence[str]) -> None:
        """Say what was done to the volumes; a long account is folded away until it is wanted."""
        section = self.ui.preparationCollapsibleButton
        self.ui.preparationLabel.text = "\n".join(sentences)
        section.visible = bool(sentences)
        section.collapsed = len(sentences) > 1

    def exit(self) -> None:
        """Let the worker go when it has nothing to do."""
        self.place.leave()

    def cleanup(self) -> None:
        """Let go of the nodes, and end what still works with them."""
        super().cleanup()
        self.place.close()
        self._edits.cleanup()
        self.evaluation.cleanup()
        self.export.cleanup()
        self._segmentationNode = self._shownMap = self._outlined = None

    def _loadSections(self) -> SimpleNamespace:
        widget = slicer.util.loadUI(str(UI_FILE))
        self.ui.resultsCollapsibleButton.layout().addWidget(widget)
        widget.setMRMLScene(slicer.mrmlScene)
        return slicer.util.childWidgetVariables(widget)

    def _offerMaps(self) -> None:
        """Fill the list of what can be laid over the slices, keeping the choice."""
        combo = self.ui.overlayComboBox
        maps = result_maps.MAPS.of(self._segmentationNode)
        chosen = combo.currentData
        wasBlocked = combo.blockSignals(True)
        combo.clear()
        combo.addItem("Nothing", "")
        for name, title in result_maps.MAPS.titles.items():
            if name in maps:
                combo.addItem(title, name)
        combo.setCurrentIndex(max(combo.findData(chosen), 0))
        combo.blockSignals(wasBlocked)
        self.ui.overlayFrame.visible = bool(maps)
        if maps.get(combo.currentData) is not self._shownMap:
            # The map of another result, or one that is gone: the slices show what the list says.
            self._overlay()

    def _overlay(self, *_) -> None:
        shown = result_maps.MAPS.of(self._segmentationNode).get(self.ui.overlayComboBox.currentData)
        result_maps.overlay(shown)
        self._shownMap = shown
        # Under filled segments a map cannot be seen.
        _fill(self._outlined, True)
        self._outlined = self._segmentationNode if shown else None
        _fill(self._outlined, False)

    def _busyChanged(self) -> None:
        """Let be compared and exported one after the other: both are done by one worker."""
        self.evaluation.check()
        self.export.check()

    def _edited(self, segmentationNode: slicer.vtkMRMLSegmentationNode) -> None:
        """Say of numbers that they are of the segments before."""
        self.evaluation.edited(segmentationNode)
        if segmentationNode is self._segmentationNode:
            self.ui.editedLabel.visible = wasEdited(segmentationNode)

    def _edit(self, *_) -> None:
        hand_over.editSegments(self._segmentationNode, referenceVolumeOf(self._segmentationNode))

    def _measure(self, *_) -> None:
        hand_over.measure(self._segmentationNode, self._studyVolumes())

    def _show3D(self, shown: bool) -> None:
        if self._segmentationNode is not None:
            with slicer.util.tryWithErrorDisplay("The surfaces cannot be made.", waitCursor=True):
                showSurfaces(self._segmentationNode, shown)


def _fill(segmentationNode: slicer.vtkMRMLSegmentationNode | None, filled: bool) -> None:
    """Fill the segments in the slices, or show their outlines alone."""
    if segmentationNode is not None and segmentationNode.GetDisplayNode() is not None:
        segmentationNode.GetDisplayNode().SetVisibility2DFill(filled)

"""The part of the panel that shows what came of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import slicer

from ELMEDLib.bridge.panels import ResultsBox
from ELMEDLib.bridge.segmentations import showSurfaces, surfacesShown
from ELMEDLib.bridge.views import jumpTo, showVolume

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import SimpleNamespace

    from ELMEDSegmentWidgets.run import RunResult

SMALLEST_FIRST = ("enhancing_tumour", "necrotic_core", "oedema")
"""Which segment the slices go to: the one inside the others, when it was found."""


class ResultsView(ResultsBox):
    """The table of volumes, the warnings, and the button for the surfaces."""

    def __init__(self, ui: SimpleNamespace) -> None:
        super().__init__(ui, ui.volumesTableView)
        self._segmentationNode = None
        ui.show3DButton.connect("toggled(bool)", self._show3D)
        self.show(None, None)

    def show(
        self,
        segmentationNode: slicer.vtkMRMLSegmentationNode | None,
        tableNode: slicer.vtkMRMLTableNode | None,
    ) -> None:
        """Show the nodes of the latest result, or nothing."""
        ui = self.ui
        self._segmentationNode = segmentationNode
        self.showTable(tableNode)
        wasBlocked = ui.show3DButton.blockSignals(True)
        ui.show3DButton.checked = surfacesShown(segmentationNode)
        ui.show3DButton.blockSignals(wasBlocked)
        ui.show3DButton.enabled = segmentationNode is not None

    def announce(
        self, result: RunResult, volumes: Sequence[slicer.vtkMRMLScalarVolumeNode]
    ) -> None:
        """Show a new result with its warnings, in the views too.

        Args:
            result: of a run that has succeeded.
            volumes: of the study; a view that shows one of them keeps it.
        """
        self.show(result.segmentationNode, result.tableNode)
        showVolume(result.referenceVolume, volumes)
        jumpTo(result.segmentationNode, SMALLEST_FIRST)
        self.ui.volumesTableView.resizeColumnsToContents()
        self.showWarnings(result.warnings)

    def cleanup(self) -> None:
        """Let go of the nodes."""
        super().cleanup()
        self._segmentationNode = None

    def _show3D(self, shown: bool) -> None:
        if self._segmentationNode is not None:
            with slicer.util.tryWithErrorDisplay("The surfaces cannot be made.", waitCursor=True):
                showSurfaces(self._segmentationNode, shown)

"""The part of the panel that shows what came of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import slicer

from ELMEDLib.bridge.segmentations import showSurfaces, surfacesShown
from ELMEDLib.bridge.views import jumpTo, showVolume

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import SimpleNamespace

    from ELMEDSegmentWidgets.run import RunResult

SMALLEST_FIRST = ("enhancing_tumour", "necrotic_core", "oedema")
"""Which segment the slices go to: the one inside the others, when it was found."""


class ResultsView:
    """The table of volumes, the warnings, and the button for the surfaces."""

    def __init__(self, ui: SimpleNamespace) -> None:
        self._ui = ui
        self._segmentationNode = None
        ui.show3DButton.connect("toggled(bool)", self._show3D)
        self.clearMessages()
        self.show(None, None)

    def show(
        self,
        segmentationNode: slicer.vtkMRMLSegmentationNode | None,
        tableNode: slicer.vtkMRMLTableNode | None,
    ) -> None:
        """Show the nodes of the latest result, or nothing."""
        ui = self._ui
        self._segmentationNode = segmentationNode
        ui.resultsCollapsibleButton.visible = tableNode is not None
        if ui.volumesTableView.mrmlTableNode() is not tableNode:
            ui.volumesTableView.setMRMLTableNode(tableNode)
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
        self._ui.volumesTableView.resizeColumnsToContents()
        self._ui.resultsCollapsibleButton.collapsed = False
        self._ui.warningsLabel.text = "\n".join(result.warnings)
        self._ui.warningsLabel.visible = bool(result.warnings)

    def clearMessages(self) -> None:
        """Take the warnings of the last run away."""
        self._ui.warningsLabel.text = ""
        self._ui.warningsLabel.visible = False

    def cleanup(self) -> None:
        """Let go of the nodes."""
        self._ui.volumesTableView.setMRMLTableNode(None)
        self._segmentationNode = None

    def _show3D(self, shown: bool) -> None:
        if self._segmentationNode is not None:
            with slicer.util.tryWithErrorDisplay("The surfaces cannot be made.", waitCursor=True):
                showSurfaces(self._segmentationNode, shown)

"""The section 'Evaluate': the result against a reference, in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import slicer

from ELMEDLib.bridge.tables import setTable
from ELMEDLib.errors import CancelledError, ELMEDError
from ELMEDSegmentLib.labels import REGION_TITLES
from ELMEDSegmentWidgets.glioma_labels import referenceVolumeOf

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace
    from typing import Any

    from ELMEDSegmentWidgets.result_runs import LabelsRun, ResultWorkplace

TABLE_NAME = "Glioma evaluation"
TABLE_ROLE = "ELMED.Evaluation"

EDITED = "The segments have changed since they were compared; compare them again."

COLUMNS = {
    "dice": ("Dice", 3),
    "hd95_mm": ("HD95 mm", 1),
    "surface_dice": ("Surface", 3),
    "volume_difference_ml": ("Diff. ml", 2),
}
"""Title and decimal places of each measure."""


class EvaluateSection:
    """Compares the segmentation that is shown with the reference that the user chooses."""

    def __init__(
        self, ui: SimpleNamespace, place: ResultWorkplace, busyChanged: Callable[[], None]
    ) -> None:
        """Connect the widgets.

        Args:
            ui: the widgets by name.
            place: where segmentations are compared, and exported.
            busyChanged: called when a comparison has begun or ended.
        """
        self.ui = ui
        self._place = place
        self._busyChanged = busyChanged
        self._segmentationNode = None
        self._compared = None
        ui.referenceSelector.connect("currentNodeChanged(vtkMRMLNode*)", self.check)
        ui.evaluateButton.connect("clicked(bool)", self._compareOrCancel)
        self.show(None)

    def show(self, segmentationNode: slicer.vtkMRMLSegmentationNode | None) -> None:
        """Follow another segmentation, and show what it was compared with before."""
        changed = segmentationNode is not self._segmentationNode
        self._segmentationNode = segmentationNode
        if changed:
            self._say("")
        self._showTable(segmentationNode.GetNodeReference(TABLE_ROLE) if segmentationNode else None)
        self.check()

    def check(self, *_) -> None:
        """Let the button be pressed when there is something to compare."""
        button = self.ui.evaluateButton
        if self._place.running:
            if self._compared is None:
                button.enabled = False
                button.toolTip = "Wait until the export has ended."
            return
        reference = self.ui.referenceSelector.currentNode()
        button.text = "Compare"
        if reference is None:
            button.toolTip = "Choose a reference first."
        elif reference is self._segmentationNode:
            button.toolTip = "The reference is the result itself; choose another one."
        else:
            button.toolTip = (
                "Measure how well the result agrees with the reference, region by region."
            )
        button.enabled = None not in (reference, self._segmentationNode) and (
            reference is not self._segmentationNode
        )

    def forget(self, segmentationNode: slicer.vtkMRMLSegmentationNode) -> None:
        """Show no more what a segmentation was compared with: it holds a new result."""
        if self._compared is segmentationNode:
            self._place.run.cancel()
        # The table stays in the scene, for who wants to hold the results against each other.
        segmentationNode.RemoveNodeReferenceIDs(TABLE_ROLE)
        self._say("")

    def edited(self, segmentationNode: slicer.vtkMRMLSegmentationNode) -> None:
        """Show no more what a segmentation was compared with: its segments were changed."""
        known = segmentationNode.GetNodeReference(TABLE_ROLE) is not None
        if not known and self._compared is not segmentationNode:
            return
        self.forget(segmentationNode)
        if segmentationNode is self._segmentationNode:
            self._showTable(None)
            self._say(EDITED)

    def cleanup(self) -> None:
        """Let go of the nodes."""
        self.ui.scoresTableView.setMRMLTableNode(None)
        self._segmentationNode = self._compared = None

    def _compareOrCancel(self, *_) -> None:
        if self._place.running:
            self._place.run.cancel()
            return
        node = self._segmentationNode
        reference = self.ui.referenceSelector.currentNode()
        try:
            self._place.compare(node, reference, referenceVolumeOf(node), self._ended)
        except ELMEDError as error:
            self._say(str(error))
            return
        self._compared = node
        self.ui.evaluateButton.text = "Cancel"
        self.ui.evaluateButton.toolTip = "Stop comparing."
        self._say("Comparing with the reference")
        self._busyChanged()

    def _ended(self, run: LabelsRun) -> None:
        node, self._compared = self._compared, None
        self._busyChanged()
        if run.error is None:
            self._store(node, run.result()["scores"])
        if node is not self._segmentationNode:
            # The user looks at another segmentation by now.
            return
        if isinstance(run.error, CancelledError):
            self._say("Cancelled.")
        elif run.error:
            self._say(str(run.error))
        else:
            self._say(run.result()["note"])

    def _store(
        self, node: slicer.vtkMRMLSegmentationNode, scores: dict[str, dict[str, float]]
    ) -> None:
        """Put the scores into the segmentation's table of scores, or into a new one."""
        if not slicer.mrmlScene.IsNodePresent(node):
            return
        table = node.GetNodeReference(TABLE_ROLE)
        if table is None:
            name = slicer.mrmlScene.GenerateUniqueName(TABLE_NAME)
            table = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTableNode", name)
            node.SetNodeReferenceID(TABLE_ROLE, table.GetID())
        columns: dict[str, list[Any]] = {"Region": list(REGION_TITLES.values())}
        for measure, (title, places) in COLUMNS.items():
            columns[title] = [
                round(float(scores[measure][region]), places) for region in REGION_TITLES
            ]
        setTable(table, columns)
        table.SetLocked(True)
        if node is self._segmentationNode:
            self._showTable(table)

    def _showTable(self, table: slicer.vtkMRMLTableNode | None) -> None:
        view = self.ui.scoresTableView
        if view.mrmlTableNode() is not table:
            view.setMRMLTableNode(table)
        view.visible = table is not None
        if table is not None:
            view.resizeColumnsToContents()

    def _say(self, sentence: str) -> None:
        self.ui.evaluateMessageLabel.text = sentence
        self.ui.evaluateMessageLabel.visible = bool(sentence)

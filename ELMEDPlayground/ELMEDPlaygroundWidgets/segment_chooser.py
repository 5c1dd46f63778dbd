"""Choosing one segment of all segmentations of the scene."""

from __future__ import annotations

from typing import Any

import qt
import slicer

from ELMEDLib.bridge.segment_images import segmentNames


class SegmentChooser:
    """A combo box of segments; the first entry is none."""

    def __init__(self, name: str, none: str) -> None:
        """Make the widget.

        Args:
            name: of the widget.
            none: what the first entry says.
        """
        self._none = none
        self.widget = qt.QComboBox()
        self.widget.setObjectName(name)
        self.widget.setToolTip("A segment of a loaded segmentation.")
        self.refresh()

    def refresh(self) -> None:
        """Take up the scene's segments, keeping the choice."""
        before = self.widget.currentData
        wasBlocked = self.widget.blockSignals(True)
        self.widget.clear()
        self.widget.addItem(self._none, "")
        for node in slicer.util.getNodesByClass("vtkMRMLSegmentationNode"):
            for segmentID, title in segmentNames(node).items():
                self.widget.addItem(f"{node.GetName()}: {title}", f"{node.GetID()} {segmentID}")
        self.widget.setCurrentIndex(max(self.widget.findData(before), 0) if before else 0)
        self.widget.blockSignals(wasBlocked)

    def choose(self, node: slicer.vtkMRMLSegmentationNode, segmentID: str) -> None:
        """Choose a segment."""
        self.refresh()
        self.widget.setCurrentIndex(max(self.widget.findData(f"{node.GetID()} {segmentID}"), 0))

    def chosen(self) -> tuple[Any, str] | None:
        """Return segmentation node and segment ID, None for none."""
        nodeID, _, segmentID = (self.widget.currentData or "").partition(" ")
        node = slicer.mrmlScene.GetNodeByID(nodeID) if nodeID else None
        if node is None or node.GetSegmentation().GetSegment(segmentID) is None:
            if nodeID:
                # It is gone: what is shown must be what is taken.
                self.refresh()
            return None
        return node, segmentID

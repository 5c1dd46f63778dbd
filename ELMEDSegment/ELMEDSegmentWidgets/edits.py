"""Segmentations that were changed by hand since they were made or compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import slicer
from slicer.util import VTKObservationMixin

from ELMEDSegmentWidgets.results import EDITED_ATTRIBUTE, REPORT_ATTRIBUTE

if TYPE_CHECKING:
    from collections.abc import Callable


class EditWatch(VTKObservationMixin):
    """Hears of changed voxels in every segmentation that it was told of, also when not shown."""

    def __init__(self, edited: Callable[[slicer.vtkMRMLSegmentationNode], None]) -> None:
        """Prepare to watch.

        Args:
            edited: called with the segmentation after each change.
        """
        super().__init__()
        self._edited = edited
        self._watched: list[slicer.vtkMRMLSegmentationNode] = []

    def watch(self, segmentationNode: slicer.vtkMRMLSegmentationNode) -> None:
        """Hear of changes of a segmentation from now on, as long as it is in the scene."""
        for node in [each for each in self._watched if not slicer.mrmlScene.IsNodePresent(each)]:
            self._watched.remove(node)
            for event in _events():
                self.removeObserver(node, event, self._changed)
        if segmentationNode in self._watched:
            return
        self._watched.append(segmentationNode)
        for event in _events():
            self.addObserver(segmentationNode, event, self._changed)

    def cleanup(self) -> None:
        """Hear of nothing any more."""
        self.removeObservers()
        self._watched.clear()

    def _changed(self, node: slicer.vtkMRMLSegmentationNode, _event: str) -> None:
        # A scene that is being read fills its segmentations, which is no edit.
        if slicer.mrmlScene.IsBatchProcessing():
            return
        if node.GetAttribute(REPORT_ATTRIBUTE) and not wasEdited(node):
            node.SetAttribute(EDITED_ATTRIBUTE, "yes")
        self._edited(node)


def wasEdited(segmentationNode: slicer.vtkMRMLSegmentationNode | None) -> bool:
    """Tell whether the segments of a run's segmentation were changed since the run."""
    return segmentationNode is not None and bool(segmentationNode.GetAttribute(EDITED_ATTRIBUTE))


def _events() -> tuple[int, ...]:
    kinds = slicer.vtkSegmentation
    return kinds.SourceRepresentationModified, kinds.SegmentAdded, kinds.SegmentRemoved

"""Showing a result where the user looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import slicer

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


def showVolume(
    volumeNode: slicer.vtkMRMLVolumeNode, insteadOf: Collection[slicer.vtkMRMLVolumeNode]
) -> None:
    """Show a volume in the slice views that show neither it nor one of `insteadOf`.

    Views in which the user already looks at a volume of the study stay as they are.
    """
    shown = {volumeNode.GetID(), *(node.GetID() for node in insteadOf)}
    backgrounds = [
        node.GetBackgroundVolumeID()
        for node in slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")
    ]
    if not shown.intersection(backgrounds):
        slicer.util.setSliceViewerLayers(background=volumeNode, fit=True)


def jumpTo(segmentationNode: slicer.vtkMRMLSegmentationNode, segmentIDs: Sequence[str]) -> None:
    """Move all slices to the centre of the first of the segments that is not empty."""
    segmentation = segmentationNode.GetSegmentation()
    for segmentID in segmentIDs:
        bounds = [0.0] * 6
        segmentation.GetSegment(segmentID).GetBounds(bounds)
        if bounds[0] > bounds[1]:
            continue
        centre = segmentationNode.GetSegmentCenterRAS(segmentID)
        if centre is None:
            continue
        for sliceNode in slicer.util.getNodesByClass("vtkMRMLSliceNode"):
            sliceNode.JumpSlice(*centre)
        return

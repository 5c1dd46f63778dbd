"""Registered volumes without skull, and the brain's mask, as volumes in the scene."""

from __future__ import annotations

from typing import TYPE_CHECKING

import slicer

from ELMEDLib.bridge.volumes import addVolumeFromImage, updateVolumeFromImage
from ELMEDSegmentLib.labels import CHANNEL_TITLES
from ELMEDSegmentLib.raw.writing import BRAIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    import SimpleITK as sitk

TITLES = {
    **{channel: f"Prepared {title}" for channel, title in CHANNEL_TITLES.items()},
    BRAIN: "Brain mask",
}
"""The names of the volumes."""


def preparedOf(
    segmentationNode: slicer.vtkMRMLSegmentationNode,
) -> dict[str, slicer.vtkMRMLScalarVolumeNode]:
    """Return the prepared volumes that belong to a segmentation, by channel or `BRAIN`."""
    found = {name: segmentationNode.GetNodeReference(_role(name)) for name in TITLES}
    return {name: node for name, node in found.items() if node is not None}


def setPrepared(
    segmentationNode: slicer.vtkMRMLSegmentationNode, images: Mapping[str, sitk.Image]
) -> None:
    """Give a segmentation the volumes that it was made from, in place of those of earlier runs."""
    existing = preparedOf(segmentationNode)
    for name in set(existing) - set(images):
        slicer.mrmlScene.RemoveNode(existing[name])
        segmentationNode.RemoveNodeReferenceIDs(_role(name))
    for name, image in images.items():
        if name in existing:
            updateVolumeFromImage(existing[name], image)
            continue
        node = addVolumeFromImage(image, slicer.mrmlScene.GenerateUniqueName(TITLES[name]))
        segmentationNode.SetNodeReferenceID(_role(name), node.GetID())


def _role(name: str) -> str:
    return f"ELMED.Prepared.{name}"

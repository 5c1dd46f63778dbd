"""Volumes that belong to a segmentation: referred to by it, and replaced with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import slicer

from ELMEDLib.bridge.volumes import addVolumeFromImage, updateVolumeFromImage

if TYPE_CHECKING:
    from collections.abc import Mapping

    import SimpleITK as sitk


OWN_ATTRIBUTE = "ELMED.Own"
"""Of volumes that ELMED has made: they are results, and no contrast of a study."""


class OwnVolumes:
    """One kind of volumes that a segmentation may have, each at most once."""

    def __init__(self, role: str, titles: Mapping[str, str]) -> None:
        """Tell the kind.

        Args:
            role: of the node references, without the volume's name.
            titles: name of each volume's node in the scene.
        """
        self._role = role
        self.titles = dict(titles)

    def of(
        self, segmentationNode: slicer.vtkMRMLSegmentationNode | None
    ) -> dict[str, slicer.vtkMRMLScalarVolumeNode]:
        """Return the volumes that a segmentation has, by name."""
        if segmentationNode is None:
            return {}
        found = {
            name: segmentationNode.GetNodeReference(self._roleOf(name)) for name in self.titles
        }
        return {name: node for name, node in found.items() if node is not None}

    def give(
        self, segmentationNode: slicer.vtkMRMLSegmentationNode, images: Mapping[str, sitk.Image]
    ) -> dict[str, slicer.vtkMRMLScalarVolumeNode]:
        """Give a segmentation these volumes in place of those it has, and return the new nodes."""
        existing = self.of(segmentationNode)
        for name in set(existing) - set(images):
            slicer.mrmlScene.RemoveNode(existing[name])
            segmentationNode.RemoveNodeReferenceIDs(self._roleOf(name))
        new = {}
        for name, image in images.items():
            if name in existing:
                updateVolumeFromImage(existing[name], image)
                continue
            title = slicer.mrmlScene.GenerateUniqueName(self.titles[name])
            new[name] = addVolumeFromImage(image, title)
            new[name].SetAttribute(OWN_ATTRIBUTE, name)
            segmentationNode.SetNodeReferenceID(self._roleOf(name), new[name].GetID())
        return new

    def _roleOf(self, name: str) -> str:
        return f"{self._role}.{name}"

"""Volumes that a generator made, as nodes that cannot be taken for a patient's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDLib.bridge.volumes import addVolumeFromImage
from ELMEDPlaygroundLib.synthetic import SYNTHETIC

if TYPE_CHECKING:
    import SimpleITK as sitk
    import slicer

__all__ = ["ATTRIBUTE", "SYNTHETIC", "addSynthetic", "tag"]

ATTRIBUTE = "ELMED.Origin"
"""The node's attribute that says so, wherever the scene goes."""


def addSynthetic(image: sitk.Image, title: str) -> slicer.vtkMRMLScalarVolumeNode:
    """Add a volume whose name, description and attribute say that it is no patient's."""
    node = addVolumeFromImage(image, f"{SYNTHETIC}: {title}")
    tag(node)
    return node


def tag(node: slicer.vtkMRMLStorableNode) -> None:
    """Let a node say in its description and attribute that it is no patient's."""
    node.SetDescription(SYNTHETIC)
    node.SetAttribute(ATTRIBUTE, SYNTHETIC)

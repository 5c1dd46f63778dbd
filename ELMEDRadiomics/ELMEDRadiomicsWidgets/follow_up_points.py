"""The scene's segmentations as time points, with what the user has entered about each."""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import slicer

DETAILS = "ELMED.TimePoint"
"""Attribute of a segmentation: what was entered about its scan, as JSON."""

WRITTEN = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?([0-2]\d|3[01])(?!\d)")
"""A date in a name: 2024-05-31, 20240531 and the like."""


@dataclass(frozen=True)
class ScenePoint:
    """One segmentation of the scene.

    Attributes:
        node: the segmentation.
        volume: shows the head, to align the scans; None where the segmentation names none.
        details: `included`, `date` and the clinical inputs as `follow_up.table.clinic_of` reads.
    """

    node: slicer.vtkMRMLSegmentationNode
    volume: slicer.vtkMRMLScalarVolumeNode | None
    details: dict[str, Any]

    @property
    def day(self) -> date | None:
        """The day of the scan, None when there is none that can be read."""
        try:
            return date.fromisoformat(self.details.get("date", ""))
        except ValueError:
            return None

    def change(self, **details: Any) -> None:
        """Write down what the user has entered; it is saved with the scene."""
        self.details.update(details)
        self.node.SetAttribute(DETAILS, json.dumps(self.details))


def scenePoints() -> list[ScenePoint]:
    """Return the scene's segmentations by day; those without a day come last."""
    points = [
        ScenePoint(node, _volumeOf(node), _detailsOf(node))
        for node in slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
        if not node.GetHideFromEditors()
    ]
    return sorted(points, key=lambda point: (point.day is None, point.day or date.min))


def _volumeOf(node: slicer.vtkMRMLSegmentationNode) -> Any:
    return node.GetNodeReference(node.GetReferenceImageGeometryReferenceRole())


def _detailsOf(node: slicer.vtkMRMLSegmentationNode) -> dict[str, Any]:
    written = node.GetAttribute(DETAILS)
    details = {"included": True, "date": dateOf(node)}
    if written:
        with contextlib.suppress(ValueError):  # another program's attribute of the same name
            details.update(json.loads(written))
    return details


def dateOf(node: slicer.vtkMRMLNode) -> str:
    """Return the day of a node's scan, ISO, by its DICOM study or by names; "" for none."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    texts = [node.GetName()]
    item = hierarchy.GetItemByDataNode(node) if hierarchy else 0
    if item:
        constants = slicer.vtkMRMLSubjectHierarchyConstants
        told = hierarchy.GetAttributeFromItemAncestor(
            item, constants.GetDICOMStudyDateAttributeName(), constants.GetDICOMLevelStudy()
        )
        texts = [told or "", *texts, hierarchy.GetItemName(hierarchy.GetItemParent(item)) or ""]
    volume = _volumeOf(node) if node.IsA("vtkMRMLSegmentationNode") else None
    if volume is not None:
        texts.append(volume.GetName())
    for text in texts:
        found = WRITTEN.search(text)
        if found:
            return "-".join(found.groups())
    return ""

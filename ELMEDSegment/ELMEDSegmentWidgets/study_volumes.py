"""The scene's volumes: which a user can see, which study they are of, what DICOM says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import slicer

from ELMEDLib.errors import InputError
from ELMEDSegmentLib.inputs.channels import Candidate
from ELMEDSegmentLib.inputs.series_facts import SeriesFacts
from ELMEDSegmentWidgets.own_volumes import OWN_ATTRIBUTE

if TYPE_CHECKING:
    from collections.abc import Iterable

INSTANCE_UIDS = "DICOM.instanceUIDs"
"""The attribute in which Slicer keeps which DICOM images a volume was made of."""

STUDY = "Study"

TAGS = {
    "Modality": "0008,0060",
    "SeriesDescription": "0008,103E",
    "ProtocolName": "0018,1030",
    "SequenceName": "0018,0024",
    "ScanningSequence": "0018,0020",
    "ContrastBolusAgent": "0018,0010",
    "EchoTime": "0018,0081",
    "RepetitionTime": "0018,0080",
    "InversionTime": "0018,0082",
    "DiffusionBValue": "0018,9087",
    "ImageType": "0008,0008",
    "AcquisitionDate": "0008,0022",
    "AcquisitionTime": "0008,0032",
    "SeriesDate": "0008,0021",
    "SeriesTime": "0008,0031",
}
"""The tags that Slicer's DICOM database is asked for, by keyword."""


def visibleVolumes() -> list[slicer.vtkMRMLScalarVolumeNode]:
    """Return the scene's scalar volumes that a user can see, label maps and results left out."""
    nodes = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
    return [
        node
        for node in nodes
        if not node.IsA("vtkMRMLLabelMapVolumeNode")
        and not node.GetHideFromEditors()
        and not node.GetAttribute(OWN_ATTRIBUTE)
    ]


def volumesOfStudy(
    chosen: Iterable[slicer.vtkMRMLScalarVolumeNode | None],
) -> list[slicer.vtkMRMLScalarVolumeNode]:
    """Return the volumes of the study of a chosen volume, or of the only study in the scene.

    Raises:
        InputError: no volume lies in a study, or the scene has several and none is chosen.
    """
    studies = {node.GetID(): studyOf(node) for node in visibleVolumes()}
    wanted = {studies.get(node.GetID(), 0) for node in chosen if node} - {0}
    present = set(studies.values()) - {0}
    if not present:
        raise InputError(
            "No volume belongs to a study in the subject hierarchy.",
            "Load the study from DICOM, or guess from all volumes.",
        )
    candidates = wanted or present
    if len(candidates) > 1:
        raise InputError(
            f"The volumes are of {len(candidates)} studies.",
            "Choose one volume of the study that you want in one of the selectors, and no other.",
        )
    (study,) = candidates
    return [node for node in visibleVolumes() if studies[node.GetID()] == study]


def studyOf(node: slicer.vtkMRMLScalarVolumeNode) -> int:
    """Return the subject hierarchy item of the study that a volume is in, 0 when it is in none."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    item = hierarchy.GetItemByDataNode(node)
    return hierarchy.GetItemAncestorAtLevel(item, STUDY) if item else 0


def putIntoStudy(nodes: Iterable[slicer.vtkMRMLScalarVolumeNode], name: str) -> None:
    """Make a study in the subject hierarchy and put volumes into it."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    study = hierarchy.CreateStudyItem(hierarchy.GetSceneItemID(), name)
    for node in nodes:
        item = hierarchy.GetItemByDataNode(node)
        if item:
            hierarchy.SetItemParent(item, study)
        else:
            hierarchy.CreateItem(study, node)


def factsOf(node: slicer.vtkMRMLScalarVolumeNode) -> SeriesFacts | None:
    """Return what Slicer's DICOM database knows of a volume, None where it knows nothing."""
    instances = (node.GetAttribute(INSTANCE_UIDS) or "").split()
    # An application without the DICOM module has no database.
    database = getattr(slicer, "dicomDatabase", None)
    if not instances or database is None:
        return None
    values = {name: database.instanceValue(instances[0], tag) for name, tag in TAGS.items()}
    return SeriesFacts.of(values) if any(values.values()) else None


def candidateOf(node: slicer.vtkMRMLScalarVolumeNode) -> Candidate:
    """Return a volume as `channels.identify` takes it, without its image."""
    return Candidate(node.GetName(), factsOf(node), max(node.GetSpacing()))

"""Pictures of ELMEDRadiomics' sections 'Tumour burden' and 'Over time'."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from host.host import Host

PATIENCE_S = 1800
SCANS = {"2024-02-05": 0, "2024-04-29": 3, "2024-07-22": 5, "2024-10-14": 2}
"""By how many mm the sample's tumour core is smaller at each day."""


def draw_burden(host: Host, folder: Path) -> list[Path]:
    """Draw the burden of the sample study's true segments, with its lines in the slices."""
    import slicer

    host.close_scene()
    panel, ui = _open(host, "burden")
    from ELMEDRadiomicsWidgets.self_test import loadLabelledStudy

    segmentation, volumes = loadLabelledStudy()
    slicer.util.setSliceViewerLayers(background=volumes["t1c"], fit=True)
    host.wait_until(lambda: ui.segmentationSelector.currentNode() is segmentation)
    section = panel.burden
    section.ui.burdenVolumeSelector.setCurrentNode(volumes["t1c"])
    section.ui.burdenApplyButton.click()
    host.wait_until(lambda: not section.place.running, PATIENCE_S)
    line = section.burden.lesions[0].classic.longest
    x, y, z = ((a + b) / 2 for a, b in zip(line.start, line.end, strict=True))
    return [host.screenshot(folder / "ELMEDRadiomics-burden.png", focus=(-x, -y, z))]


def draw_follow_up(host: Host, folder: Path) -> list[Path]:
    """Draw four scans of a tumour that shrinks and grows again, made from the sample study."""
    host.close_scene()
    panel, _ui = _open(host, "followUp")
    _add_scans()
    section = panel.followUp
    section.check()
    section.inputs.points[0].change(weeks_since_radiotherapy=4.0)
    for point in section.inputs.points:
        point.change(steroids_mg=2.0, state="stable")
    section.ui.followPointsTable.selectRow(2)
    section.check()
    section.ui.followApplyButton.click()
    host.wait_until(lambda: not section.place.running, PATIENCE_S)
    host.process_events()
    return [host.screenshot(folder / "ELMEDRadiomics-follow-up.png", views=False)]


def _open(host: Host, name: str) -> tuple[Any, Any]:
    """Open one section of the panel, and fold the others."""
    widget = host.select_module("ELMEDRadiomics")
    ui = widget.ui
    for section in ("inputs", "features", "results", "burden", "followUp", "cohort"):
        getattr(ui, f"{section}CollapsibleButton").collapsed = section != name
    host.process_events()
    return widget.panel, ui


def _add_scans() -> None:
    import numpy as np
    import SimpleITK as sitk
    import slicer
    from scipy import ndimage

    from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
    from ELMEDLib.bridge.segmentations import setSegments
    from ELMEDLib.bridge.volumes import addVolumeFromImage
    from ELMEDSegmentWidgets.sample_data import sampleStudyFolder

    volume = sitk.ReadImage(str(sampleStudyFolder() / "t1c.nii.gz"))
    labels = sitk.ReadImage(str(sampleStudyFolder() / "seg.nii.gz"))
    array = sitk.GetArrayFromImage(labels)
    depth = ndimage.distance_transform_edt(np.isin(array, (1, 3)), sampling=labels.GetSpacing())
    for day, smaller in SCANS.items():
        changed = sitk.GetImageFromArray(np.where((depth > 0) & (depth <= smaller), 2, array))
        changed.CopyInformation(labels)
        node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", f"Tumour {day}")
        reference = addVolumeFromImage(volume, f"T1c {day}")
        setSegments(node, changed, GLIOMA_SEGMENTS, reference)

"""ELMEDSegment's network on the open scan: what the page Scan lays over it, asked by clicking."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("monai", reason="MONAI is not installed")

NAME = "ELMEDPlayground"
SIDE = 64
"""Voxels of the part of the sample study that is looked at: less to compute."""

PATIENCE_S = 240


@pytest.fixture
def network(host, panel, sample_study):
    """The lower part of the page Scan, with a part of the sample study around its tumour."""
    from ELMEDPlaygroundWidgets import scan_nodes

    labels = sitk.ReadImage(str(sample_study["seg"]))
    middle = np.argwhere(sitk.GetArrayViewFromImage(labels) > 0).mean(axis=0)[::-1]
    size = [min(SIDE, n) for n in labels.GetSize()]
    corner = [
        int(min(max(m - s / 2, 0), n - s))
        for m, s, n in zip(middle, size, labels.GetSize(), strict=True)
    ]
    for channel in ("t1", "t1c", "t2", "flair"):
        image = sitk.ReadImage(str(sample_study[channel]), sitk.sitkFloat32)
        scan_nodes.putVolume(channel, sitk.RegionOfInterest(image, size, corner))
    section = next(section for section in panel.panel.sections if section.title == "Scan")
    section.enter()
    section.network.widget.collapsed = False
    return section


def done(host, section):
    host.wait_until(lambda: not section.work.running, PATIENCE_S)
    return section.work.statusLabel.text


@pytest.fixture
def matrix_of():
    """Return what gives a volume's way from voxels to the patient, as 16 numbers."""
    import vtk

    def numbers(node):
        matrix = vtk.vtkMatrix4x4()
        node.GetIJKToRASMatrix(matrix)
        return [matrix.GetElement(row, column) for row in range(4) for column in range(4)]

    return numbers


def test_maps_explanations_and_a_contrast_removed_become_volumes_in_their_place(
    host, panel, slicer, network, matrix_of
):
    view = network.network
    assert [selector.currentNode().GetName() for selector in view.selectors.values()] == [
        "t1",
        "t1c",
        "t2",
        "flair",
    ]
    view.mapButton.click()
    assert "List the layers" in network.work.statusLabel.text
    view.openButton.click()
    done(host, network)
    host.wait_until(lambda: view.channelList.count > 0 and not network.work.running, PATIENCE_S)
    assert view.layerCombo.count >= 8
    view.channelList.setCurrentRow(1)
    view.mapButton.click()
    assert "channel 2: orange is more" in done(host, network)
    view.layerCombo.setCurrentIndex(view.layerCombo.count // 2)
    host.wait_until(lambda: not network.work.running, PATIENCE_S)
    view.camButton.click()
    assert "lies in the voxels" in done(host, network)
    view.contrastCombo.setCurrentIndex(view.contrastCombo.findData("flair"))
    view.contrastButton.click()
    assert "Dice between the two" in done(host, network)

    source = view.source
    volumes = {
        node.GetName(): node for node in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
    }
    made = [node for name, node in volumes.items() if name not in ("t1", "t1c", "t2", "flair")]
    assert len(made) == 3
    for node in made:
        assert node.GetImageData().GetDimensions() == source.GetImageData().GetDimensions()
        assert matrix_of(node) == pytest.approx(matrix_of(source))
        assert np.ptp(slicer.util.arrayFromVolume(node)) > 0, node.GetName()
    assert view.tableView.mrmlTableNode().GetTable().GetNumberOfRows() == 3
    assert len(slicer.util.getNodesByClass("vtkMRMLSegmentationNode")) == 2

    # Of another scan the channels are drawn anew, and what was asked for is said in the end.
    watch = next(page for page in panel.panel.sections if page.title == "Lessons").watch
    drawn = len(watch.answers("scan_thumbnails"))
    for channel, other in (("t1", "t2"), ("t2", "t1")):
        view.selectors[channel].setCurrentNode(volumes[other])
    view.mapButton.click()
    host.wait_until(lambda: len(watch.answers("scan_thumbnails")) > drawn, PATIENCE_S)
    assert "orange is more" in done(host, network)
    assert view.channelList.count > 0
    assert host.dialogs == []

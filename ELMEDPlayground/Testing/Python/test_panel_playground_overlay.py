"""What is laid over a scan lets the scan be seen where it has nothing to say."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

NAME = "ELMEDPlayground"
SIDE = 32
COVERED = 0.3
"""Share of the view that a map of the whole scan covers, at least."""


def image(array):
    return sitk.GetImageFromArray(array.astype(np.float32))


@pytest.fixture
def red(host):
    """Returns the pixels of the red slice view, (y, x, rgb)."""

    def pixels():
        from host.widgets.mrml_views import picture_of

        view = host.layout_manager.sliceWidget("Red").sliceView()
        view.view.fit_view_to_content()
        window = view.renderWindow()
        window.Render()
        picture = picture_of(window)
        rows = np.frombuffer(picture.constBits(), np.uint8)
        rows = rows.reshape(picture.height(), picture.bytesPerLine())[:, : 3 * picture.width()]
        return rows.reshape(picture.height(), picture.width(), 3)

    return pixels


@pytest.mark.parametrize("low", [-1.0, 0.0])
def test_the_scan_is_seen_where_the_map_is_zero_and_covered_where_it_is_not(
    host, panel, slicer, red, low
):
    from ELMEDPlaygroundWidgets import scan_nodes

    source = scan_nodes.putVolume("scan", image(np.indices((SIDE,) * 3).sum(axis=0)))
    slicer.util.setSliceViewerLayers(background=source, fit=True)
    host.process_events()
    alone = red()
    scan_nodes.overlay(scan_nodes.putVolume("map", image(np.zeros((SIDE,) * 3))), source, low, 1.0)
    host.process_events()
    np.testing.assert_array_equal(red(), alone)

    full = scan_nodes.putVolume("map", image(np.ones((SIDE,) * 3)))
    scan_nodes.overlay(full, source, low, 1.0)
    host.process_events()
    assert (red() != alone).any(axis=-1).mean() > COVERED

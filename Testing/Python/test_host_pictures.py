"""Panels are fit to be shown: complete, explained, and drawn beside the views."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

pytest.importorskip("slicer", reason="slicer-core is not installed")

from host.names import product_modules
from host.sources import ui_files

TESTING = Path(__file__).resolve().parents[1]

# What a person can press, choose or type into.
CONTROLS = (
    "QPushButton",
    "QToolButton",
    "QCheckBox",
    "QRadioButton",
    "QComboBox",
    "QLineEdit",
    "QSpinBox",
    "QDoubleSpinBox",
    "QSlider",
    "ctkSliderWidget",
    "ctkRangeWidget",
    "ctkDoubleSpinBox",
    "ctkPathLineEdit",
    "ctkDirectoryButton",
    "ctkComboBox",
    "ctkCheckableComboBox",
    "ctkPushButton",
    "qMRMLNodeComboBox",
    "qMRMLCheckableNodeComboBox",
    "qMRMLSegmentSelectorWidget",
    "qMRMLSegmentationShow3DButton",
)


def pixels(path):
    """Return a picture's pixels."""
    from PIL import Image

    return np.asarray(Image.open(path).convert("RGB"))


@pytest.mark.parametrize("ui_file", ui_files(), ids=lambda path: path.stem)
def test_every_control_of_a_panel_has_a_help_text(ui_file):
    tree = ElementTree.parse(ui_file)  # noqa: S314 - our own files
    silent = [
        widget.get("name")
        for widget in tree.iter("widget")
        if widget.get("class") in CONTROLS
        and not (widget.findtext("property[@name='toolTip']/string") or "").strip()
    ]
    assert not silent, f"without help text: {silent}"


@pytest.mark.parametrize("name", product_modules())
def test_nothing_in_a_panel_is_cut_off(host, name, tmp_path):
    import qt

    for _ in range(2):  # the first time, and when it is come back to
        host.select_module("")
        host.select_module(name)
        host.screenshot(tmp_path / "panel.png", views=False)
    panel = host.widget(name).parent
    cut = []
    for kind in (qt.QLabel, qt.QPushButton, qt.QCheckBox):
        for widget in panel.findChildren(kind):
            if not widget.isVisibleTo(panel) or getattr(widget, "wordWrap", False):
                continue
            if widget.width < widget.minimumSizeHint.width() or (
                widget.height < widget.minimumSizeHint.height()
            ):
                cut.append((widget.name, widget.text))
    assert not cut


def test_a_picture_shows_the_panel_beside_the_scene(host, sample_study, tmp_path):
    import slicer

    modules = product_modules()
    if modules:
        host.select_module(modules[0])
    slicer.util.loadVolume(str(sample_study["flair"]))
    segmentation = slicer.util.loadSegmentation(str(sample_study["seg"]))
    segmentation.CreateClosedSurfaceRepresentation()
    picture = pixels(host.screenshot(tmp_path / "shot.png"))

    from host.pictures import VIEW_SIZE

    width, height = VIEW_SIZE.width(), picture.shape[0] // 2
    views = picture[:, -2 * width - 2 :]
    axial, threed = views[:height, :width], views[:height, width + 2 :]
    grey = (axial.max(axis=2) - axial.min(axis=2)) < 8
    assert axial[grey].max() > 100, "the brain"
    assert (~grey).sum() > 500, "segments in colour"
    saturation = threed.max(axis=2).astype(int) - threed.min(axis=2)
    assert (saturation > 100).sum() > 300, "a surface"
    panel = picture[:, : -2 * width - 2]
    assert len(np.unique(panel.reshape(-1, 3), axis=0)) > 20, "a panel with text"


def test_the_bytes_of_a_picture_stay_when_it_is_gone(host):
    import qt

    from host.widgets.mrml_views import picture_of

    window = host.layout_manager.sliceWidget("Red").sliceView().renderWindow()
    window.SetSize(81, 80)
    shown = picture_of(window)
    expected = [shown.pixelColor(x, 40).red() for x in range(81)]
    of_view = picture_of(window).constBits()
    blue = qt.QImage(81, 80, qt.QImage.Format_RGB888)
    blue.fill(qt.QColor(0, 0, 255))
    of_image = blue.constBits()
    del blue
    # Whatever is drawn next gets the memory that became free.
    others = [qt.QImage(81, 80, qt.QImage.Format_RGB888) for _ in range(20)]
    for other in others:
        other.fill(qt.QColor(255, 0, 0))

    view_rows, image_rows = (
        np.frombuffer(content, np.uint8).reshape(80, 244) for content in (of_view, of_image)
    )
    assert view_rows[40, :243:3].tolist() == expected
    assert (view_rows[:, 243:] == 0).all(), "beyond the pixels"
    assert (image_rows[:, :243].reshape(80, 81, 3) == (0, 0, 255)).all()


def test_the_preview_says_that_it_is_not_slicer(sample_study, tmp_path):
    picture = tmp_path / "app.png"
    script = (
        "import sys, host.app\n"
        "assert 'preview' in host.app.TITLE and 'not 3D Slicer' in host.app.TITLE\n"
        "raise SystemExit(host.app.main(sys.argv[1:]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "--picture", str(picture), str(sample_study["flair"])],
        env={**os.environ, "PYTHONPATH": str(TESTING)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    shown = pixels(picture)
    assert shown.shape == (900, 1400, 3)
    middle = shown[200:450, 500:900]
    assert middle.max() > 100, "the brain is in the axial view"

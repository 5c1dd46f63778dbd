"""Pictures of the playground's lessons, done as a student does them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from host.names import ROOT
from host.pictures import panel_picture, save_picture, side_by_side

if TYPE_CHECKING:
    from pathlib import Path

    from host.host import Host

STUDY = ROOT / "Resources/SampleStudy"
PATIENCE_S = 1800
WIDTH = 540
FITTING = 3
WINDOW_WIDTH = 900
WINDOW_HEIGHT = 640
MOST_STEPS = 3000


@dataclass(frozen=True)
class Shot:
    """A picture of a step of a lesson.

    Attributes:
        name: of the file, without its ending.
        number: of the lesson.
        first: place of the step that sets up.
        last: place of the step that is shown.
        accuracy: on examples held out, to train for.
        views: beside the lesson.
    """

    name: str
    number: int
    first: int
    last: int
    accuracy: float
    views: tuple[str, ...]


LESSONS = (
    Shot("ELMEDPlayground-probe", 3, 1, 3, 0.99, ("representations", "probe")),
    Shot("ELMEDPlayground-shift", 5, 3, 3, 0.95, ("shift",)),
    Shot("ELMEDPlayground-marker", 7, 3, 3, 0.95, ("grad-cam", "confusion")),
)

MARKED_CLASS = 3
"""The digit that has a mark in the lesson about a network that cheats."""

SCAN_LAYER = "Encoder 8 mm, block 3"
SCAN_CHANNEL = 2


def draw_lessons(host: Host, widget: Any, folder: Path) -> list[Path]:
    """Draw some steps of some lessons, and the network of ELMEDSegment on a scan."""
    drawn = [draw_lesson(host, widget, folder, shot) for shot in LESSONS]
    drawn.append(draw_patients(host, widget, folder / "ELMEDPlayground-patients.png"))
    drawn.append(draw_scan(host, widget, folder / "ELMEDPlayground-scan.png"))
    return drawn


def draw_lesson(host: Host, widget: Any, folder: Path, shot: Shot) -> Path:
    """Draw a step of a lesson beside the views, after training."""
    panel, bench = widget.panel, widget.panel.bench
    lessons = open_step(host, widget, shot.number, shot.first)
    lessons.setUp()
    settle(host, bench)
    while bench.latest["step"] < MOST_STEPS and latest_accuracy(bench) < shot.accuracy:
        bench.step(100)
        settle(host, bench)
    lessons.go(shot.last)
    panel.views.showCount(len(shot.views))
    panel.views.show(shot.views)
    settle(host, bench)
    for view in panel.views.onScreen():
        prepare(host, view, bench)
    settle(host, bench)
    host.wait_until(lambda: panel.views.drawn, PATIENCE_S)
    lessons.page.answerButtons[lessons.step.question.right].click()
    return save_picture(panel_and_views(host, panel.views), folder / f"{shot.name}.png")


def prepare(host: Host, view: Any, bench: Any) -> None:
    """Turn a view to what the lesson speaks of."""
    if view.name == "shift":
        view.shiftTo(0, 2)
    while view.name == "grad-cam" and view.data["truth"] != MARKED_CLASS:
        view.turn(1)
        settle(host, bench)
        host.wait_until(lambda: bench.views.drawn, PATIENCE_S)
    if view.name == "hidden-space":
        view.layerCombo.setCurrentIndex(view.layerCombo.findText("output"))


def draw_patients(host: Host, widget: Any, path: Path) -> Path:
    """Draw what a U-Net makes of the patient that it learnt from, and of new ones."""
    lessons = open_step(host, widget, 8, 0)
    lessons.setUp()
    host.wait_until(lambda: lessons.page.result.answer is not None, PATIENCE_S)
    lessons.page.answerButtons[lessons.step.question.right].click()
    widget.panel.views.windowButton.setChecked(True)
    host.process_events()
    picture = settled_panel(host, WIDTH + 160)
    widget.panel.views.windowButton.setChecked(False)
    return save_picture(picture, path)


def draw_scan(host: Host, widget: Any, path: Path) -> Path:
    """Draw a feature map of the segmentation network over the sample study."""
    import slicer

    for name in ("t1", "t1c", "t2", "flair"):
        slicer.util.loadVolume(str(STUDY / f"{name}.nii.gz"))
    host.process_events()
    widget.panel.tabs.open("Scan")
    section = next(s for s in widget.panel.sections if s.title == "Scan")
    section.learning.widget.collapsed = True
    section.network.widget.collapsed = False
    section.enter()
    network = section.network
    network.openButton.click()
    host.wait_until(lambda: network.layerCombo.count and not section.work.running, PATIENCE_S)
    host.wait_until(lambda: network.channelList.count and not section.work.running, PATIENCE_S)
    names = [network.layerCombo.itemText(n) for n in range(network.layerCombo.count)]
    chosen = next((n for n, name in enumerate(names) if name.startswith(SCAN_LAYER)), 0)
    network.layerCombo.setCurrentIndex(chosen)
    host.wait_until(lambda: not section.work.running, PATIENCE_S)
    network.channelList.setCurrentRow(SCAN_CHANNEL - 1)
    network.mapButton.click()
    host.wait_until(lambda: not section.work.running, PATIENCE_S)
    widget.panel.views.windowButton.setChecked(True)
    host.process_events()
    drawn = host.screenshot(path, focus=tumour_centre())
    widget.panel.views.windowButton.setChecked(False)
    return drawn


def tumour_centre() -> tuple[float, float, float]:
    """Return the middle of the sample study's tumour, in RAS."""
    import numpy as np
    import SimpleITK as sitk

    labels = sitk.ReadImage(str(STUDY / "seg.nii.gz"))
    middle = np.argwhere(sitk.GetArrayViewFromImage(labels) > 0).mean(axis=0)[::-1]
    x, y, z = labels.TransformContinuousIndexToPhysicalPoint(middle.tolist())
    return -x, -y, z


def open_step(host: Host, widget: Any, number: int, place: int) -> Any:
    """Open a step of a lesson, and return the page."""
    widget.panel.tabs.open("Lessons")
    lessons = next(s for s in widget.panel.sections if s.title == "Lessons")
    lessons.open(number)
    lessons.go(place)
    host.process_events()
    return lessons


def settle(host: Host, bench: Any) -> None:
    """Wait until all questions are answered."""
    host.wait_until(lambda: bench.summary is not None, PATIENCE_S)
    host.wait_until(lambda: not bench.laboratory.busy, PATIENCE_S)
    host.process_events()


def latest_accuracy(bench: Any) -> float:
    """Return the latest accuracy on examples held out."""
    return next((row["test_accuracy"] for row in reversed(bench.history)), 0.0)


def settled_panel(host: Host, width: int) -> Any:
    """Draw the panel, as high as it is once its texts have been fitted to the width."""
    for _ in range(FITTING):
        panel_picture(host, width)
    return panel_picture(host, width)


def panel_and_views(host: Host, views: Any) -> Any:
    """Draw the panel, and to its right the window with the views."""
    from host.pythonqt import unwrap

    views.windowButton.setChecked(True)
    host.process_events()
    left = settled_panel(host, WIDTH)
    window = unwrap(views.grid).window()
    window.resize(WINDOW_WIDTH, max(left.height(), WINDOW_HEIGHT))
    host.process_events()
    picture = side_by_side(left, window.grab().toImage())
    views.windowButton.setChecked(False)
    host.process_events()
    return picture

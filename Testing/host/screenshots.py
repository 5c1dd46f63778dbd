"""`make screenshots`: the pictures of README and tutorials, drawn from the panels as they are.

Run with `Testing` on the path: `python -m host.screenshots [--output folder]`. The sample study is
segmented with the bundled network, as a person would do it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from host.burden_screenshots import draw_burden, draw_follow_up
from host.host import Host, start
from host.inputs_screenshot import draw_inputs
from host.language_screenshots import draw_language
from host.lesson_screenshots import draw_lessons, panel_and_views
from host.names import ROOT, product_modules
from host.pictures import save_picture
from host.points_screenshots import draw_points
from host.slices_screenshot import draw_slices
from host.text_screenshot import draw_text
from host.tumour_screenshot import draw_tumour

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = ROOT / "Resources/Screenshots"
STUDY = ROOT / "Resources/SampleStudy"
PATIENCE_S = 1800

PLAYGROUND = (
    (
        "ELMEDPlayground",
        "spiral",
        "Network",
        ["decision-map", "neurons", "representations", "curves"],
    ),
    (
        "ELMEDPlayground-digits",
        "digits-conv-pool",
        "Network",
        ["confusion", "kernels", "feature-maps", "curves"],
    ),
)
"""Pictures of the playground: name, preset, page and views."""

ENOUGH_STEPS = 600


def draw_segment(host: Host, folder: Path) -> list[Path]:
    """Draw ELMEDSegment before and after a run on the sample study."""
    import slicer

    ui = host.select_module("ELMEDSegment").ui
    drawn = [draw_inputs(host, folder / "ELMEDSegment-inputs.png", STUDY)]
    slicer.mrmlScene.Clear()
    for name in ("t1", "t2", "flair", "t1c"):
        slicer.util.loadVolume(str(STUDY / f"{name}.nii.gz"))
    host.process_events()
    drawn.append(host.screenshot(folder / "ELMEDSegment-ready.png"))
    if not ui.applyButton.enabled:
        print(f"No picture of a result: {ui.applyButton.toolTip}")  # noqa: T201
        return drawn
    ui.applyButton.click()
    host.wait_until(lambda: ui.applyButton.text == "Apply", PATIENCE_S)
    segmentation = ui.segmentationSelector.currentNode()
    if segmentation is None:
        print(f"No picture of a result: {host.dialogs.texts()[-1:]}")  # noqa: T201
        return drawn
    if not ui.show3DButton.checked:
        ui.show3DButton.click()
    host.process_events()
    focus = tumour_centre(segmentation)
    return [*drawn, host.screenshot(folder / "ELMEDSegment.png", focus=focus)]


def draw_radiomics(host: Host, folder: Path) -> list[Path]:
    """Draw ELMEDRadiomics after a run on the sample study and its true segments."""
    import slicer

    ui = host.select_module("ELMEDRadiomics").ui
    from ELMEDRadiomicsWidgets.self_test import loadLabelledStudy

    segmentation, volumes = loadLabelledStudy()
    slicer.util.setSliceViewerLayers(background=volumes["t1c"], fit=True)
    segmentation.CreateClosedSurfaceRepresentation()
    # What comes into a view last is drawn on top; over the anatomy segments are seen through.
    display = segmentation.GetDisplayNode()
    segmentation.RemoveAllDisplayNodeIDs()
    host.process_events()
    segmentation.AddAndObserveDisplayNodeID(display.GetID())
    host.wait_until(lambda: ui.applyButton.enabled)
    ui.presetComboBox.setCurrentIndex(ui.presetComboBox.findData("course"))
    ui.applyButton.click()
    host.wait_until(lambda: ui.applyButton.text == "Apply", PATIENCE_S)
    host.process_events()
    focus = tumour_centre(segmentation)
    drawn = [host.screenshot(folder / "ELMEDRadiomics.png", focus=focus)]
    return [*drawn, *draw_burden(host, folder), *draw_follow_up(host, folder)]


def draw_playground(host: Host, folder: Path) -> list[Path]:
    """Draw ELMEDPlayground with a spiral and with handwritten digits, both learnt."""
    widget = host.select_module("ELMEDPlayground")
    drawn = []
    for name, preset, page, views in PLAYGROUND:
        drawn.append(draw_experiment(host, widget, folder / f"{name}.png", preset, page, views))
    drawn += draw_points(host, widget, folder)
    drawn.append(draw_text(host, widget, folder))
    drawn.append(draw_tumour(host, widget, folder / "ELMEDPlayground-tumour.png"))
    drawn += draw_language(host, widget, folder)
    drawn += draw_lessons(host, widget, folder)
    return [*drawn, draw_slices(host, widget, folder, STUDY)]


def draw_experiment(
    host: Host, widget: Any, path: Path, preset: str, page: str, views: list[str]
) -> Path:
    """Train a preset of the playground, and draw the panel beside its views."""
    from ELMEDPlaygroundWidgets.starting_point import presetSpec

    panel, bench = widget.panel, widget.panel.bench
    host.wait_until(lambda: bench.summary is not None, PATIENCE_S)
    bench.change(**presetSpec(preset))
    host.wait_until(lambda: bench.summary is not None, PATIENCE_S)
    panel.tabs.open(page)
    panel.views.showCount(len(views))
    panel.views.show(views)
    bench.stopAt = ENOUGH_STEPS
    bench.run()
    host.wait_until(lambda: not bench.running, PATIENCE_S)
    host.wait_until(lambda: not bench.laboratory.busy, PATIENCE_S)
    bench.refresh()
    host.wait_until(lambda: not bench.laboratory.busy, PATIENCE_S)
    host.wait_until(lambda: panel.views.drawn, PATIENCE_S)
    bench.stopAt = 0
    return save_picture(panel_and_views(host, panel.views), path)


def tumour_centre(segmentation: Any) -> tuple[float, float, float] | None:
    """Return the middle of the last segment that is not empty, in RAS."""
    ids = segmentation.GetSegmentation().GetSegmentIDs()
    centres = (segmentation.GetSegmentCenterRAS(segment_id) for segment_id in reversed(ids))
    return next((tuple(centre) for centre in centres if centre is not None), None)


def draw_panel(name: str) -> Callable[[Host, Path], list[Path]]:
    """Return what draws a module's panel, beside views where there is something in the scene."""

    def draw(host: Host, folder: Path) -> list[Path]:
        host.select_module(name)
        volumes = host.core.scene.GetNumberOfNodesByClass("vtkMRMLVolumeNode")
        return [host.screenshot(folder / f"{name}.png", views=volumes > 0)]

    return draw


_DRAWERS = {
    "ELMEDSegment": draw_segment,
    "ELMEDRadiomics": draw_radiomics,
    "ELMEDPlayground": draw_playground,
}


def draw_all(folder: Path) -> list[Path]:
    """Draw every picture into a folder and return their paths."""
    modules = product_modules()
    host = start(modules)
    drawn: list[Path] = []
    for name in modules:
        host.close_scene()
        drawer = _DRAWERS.get(name) or draw_panel(name)
        drawn += drawer(host, folder)
    host.shut_down()
    if host.slot_errors:
        raise RuntimeError(f"Something failed unseen: {host.slot_errors}")
    return drawn


def main(arguments: list[str] | None = None) -> int:
    """Draw the pictures."""
    parser = argparse.ArgumentParser(prog="python -m host.screenshots", description=__doc__)
    parser.add_argument("--output", type=Path, default=FOLDER, help="folder for the PNG files")
    options = parser.parse_args(arguments)
    for path in draw_all(options.output):
        print(path)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())

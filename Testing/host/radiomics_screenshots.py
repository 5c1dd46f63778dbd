"""Pictures of ELMEDRadiomics' sections for its tutorial: settings, table, map, charts, report.

Run with `Testing` on the path: `python -m host.radiomics_screenshots [--output folder]`. The sample
study is measured in the panel, as a person would do it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from host.host import Host, start
from host.names import product_modules
from host.pictures import panel_picture, save_picture
from host.training_screenshot import only

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PATIENCE_S = 1800
WIDTH = 500
CHARTS = ("histogram", "radar", "glcm")
SECTIONS = ("inputs", "features", "settings", "results", "charts", "burden", "followUp", "report")
FEATURE_WIDTH = 170
MAPPED = "original_firstorder_Entropy"


class Drawer:
    """Draws one section of the panel after the other."""

    def __init__(self, host: Host, folder: Path) -> None:
        self.host, self.folder = host, folder
        self.widget = host.select_module("ELMEDRadiomics")
        self.ui, self.panel = self.widget.ui, self.widget.panel

    def open(self, *names: str) -> None:
        """Open these sections of the panel, and fold the others."""
        for name in (*SECTIONS, "cohort"):
            getattr(self.ui, f"{name}CollapsibleButton").collapsed = name not in names
        self.host.process_events()

    def section(self, name: str, title: str) -> Path:
        """Draw one section alone."""
        picture = only(
            panel_picture(self.host, WIDTH), getattr(self.ui, f"{name}CollapsibleButton")
        )
        return save_picture(picture, self.folder / f"ELMEDRadiomics-{title}.png")

    def finish(self, button: Any, places: Iterable[Any]) -> None:
        """Press a button and wait for what it starts."""
        button.click()
        self.host.wait_until(lambda: not any(place.running for place in places), PATIENCE_S)
        self.host.process_events()


def draw_sections(host: Host, folder: Path) -> list[Path]:
    """Draw the sections that the tutorial shows."""
    from ELMEDRadiomicsWidgets.self_test import loadLabelledStudy

    drawer = Drawer(host, folder)
    _, volumes = loadLabelledStudy()
    ui, panel = drawer.ui, drawer.panel
    host.wait_until(lambda: ui.applyButton.enabled, PATIENCE_S)
    drawer.open("inputs")
    drawn = [drawer.section("inputs", "inputs")]
    ui.presetComboBox.setCurrentIndex(ui.presetComboBox.findData("course"))
    drawer.open("settings")
    panel.details.ui.featureSearchBox.text = "entropy"
    panel.settings.undo()
    drawn.append(drawer.section("settings", "settings"))
    drawn += draw_table(drawer, volumes)
    drawer.open("charts")
    section = panel.charts
    drawer.finish(section.ui.chartsButton, [section.place])
    for kind in CHARTS:
        section.ui.chartComboBox.setCurrentIndex(section.ui.chartComboBox.findData(kind))
        host.process_events()
        drawn.append(drawer.section("charts", f"chart-{kind}"))
    drawer.open("report")
    drawn.append(drawer.section("report", "report"))
    return drawn


def draw_table(drawer: Drawer, volumes: Mapping[str, Any]) -> list[Path]:
    """Draw features of one volume with unstable ones in grey, and a map over the slices."""
    import slicer

    host, ui, panel = drawer.host, drawer.ui, drawer.panel
    drawer.open("inputs", "features", "results")
    ui.presetComboBox.setCurrentIndex(ui.presetComboBox.findData("default"))
    panel.parameters.volumesChosen = True
    panel.parameters.volumes = [volumes["t1c"]]
    slicer.util.setSliceViewerLayers(background=volumes["t1c"], fit=True)
    drawer.finish(ui.applyButton, [panel.place])
    drawer.finish(ui.robustnessButton, [panel.place])
    ui.resultsSearchBox.text = "glcm"
    ui.featuresTableView.setColumnWidth(2, FEATURE_WIDTH)
    drawn = [drawer.section("results", "robustness")]
    ui.resultsSearchBox.text = MAPPED
    ui.featuresTableView.selectRow(1)
    host.process_events()
    drawer.finish(ui.mapButton, [panel.place])
    drawer.open("results")
    segmentation = ui.segmentationSelector.currentNode()
    focus = segmentation.GetSegmentCenterRAS("oedema")
    drawn.append(host.screenshot(drawer.folder / "ELMEDRadiomics-map.png", focus=tuple(focus)))
    ui.resultsSearchBox.text = ""
    slicer.util.setSliceViewerLayers(foreground=None)
    return drawn


def main(arguments: list[str] | None = None) -> int:
    """Draw the pictures."""
    from host.screenshots import FOLDER

    parser = argparse.ArgumentParser(prog="python -m host.radiomics_screenshots")
    parser.add_argument("--output", type=Path, default=FOLDER, help="folder for the PNG files")
    options = parser.parse_args(arguments)
    pictures = options.output.resolve()
    with tempfile.TemporaryDirectory() as work:
        # Short paths can be read in the picture.
        os.chdir(work)
        host = start(product_modules())
        for path in draw_sections(host, pictures):
            print(path)  # noqa: T201
        host.shut_down()
        os.chdir(pictures)
    return 0


if __name__ == "__main__":
    sys.exit(main())

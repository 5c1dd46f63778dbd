"""The pictures of `Docs/results.md`: a result with its scores, its export and its uncertainty.

Run with `Testing` on the path: `python -m host.results_screenshot [--output folder]`. The sample
study is segmented with the bundled network, as a person would do it in the panel.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from host.host import Host, start
from host.names import product_modules
from host.screenshots import FOLDER, PATIENCE_S, STUDY, tumour_centre

if TYPE_CHECKING:
    from types import SimpleNamespace

EXTRAS = ("regionsCheckBox", "probabilitiesCheckBox", "uncertaintyCheckBox")
CHOICES = ("inputsCollapsibleButton", "outputsCollapsibleButton", "advancedCollapsibleButton")


def segment(host: Host, ui: SimpleNamespace) -> None:
    """Segment the sample study with all extras, and leave the result alone on the panel."""
    import slicer

    for name in ("t1", "t2", "flair", "t1c"):
        slicer.util.loadVolume(str(STUDY / f"{name}.nii.gz"))
    host.wait_until(lambda: ui.applyButton.enabled, PATIENCE_S)
    ui.advancedCollapsibleButton.collapsed = False
    host.wait_until(lambda: ui.deviceFoundLabel.text.startswith("Found"), PATIENCE_S)
    for extra in EXTRAS:
        getattr(ui, extra).click()
    ui.applyButton.click()
    host.wait_until(lambda: ui.applyButton.text == "Apply", PATIENCE_S)
    for name in CHOICES:
        getattr(ui, name).collapsed = True
    ui.show3DButton.click()


def compare_and_export(host: Host, widget) -> None:
    """Compare with the simulated truth, and export."""
    import slicer

    results = widget.panel.results
    ui = results.sections
    ui.evaluateCollapsibleButton.collapsed = ui.exportCollapsibleButton.collapsed = False
    truth = slicer.util.loadLabelVolume(str(STUDY / "seg.nii.gz"))
    truth.SetName("Truth of the simulation")
    slicer.util.setSliceViewerLayers(label=None)
    ui.referenceSelector.setCurrentNode(truth)
    ui.evaluateButton.click()
    host.wait_until(lambda: not results.place.running, PATIENCE_S)
    with tempfile.TemporaryDirectory() as folder:
        ui.formatComboBox.setCurrentIndex(1)
        ui.exportPathLineEdit.currentPath = str(Path(folder) / "tumour.seg.nrrd")
        ui.exportRegionsCheckBox.click()
        ui.exportButton.click()
        host.wait_until(lambda: not results.place.running, PATIENCE_S)
    ui.exportPathLineEdit.currentPath = "tumour.seg.nrrd"


def draw_results(host: Host, folder: Path) -> list[Path]:
    """Draw the result with its scores, and the uncertainty laid over the slices."""
    widget = host.select_module("ELMEDSegment")
    ui = widget.ui
    segment(host, ui)
    compare_and_export(host, widget)
    host.process_events()
    node = ui.segmentationSelector.currentNode()
    focus = tumour_centre(node)
    drawn = [host.screenshot(folder / "ELMEDSegment-results.png", focus=focus)]
    node.GetDisplayNode().SetVisibility2D(False)
    ui.overlayComboBox.setCurrentIndex(1)
    for name in ("evaluateCollapsibleButton", "exportCollapsibleButton"):
        getattr(widget.panel.results.sections, name).collapsed = True
    host.process_events()
    return [*drawn, host.screenshot(folder / "ELMEDSegment-uncertainty.png", focus=focus)]


def main(arguments: list[str] | None = None) -> int:
    """Draw the pictures."""
    parser = argparse.ArgumentParser(prog="python -m host.results_screenshot", description=__doc__)
    parser.add_argument("--output", type=Path, default=FOLDER, help="folder for the PNG files")
    options = parser.parse_args(arguments)
    host = start(product_modules())
    for path in draw_results(host, options.output):
        print(path)  # noqa: T201
    host.shut_down()
    if host.slot_errors:
        raise RuntimeError(f"Something failed unseen: {host.slot_errors}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The picture of the training bench at work, for `Docs/training.md`.

Run with `Testing` on the path: `python -m host.training_screenshot [--output folder]`. The bundled
network is tuned for a few steps on simulated patients, as a person would do it in the panel.
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
from host.screenshots import FOLDER, PATIENCE_S

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

PATIENTS = 5
STEPS = 30
WIDTH = 500


def make_patients(folder: Path) -> None:
    """Simulate a few patients to train on."""
    from ELMEDSegmentLib.simulate.options import SimulationOptions, TumourChoice
    from ELMEDSegmentLib.simulate.study import simulate_study
    from ELMEDSegmentLib.simulate.writing import write_study

    tumour = TumourChoice(kind="glioblastoma")
    options = SimulationOptions(spacing_mm=2.0, fit_to_brain=True, tumour=tumour)
    for number in range(PATIENTS):
        write_study(simulate_study(10 + number, options=options), folder / f"patient-{number + 1}")


def draw_training(host: Host, folder: Path, data: Path, output: Path) -> Path:
    """Train in the panel, and draw the section with its curves and its slice."""
    panel = host.select_module("ELMEDSegment").panel
    panel.ui.trainingCollapsibleButton.collapsed = False
    section = panel.training
    ui = section.ui
    ui.trainingDataPathLineEdit.currentPath = str(data)
    ui.trainingOutputPathLineEdit.currentPath = str(output)
    ui.startFromComboBox.setCurrentIndex(ui.startFromComboBox.findData("elmed-glioma"))
    ui.lengthUnitComboBox.setCurrentIndex(1)
    ui.lengthSpinBox.setValue(STEPS)
    ui.patienceSpinBox.setValue(0)
    host.process_events()
    ui.startTrainingButton.click()
    last = int(0.7 * STEPS)
    host.wait_until(
        lambda: not section.running or max(section.picture.steps, default=0) >= last, PATIENCE_S
    )
    host.process_events()
    picture = only(panel_picture(host, WIDTH), panel.ui.trainingCollapsibleButton)
    ui.stopTrainingButton.click()
    host.wait_until(lambda: not section.running, PATIENCE_S)
    return save_picture(picture, folder / "ELMEDSegment-training.png")


def only(picture: QImage, button: Any) -> QImage:
    """Cut a collapsible section out of the picture of its panel."""
    from host.pythonqt import unwrap

    section = unwrap(button)
    panel = section
    while panel.parentWidget() is not None and panel.width() < picture.width():
        panel = panel.parentWidget()
    corner = section.mapTo(panel, section.rect().topLeft())
    return picture.copy(0, corner.y(), picture.width(), section.height())


def main(arguments: list[str] | None = None) -> int:
    """Draw the picture."""
    parser = argparse.ArgumentParser(prog="python -m host.training_screenshot", description=__doc__)
    parser.add_argument("--output", type=Path, default=FOLDER, help="folder for the PNG file")
    options = parser.parse_args(arguments)
    pictures = options.output.resolve()
    with tempfile.TemporaryDirectory() as work:
        # Short paths can be read in the picture.
        os.chdir(work)
        host = start(product_modules())
        data, output = Path("glioma-studies"), Path("tuning")
        make_patients(data)
        print(draw_training(host, pictures, data, output))  # noqa: T201
        host.shut_down()
        os.chdir(pictures)
    return 0


if __name__ == "__main__":
    sys.exit(main())

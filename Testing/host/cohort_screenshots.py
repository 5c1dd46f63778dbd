"""The pictures of a cohort for `Docs/cohorts.md`: the panel's section, and charts of the report.

Run with `Testing` on the path: `python -m host.cohort_screenshots [--output folder]`. Patients
are made up, whose survival depends on the volume and the texture of the tumour, and go through the
panel as a person would do it.
"""

from __future__ import annotations

import argparse
import base64
import csv
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from host.host import Host, start
from host.names import product_modules
from host.pictures import panel_picture, save_picture
from host.screenshots import FOLDER, PATIENCE_S
from host.training_screenshot import only

if TYPE_CHECKING:
    from collections.abc import Iterable

PATIENTS = 60
WIDTH = 520
SIZE = (20, 22, 24)
CHARTS = ("groups-survival", "correlation", "kaplan-meier")


def make_patients(folder: Path) -> None:
    """Write patients, with a table of the cases and one of what is known about them."""
    rng = np.random.default_rng(4)
    places = np.stack(np.mgrid[: SIZE[0], : SIZE[1], : SIZE[2]], axis=-1) - np.array(SIZE) / 2
    distance = np.linalg.norm(places, axis=-1) * 2
    cases = [["patient", "t1c", "flair", "seg"]]
    known = [["patient", "age", "survival days", "dead", "IDH"]]
    for number in range(PATIENTS):
        name = f"patient-{number + 1:02d}"
        radius, rough, mutant = rng.uniform(8, 17), rng.uniform(10, 60), rng.random() < 0.35  # noqa: PLR2004
        labels = np.where(distance < radius, 2, 0) - (distance < radius * rng.uniform(0.4, 0.8))
        (folder / name).mkdir(parents=True)
        files = [f"{name}/{kind}.nii.gz" for kind in ("t1c", "flair", "seg")]
        t1c = 300 + 80 * (labels == 1) + rng.normal(0, rough, SIZE)
        flair = 200 + (150 if mutant else 90) * (labels == 2) + rng.normal(0, 25, SIZE)  # noqa: PLR2004
        for file, array in zip(files, (t1c, flair, labels), strict=True):
            _write(array, folder / file)
        risk = 0.16 * (radius - 12) + 0.03 * (rough - 35) - 0.5 * mutant
        death, last = rng.exponential(420 * np.exp(-risk)), rng.uniform(250, 2200)
        cases.append([name, *files])
        days, dead = f"{min(death, last):.0f}", str(int(death < last))
        idh = "mutant" if mutant else "wildtype"
        known.append([name, str(rng.integers(35, 80)), days, dead, idh])
    (folder / "patient-07" / "flair.nii.gz").unlink()
    _table(folder / "cases.csv", cases)
    _table(folder / "clinical.csv", known)


def draw_cohort(host: Host, folder: Path) -> list[Path]:
    """Measure and analyse the patients in the panel; draw the section and charts of the report."""
    panel = host.select_module("ELMEDRadiomics").panel
    panel.parameters.preset = "course"
    panel.ui.cohortCollapsibleButton.collapsed = False
    section = panel.cohort
    ui = section.ui
    ui.cohortSourcePathLineEdit.currentPath = "patients/cases.csv"
    ui.cohortOutputPathLineEdit.currentPath = "measured"
    ui.clinicalPathLineEdit.currentPath = "patients/clinical.csv"
    for button in (ui.cohortStartButton, ui.analyseButton):
        host.process_events()
        button.click()
        host.wait_until(lambda: not section.running, PATIENCE_S)
    host.process_events()
    picture = only(panel_picture(host, WIDTH), panel.ui.cohortCollapsibleButton)
    drawn = [save_picture(picture, folder / "ELMEDRadiomics-cohort.png")]
    text = Path("measured/report.html").read_text(encoding="utf-8")
    for name in CHARTS:
        found = re.search(rf'id="{name}".*?base64,([^"]+)"', text, re.DOTALL)
        if found:
            path = folder / f"ELMEDRadiomics-cohort-{name}.png"
            path.write_bytes(base64.b64decode(found.group(1)))
            drawn.append(path)
    return drawn


def _write(array: np.ndarray, path: Path) -> None:
    kind = np.uint8 if path.name.startswith("seg") else np.float32
    image = sitk.GetImageFromArray(array.astype(kind))
    image.SetSpacing((2.0, 2.0, 2.0))
    sitk.WriteImage(image, str(path))


def _table(path: Path, rows: Iterable[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def main(arguments: list[str] | None = None) -> int:
    """Draw the pictures."""
    parser = argparse.ArgumentParser(prog="python -m host.cohort_screenshots", description=__doc__)
    parser.add_argument("--output", type=Path, default=FOLDER, help="folder for the PNG files")
    options = parser.parse_args(arguments)
    pictures = options.output.resolve()
    with tempfile.TemporaryDirectory() as work:
        # Short paths can be read in the picture.
        os.chdir(work)
        host = start(product_modules())
        make_patients(Path("patients"))
        for path in draw_cohort(host, pictures):
            print(path)  # noqa: T201
        host.shut_down()
        os.chdir(pictures)
    return 0


if __name__ == "__main__":
    sys.exit(main())

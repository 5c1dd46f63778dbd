"""The picture of the documentation that shows a study loaded from a folder of DICOM series."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import SimpleITK as sitk

from dicom_studies import HEADERS, Examination

if TYPE_CHECKING:
    from host.host import Host

PATIENCE_S = 300

SLICES = {"t1": 1, "t1c": 1, "t2": 3, "flair": 4}
"""So many slices of the sample study become one: clinical series differ in thickness."""


def draw_inputs(host: Host, path: Path, study: Path) -> Path:
    """Write the sample study as DICOM, load it from its folder, and draw the panel.

    Args:
        host: the running host.
        path: of the picture.
        study: folder of the sample study.
    """
    panel = host.select_module("ELMEDSegment")
    ui, inputs = panel.ui, panel.panel.inputs
    with tempfile.TemporaryDirectory() as folder:
        examination = Examination()
        for channel, slices in SLICES.items():
            image = sitk.ReadImage(str(study / f"{channel}.nii.gz"))
            thick = sitk.Shrink(image, [1, 1, slices])
            examination.write(thick, Path(folder), HEADERS[channel])
        again = sitk.Shrink(image, [1, 1, 6])
        header = HEADERS["flair"] | {"SeriesDescription": "FLAIR quick"}
        examination.write(again, Path(folder), header)
        ui.inputFolderPathLineEdit.currentPath = folder
        ui.loadFolderButton.click()
        host.wait_until(lambda: not panel.panel.place.running, PATIENCE_S)
    # The temporary folder is nobody's study.
    ui.inputFolderPathLineEdit.currentPath = "/data/studies/patient-7"
    host.wait_until(lambda: not inputs.findings.busy, PATIENCE_S)
    host.process_events()
    drawn = host.screenshot(path)
    ui.inputFolderPathLineEdit.currentPath = ""
    return drawn

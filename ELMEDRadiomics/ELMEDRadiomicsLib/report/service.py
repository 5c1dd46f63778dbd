"""A patient's report from files: what the worker and the command line ask for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDLib.files import written_whole
from ELMEDLib.progress import Progress, no_progress, within
from ELMEDRadiomicsLib.burden.options import REGIONS
from ELMEDRadiomicsLib.burden.results import Burden
from ELMEDRadiomicsLib.burden.service import PARTS, burden_files, with_parts
from ELMEDRadiomicsLib.reading import read_volume
from ELMEDRadiomicsLib.report.content import Content
from ELMEDRadiomicsLib.report.page import page
from ELMEDRadiomicsLib.report.pictures import pictures
from ELMEDRadiomicsLib.results import Extraction
from ELMEDRadiomicsLib.writing import read_extraction

if TYPE_CHECKING:
    from collections.abc import Mapping

MEASURED, DRAWN = 0.7, 0.9
CHANGED = (
    "The segments have changed since the tumour burden was measured: volumes and diameters are "
    "those of before, and pictures show the segments as they are now."
)
PAGE, STRUCTURED = (".html", ".htm"), ".dcm"


def report_files(arguments: Mapping[str, Any], progress: Progress = no_progress) -> dict[str, Any]:
    """Write a patient's report.

    Args:
        arguments: JSON-able:
            `output`: path; `.html` is a page to print, `.dcm` a DICOM structured report;
            `patient`: what the page calls the patient;
            `image`: path of the volume behind the pictures, or None;
            `labels`, `parts`, `options`: of the tumour, as for the task `burden`;
            `burden`, `location`: of an earlier answer of that task; measured anew where None;
            `features`: an extraction's content, or the path of its JSON file, or None;
            `series`: folder or files of the DICOM series that a structured report refers to.
        progress: told how far the work is.

    Returns:
        `outputs` (paths) and `warnings` about what the report holds.

    Raises:
        ELMEDError: something cannot be read, used or written.
    """
    output = Path(arguments["output"])
    ending = output.suffix.lower()
    if ending not in (*PAGE, STRUCTURED):
        raise InputError(
            f"'{output.name}' does not say how to write the report.",
            "Give the output a name that ends in .html or .dcm.",
        )
    if ending == STRUCTURED and not arguments.get("series"):
        raise InputError(
            "A DICOM structured report refers to a DICOM series, and none is given.",
            "Give the folder of the series, or write the page (.html) instead.",
        )
    content = _content(arguments, with_pictures=ending in PAGE, progress=progress)
    progress("writing", DRAWN, "Writing the report")
    with written_whole(output) as temporary:
        if ending in PAGE:
            temporary.write_text(page(content), encoding="utf-8")
        else:
            from ELMEDRadiomicsLib.report.dicom_sr import groups_of, write_sr
            from ELMEDSegmentLib.exporting.dicom_series import read_series

            write_sr(groups_of(content), read_series(arguments["series"]).slices, temporary)
    progress("done", 1.0, "Report written")
    return {"outputs": [str(output)], "warnings": list(content.warnings)}


def _content(arguments: Mapping[str, Any], *, with_pictures: bool, progress: Progress) -> Content:
    burden, location = arguments.get("burden"), arguments.get("location")
    labels = arguments.get("labels")
    if burden is None and labels:
        answer = burden_files({**arguments, "output": None}, within(progress, 0.0, MEASURED))
        burden, location = answer["burden"], answer["location"]
    extraction = _extraction(arguments.get("features"))
    if burden is None and extraction is None:
        raise InputError(
            "There is nothing to report.", "Give a label map or the features of a patient."
        )
    drawn: tuple[Any, ...] = ()
    warnings: tuple[str, ...] = ()
    if labels:
        parts = with_parts(read_volume(labels, "label map"), arguments.get("parts"))
        if burden and not _fits(burden, parts):
            warnings = (CHANGED,)
        if with_pictures and arguments.get("image"):
            progress("drawing", MEASURED, "Drawing the pictures")
            drawn = pictures(read_volume(arguments["image"], "image"), parts)
    return Content(
        str(arguments.get("patient") or ""),
        drawn,
        Burden.from_json(burden) if burden else None,
        location,
        extraction,
        warnings,
    )


def _fits(burden: Mapping[str, Any], parts: sitk.Image) -> bool:
    """Return whether a burden's regions are as large as those of the label map."""
    counts = np.bincount(sitk.GetArrayViewFromImage(parts).ravel(), minlength=len(PARTS) + 1)
    return all(
        region["voxels"] == int(counts[list(REGIONS[region["name"]])].sum())
        for region in burden["regions"]
        if region["name"] in REGIONS
    )


def _extraction(given: Any) -> Extraction | None:
    if not given:
        return None
    if isinstance(given, dict):
        records = [
            {**record, "value": float("nan") if record["value"] is None else record["value"]}
            for record in given["features"]
        ]
        return Extraction.from_json({**given, "features": records})
    return read_extraction(given)

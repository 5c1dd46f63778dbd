"""Exporting a label file in the format that the output's name asks for, with a report beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError, OutputError
from ELMEDLib.files import written_whole
from ELMEDSegmentLib.geometry import Grid, difference
from ELMEDSegmentLib.label_files import (
    OLD_ENHANCING_TUMOUR,
    read_labels,
    with_old_labels,
    write_image,
)
from ELMEDSegmentLib.labels import LABELS
from ELMEDSegmentLib.report import NOTICE, count_voxels, volumes_ml
from ELMEDSegmentLib.terminology import REGION_SEGMENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDLib.progress import Progress

FORMATS = {
    ".seg.nrrd": "Slicer segmentation",
    ".nii.gz": "NIfTI",
    ".nii": "NIfTI",
    ".dcm": "DICOM SEG",
}
"""What can be exported, by the ending of the output's name."""

MOVED = (
    "The DICOM series has another grid than the segmentation, which was resampled: check that it "
    "is the series that was segmented."
)

LEAST_KEPT = 0.95
"""The share of the tumour's volume that has to survive on another grid; rounding takes a little."""


@dataclass(frozen=True)
class Exported:
    """How labels are exported.

    Attributes:
        output: the file; its ending says the format.
        regions: combined regions ("WT", "TC") as segments of their own, where the format has any.
        old_labels: write the enhancing tumour as 4 into NIfTI, as BraTS had it until 2021.
        series: folder or files of the DICOM series that a DICOM SEG refers to.
        report: of the run that made the labels.
    """

    output: Path
    regions: tuple[str, ...] = ()
    old_labels: bool = False
    series: Any = None
    report: Mapping[str, Any] | None = None

    def changed(self, voxels: Mapping[str, int]) -> bool | None:
        """Return whether labels were changed since the run of the report; None without one."""
        counted = (self.report or {}).get("voxels")
        if not counted:
            return None
        return any(counted.get(name) != voxels[name] for name in LABELS)

    @property
    def ending(self) -> str:
        """The ending of the output's name, one of `FORMATS`.

        Raises:
            OutputError: it is none of them.
        """
        name = self.output.name.lower()
        for ending in FORMATS:
            if name.endswith(ending):
                return ending
        raise OutputError(
            f"'{self.output.name}' does not end in a format that segmentations are exported in.",
            f"Use one of {', '.join(FORMATS)}.",
        )

    @property
    def report_file(self) -> Path:
        """The file of the report: beside the output, with its name."""
        stem = self.output.name[: -len(self.ending)]
        return self.output.with_name(f"{stem}.json")


def export(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Export a label file.

    Args:
        arguments: `labels` (file), `output` (file), and optionally `regions`, `old_labels`,
            `series` and `report` (a JSON file or its content); see `Exported`.
        progress: told about every stage.

    Returns:
        `output`, `report` (file), `format`, `volumes_ml`, and `note`: what has to be looked at, ""
        for nothing.

    Raises:
        ELMEDError: the labels, the series or the output cannot be used; nothing is written then.
    """
    wanted = Exported(
        Path(arguments["output"]),
        tuple(arguments.get("regions") or ()),
        bool(arguments.get("old_labels")),
        arguments.get("series"),
        _report(arguments.get("report")),
    )
    _check(wanted)
    progress("reading", 0.0, "Reading the segmentation")
    image = read_labels(arguments["labels"], "segmentation")
    voxels = count_voxels(sitk.GetArrayViewFromImage(image))
    wanted = _with_report_beside(wanted, voxels)
    with written_whole(wanted.output) as temporary, written_whole(wanted.report_file) as report:
        progress("writing", 0.3, f"Writing {FORMATS[wanted.ending]}")
        changed = wanted.changed(voxels)
        measured, note = _write(image, wanted, temporary, by_hand=changed is not False)
        text = json.dumps(_described(wanted, measured, changed), indent=2) + "\n"
        report.write_text(text, encoding="utf-8")
    progress("writing", 1.0, "Done")
    return {
        "output": str(wanted.output),
        "report": str(wanted.report_file),
        "format": FORMATS[wanted.ending],
        "volumes_ml": measured,
        "note": note,
    }


def _check(wanted: Exported) -> None:
    """Refuse what cannot be done before anything is read."""
    unknown = [region for region in wanted.regions if region not in REGION_SEGMENTS]
    if unknown:
        raise InputError(
            f"There is no combined region '{unknown[0]}'.",
            f"Choose among {', '.join(REGION_SEGMENTS)}.",
        )
    nifti = wanted.ending.startswith(".nii")
    if wanted.regions and nifti:
        raise InputError(
            "NIfTI holds one label a voxel, and no combined regions beside them.",
            "Leave the regions out, or export as .seg.nrrd or .dcm.",
        )
    if wanted.old_labels and not nifti:
        raise InputError(
            "Only NIfTI can have the enhancing tumour as label 4.",
            "Leave the old labels out, or export as NIfTI (.nii.gz).",
        )
    if wanted.ending == ".dcm" and not wanted.series:
        raise InputError(
            "A DICOM SEG refers to the DICOM series that the reference volume was read from, "
            "and none is given.",
            "Give the folder of the series, or export as .seg.nrrd or NIfTI.",
        )


def _with_report_beside(wanted: Exported, voxels: Mapping[str, int]) -> Exported:
    """Return `wanted` with the run's report that lies where the export's is to be written, if any.

    Raises:
        OutputError: what lies there tells of something else, and would be lost.
    """
    there = _json_of(wanted.report_file)
    if there is None or "exported" in there or there == wanted.report:
        return wanted
    found = replace(wanted, report=there)
    if wanted.report is None and found.changed(voxels) is False:
        return found
    raise OutputError(
        f"'{wanted.report_file.name}' is there already and tells of something else; the report of "
        "this export would replace it.",
        "Choose another name for the output.",
    )


def _json_of(path: Path) -> dict[str, Any] | None:
    """Return what a JSON file holds, {} where it is none, and None where there is no file."""
    if not path.exists():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _write(
    image: sitk.Image, wanted: Exported, path: Path, *, by_hand: bool
) -> tuple[dict[str, float], str]:
    """Write `image` to `path`; return the volumes in ml of what was written, and what to look at.

    Args:
        image: of the labels.
        wanted: how.
        path: of the file.
        by_hand: whether a person may have changed what a network made.
    """
    grid, note = Grid.of(image), ""
    labels = sitk.GetArrayFromImage(image)
    if wanted.ending == ".dcm":
        from ELMEDSegmentLib.exporting.dicom_seg import Maker, write_dicom_seg
        from ELMEDSegmentLib.exporting.dicom_series import read_series

        series = read_series(wanted.series)
        note = MOVED if difference(grid, series.grid) else ""
        labels, grid = _on_grid(image, series.grid), series.grid
        maker = Maker.of((wanted.report or {}).get("model"), by_hand=by_hand)
        write_dicom_seg(labels, series, path, wanted.regions, maker)
    elif wanted.ending == ".seg.nrrd":
        from ELMEDSegmentLib.exporting.seg_nrrd import as_segmentation

        write_image(as_segmentation(labels, grid, wanted.regions), path)
    else:
        write_image(grid.place(with_old_labels(labels) if wanted.old_labels else labels), path)
    return volumes_ml(count_voxels(labels), grid), note


def _on_grid(image: sitk.Image, grid: Grid) -> np.ndarray:
    """Return the labels `(z, y, x)` on `grid`, each voxel by its nearest neighbour.

    Raises:
        InputError: a part of the tumour would be lost.
    """
    array: np.ndarray = sitk.GetArrayFromImage(image)
    if not difference(Grid.of(image), grid):
        return array
    moved: np.ndarray = sitk.GetArrayFromImage(grid.resample(image, sitk.sitkNearestNeighbor))
    before = np.count_nonzero(array) * Grid.of(image).voxel_volume_ml
    after = np.count_nonzero(moved) * grid.voxel_volume_ml
    if before and after < LEAST_KEPT * before:
        raise InputError(
            f"Only {after / before:.0%} of the tumour lies within the DICOM series.",
            "Give the series that the reference volume was read from.",
        )
    return moved


def _described(
    wanted: Exported, measured: dict[str, float], changed: bool | None
) -> dict[str, Any]:
    """Return the report of the run, if there is any, with what was exported."""
    labels = dict(LABELS)
    if wanted.old_labels and wanted.ending.startswith(".nii"):
        labels["enhancing_tumour"] = OLD_ENHANCING_TUMOUR
    exported = {
        "format": FORMATS[wanted.ending],
        "labels": labels,
        "regions": list(wanted.regions),
        "volumes_ml": measured,
        "changed_since_the_run": changed,
    }
    return {"notice": NOTICE, **(wanted.report or {}), "exported": exported}


def _report(given: Any) -> Mapping[str, Any] | None:
    """Return a report given as the name of a file or as its content."""
    if not given:
        return None
    if isinstance(given, dict):
        return given
    try:
        content = json.loads(Path(given).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            "The run report cannot be read.", "Give the JSON file that `--report` wrote."
        ) from error
    if not isinstance(content, dict):
        raise InputError(
            "The run report is no report.", "Give the JSON file that `--report` wrote."
        )
    return content

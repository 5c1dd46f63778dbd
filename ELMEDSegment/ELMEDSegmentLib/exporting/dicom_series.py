"""A DICOM series of single slices, as the source of a segmentation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.errors import InputError
from ELMEDSegmentLib.geometry import Grid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LARGEST_GAP_DIFFERENCE = 0.05
"""How much the distances of neighbouring slices may differ, as a share of the distance.

Scanners round positions: a real series of 7 mm has gaps of 6.96 to 7.07 mm. A slice that is missing
makes a gap of twice the distance.
"""

MAY_BE_EMPTY = (
    "PatientID",
    "PatientName",
    "PatientBirthDate",
    "PatientSex",
    "AccessionNumber",
    "StudyID",
    "StudyDate",
    "StudyTime",
)
"""Entries that an object of the series repeats. They may be empty (type 2, PS3.3 C.7.1 and C.7.2),
and whoever takes names out of files often takes them out altogether."""


@dataclass(frozen=True)
class Series:
    """Slices of one series, in the order of their positions.

    Attributes:
        slices: pydicom's data sets, pixels left out.
        grid: where their voxels are.
    """

    slices: tuple[Any, ...]
    grid: Grid


def read_series(paths: Path | str | Sequence[Path | str]) -> Series:
    """Read the headers of a series.

    Args:
        paths: a folder, with files of one series (other files are passed over), or the files.

    Raises:
        InputError: there is no DICOM image, they are of several series, or they are not slices of
            one volume.
    """
    slices = list(_images(_files(paths)))
    if not slices:
        raise InputError(
            "There is no DICOM image among the files of the series.",
            "Give the folder with the series that the reference volume was read from.",
        )
    found = {str(each.SeriesInstanceUID) for each in slices}
    if len(found) > 1:
        raise InputError(
            f"The DICOM files are of {len(found)} series.",
            "Give the folder or the files of the one series that the reference volume came from.",
        )
    if any(int(each.get("NumberOfFrames") or 1) > 1 for each in slices):
        raise InputError(
            "The DICOM series is a multi-frame (enhanced) image, which cannot be referred to yet.",
            "Export as .seg.nrrd or NIfTI, or convert the series to single slices.",
        )
    return _sorted(slices)


def _files(paths: Path | str | Sequence[Path | str]) -> list[Path]:
    if isinstance(paths, str | Path):
        folder = Path(paths)
        if not folder.is_dir():
            raise InputError(
                f"The folder '{folder}' of the DICOM series does not exist.",
                "Check the path and its spelling.",
            )
        return sorted(path for path in folder.iterdir() if path.is_file())
    return [Path(path) for path in paths]


def _images(files: Iterable[Path]) -> Iterable[Any]:
    import pydicom
    from pydicom.errors import InvalidDicomError

    for path in files:
        try:
            header = pydicom.dcmread(path, stop_before_pixels=True)
        except (InvalidDicomError, OSError):
            continue
        if "Rows" in header and "SeriesInstanceUID" in header:
            for keyword in MAY_BE_EMPTY:
                if keyword not in header:
                    setattr(header, keyword, "")
            yield header


def _sorted(slices: list[Any]) -> Series:
    not_a_volume = InputError(
        "The DICOM files are not the slices of one volume: some lie askew, are missing, or are "
        "there twice.",
        "Give the whole series that the reference volume was read from, and nothing else.",
    )
    try:
        axes = np.array([each.ImageOrientationPatient for each in slices], float)
        positions = np.array([each.ImagePositionPatient for each in slices], float)
        pixels = np.array([each.PixelSpacing for each in slices], float)
        shapes = {(int(each.Rows), int(each.Columns)) for each in slices}
    except (AttributeError, ValueError) as error:
        raise not_a_volume from error
    same = np.allclose(axes, axes[0], atol=1e-3) and np.allclose(pixels, pixels[0], rtol=1e-3)
    if not same or len(shapes) > 1:
        raise not_a_volume
    across, down = axes[0][:3], axes[0][3:]
    normal = np.cross(across, down)
    order = np.argsort(positions @ normal)
    heights = (positions @ normal)[order]
    gaps = np.diff(heights)
    if gaps.size and (gaps.min() <= 0 or np.ptp(gaps) > LARGEST_GAP_DIFFERENCE * gaps.mean()):
        raise not_a_volume
    thickness = float(gaps.mean()) if gaps.size else float(slices[0].get("SliceThickness") or 1)
    ((rows, columns),) = shapes
    grid = Grid(
        (columns, rows, len(slices)),
        # PixelSpacing has the distance of the rows first.
        (float(pixels[0][1]), float(pixels[0][0]), thickness),
        tuple(float(value) for value in positions[order[0]]),
        tuple(float(value) for value in np.column_stack([across, down, normal]).ravel()),
    )
    return Series(tuple(slices[index] for index in order), grid)

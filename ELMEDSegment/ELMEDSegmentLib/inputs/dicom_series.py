"""DICOM series in a folder: grouped, sorted by position, and read as volumes.

A series is what shares a series UID, an orientation, an image size and an echo: a double echo
becomes two. Slices are sorted along their normal, whatever their file names and numbers.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDSegmentLib.inputs.dicom_headers import Header, read_header

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from ELMEDSegmentLib.inputs.series_facts import SeriesFacts

FEWEST_SLICES = 10
"""Localizers have three to nine slices; a brain with 6.5 mm slices has 20."""

UNEVEN = 0.1
"""Slices whose distances differ by more than this part lack one of them."""


@dataclass(frozen=True)
class Series:
    """A series of one folder.

    Attributes:
        headers: of its files, sorted along the slices' normal.
        name: its description, or its number.
        left_out: why it cannot be a contrast of the study, "" when it may be one.
    """

    headers: tuple[Header, ...]
    name: str
    left_out: str = ""

    @property
    def facts(self) -> SeriesFacts:
        """How it was made."""
        return self.headers[0].facts

    @property
    def slices(self) -> int:
        """Number of slices."""
        return max(len(self.headers), self.headers[0].frames)

    @property
    def longest_mm(self) -> float:
        """The coarsest voxel spacing in millimetres."""
        first = self.headers[0]
        places = [place for header in self.headers if (place := header.along_mm) is not None]
        between = float(np.median(np.diff(places))) if len(places) > 1 else first.spacing_mm[2]
        return max(*first.spacing_mm[:2], between)


def find_series(files: Iterable[Path]) -> list[Series]:
    """Return the series among `files`, by number; files that are no DICOM images are passed over.

    Raises:
        InputError: the files are of several patients.
    """
    groups: dict[tuple[object, ...], list[Header]] = defaultdict(list)
    patients = set()
    for path in files:
        header = read_header(path)
        if header is not None:
            groups[_key(header)].append(header)
            patients.add(header.patient)
    if len(patients) > 1:
        raise InputError(
            f"The folder holds DICOM series of {len(patients)} patients.",
            "Choose the folder of one patient.",
        )
    series = [_series(headers) for headers in groups.values()]
    return sorted(series, key=lambda each: (each.headers[0].number, each.name))


def read_series(series: Series) -> sitk.Image:
    """Read a series as a 3D volume.

    Raises:
        InputError: a file is damaged.
    """
    names = [str(header.path) for header in series.headers]
    try:
        if len(names) == 1:
            return sitk.ReadImage(names[0])
        reader = sitk.ImageSeriesReader()
        reader.SetFileNames(names)
        return reader.Execute()
    except RuntimeError as error:
        raise InputError(
            f"The DICOM series '{series.name}' cannot be read; a file may be damaged.",
            "Export the series again.",
        ) from error


def _key(header: Header) -> tuple[object, ...]:
    orientation = header.orientation or ()
    echo = header.facts.echo_ms
    return (
        header.series,
        header.size,
        tuple(round(value, 2) for value in orientation),
        round(echo) if echo else None,
        # Each multi-frame object is a volume of its own.
        header.instance if header.frames > 1 else "",
    )


def _series(headers: Sequence[Header]) -> Series:
    placed = sorted(headers, key=lambda header: header.along_mm or 0.0)
    first = placed[0]
    name = first.facts.description or first.facts.protocol or f"series {first.number}"
    return Series(tuple(placed), name, _reason_to_leave_out(placed))


def _reason_to_leave_out(headers: Sequence[Header]) -> str:
    first = headers[0]
    slices = max(len(headers), first.frames)
    if "LOCALIZER" in str(first.values.get("ImageType")).upper():
        return "it is a localizer"
    if slices < FEWEST_SLICES:
        return f"it has only {slices} slice{'s' if slices > 1 else ''}"
    return "" if first.frames > 1 else _unplaced(headers)


def _unplaced(headers: Sequence[Header]) -> str:
    """Return why slices do not form a volume, "" when they do."""
    places = [place for header in headers if (place := header.along_mm) is not None]
    if len(places) < len(headers):
        return "its slices do not tell where they lie"
    steps = np.diff(places)
    middle = float(np.median(steps))
    if middle < 0.01:  # noqa: PLR2004 - mm
        return "it has several images at the same place (a series in time)"
    if (np.abs(steps - middle) > UNEVEN * middle).any():
        return "its slices are not evenly spaced; one may be missing"
    return ""

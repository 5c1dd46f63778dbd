"""DICOM headers: what is needed to find series and to know how they were made; no pixels are read.

Values that name the patient are compared in memory, to tell patients apart, and never kept.
"""

from __future__ import annotations

import logging
import struct
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDSegmentLib.inputs.series_facts import KEYWORDS, SeriesFacts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLACING = (
    "SeriesInstanceUID",
    "StudyInstanceUID",
    "SOPInstanceUID",
    "SeriesNumber",
    "PatientID",
    "Rows",
    "Columns",
    "PixelSpacing",
    "SliceThickness",
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "NumberOfFrames",
    "SharedFunctionalGroupsSequence",
    "ContrastBolusAgentSequence",
)

ENHANCED = {
    "EchoTime": ("MREchoSequence", "EffectiveEchoTime"),
    "RepetitionTime": ("MRTimingAndRelatedParametersSequence", "RepetitionTime"),
    "InversionTime": ("MRModifierSequence", "InversionTimes"),
    "PixelSpacing": ("PixelMeasuresSequence", "PixelSpacing"),
    "SliceThickness": ("PixelMeasuresSequence", "SliceThickness"),
    "DiffusionBValue": ("MRDiffusionSequence", "DiffusionBValue"),
}
"""Where enhanced multi-frame objects keep what classic ones have at the top."""


UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OverflowError,
    struct.error,
)
"""What pydicom raises for files that are something else, cut off, or broken inside."""


@dataclass(frozen=True)
class Header:
    """One DICOM file.

    Attributes:
        path: of the file.
        series: instance UID of the series.
        study: instance UID of the study.
        instance: SOP instance UID.
        number: of the series, as the scanner counts; 0 when it is not known.
        patient: tells patients apart, and nothing else.
        frames: number of images in the file.
        size: columns and rows.
        spacing_mm: of columns and rows, and the slice thickness; 0 where it is not known.
        position_mm: of the first voxel, LPS; None where it is not known.
        orientation: directions of rows and columns, LPS, six numbers.
        values: by keyword, what `SeriesFacts.of` takes.
    """

    path: Path
    series: str
    study: str
    instance: str
    number: int
    patient: int
    frames: int
    size: tuple[int, int]
    spacing_mm: tuple[float, float, float]
    position_mm: tuple[float, ...] | None
    orientation: tuple[float, ...] | None
    values: dict[str, Any]

    @property
    def facts(self) -> SeriesFacts:
        """How the series was made."""
        return SeriesFacts.of(self.values)

    @property
    def along_mm(self) -> float | None:
        """Where the slice lies along its normal, None when that is not known."""
        if self.position_mm is None or self.orientation is None:
            return None
        normal = np.cross(self.orientation[:3], self.orientation[3:])
        return float(np.dot(normal, self.position_mm))


def read_header(path: Path) -> Header | None:
    """Return the header of a DICOM image, None when the file is something else."""
    import pydicom
    from pydicom.errors import InvalidDicomError

    try:
        with _quiet():
            data = pydicom.dcmread(
                path, stop_before_pixels=True, specific_tags=[*KEYWORDS, *PLACING]
            )
            return _header(path, data)
    except (InvalidDicomError, *UNREADABLE):
        return None


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep pydicom from complaining about odd values: it would repeat them in the log."""
    logger = logging.getLogger("pydicom")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)


def _header(path: Path, data: Any) -> Header | None:
    series = str(data.get("SeriesInstanceUID", ""))
    if not series or not data.get("Rows"):
        return None
    values = {keyword: _value(data, keyword) for keyword in KEYWORDS}
    agents = data.get("ContrastBolusAgentSequence")
    if agents and not values["ContrastBolusAgent"]:
        values["ContrastBolusAgent"] = "agent"
    spacing = _numbers(_value(data, "PixelSpacing")) or (0.0, 0.0)
    thickness = _numbers(_value(data, "SliceThickness")) or (0.0,)
    return Header(
        path,
        series,
        str(data.get("StudyInstanceUID", "")),
        str(data.get("SOPInstanceUID", "")),
        int(data.get("SeriesNumber") or 0),
        hash(str(data.get("PatientID", ""))),
        int(data.get("NumberOfFrames") or 1),
        (int(data.Columns), int(data.Rows)),
        (spacing[-1], spacing[0], thickness[0]),
        _numbers(data.get("ImagePositionPatient"), 3),
        _numbers(data.get("ImageOrientationPatient"), 6),
        values,
    )


def _value(data: Any, keyword: str) -> Any:
    """Return a value from the top of the header, or from where enhanced objects keep it."""
    value = data.get(keyword)
    if value is not None or keyword not in ENHANCED:
        return value
    shared = data.get("SharedFunctionalGroupsSequence")
    sequence, name = ENHANCED[keyword]
    items = shared[0].get(sequence) if shared else None
    return items[0].get(name) if items else None


def _numbers(value: Any, count: int = 0) -> tuple[float, ...] | None:
    if value is None or value == "":
        return None
    parts = value if hasattr(value, "__iter__") and not isinstance(value, str) else [value]
    numbers = tuple(float(part) for part in parts)
    return numbers if not count or len(numbers) == count else None

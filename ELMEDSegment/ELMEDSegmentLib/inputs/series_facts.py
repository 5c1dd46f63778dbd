"""What a DICOM series tells about itself, without who was scanned.

Only tags that say how the series was made are kept; names, numbers and comments of patients are
never read. Times are of use for differences alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

KEYWORDS = (
    "Modality",
    "SeriesDescription",
    "ProtocolName",
    "SequenceName",
    "ScanningSequence",
    "SequenceVariant",
    "ContrastBolusAgent",
    "EchoTime",
    "RepetitionTime",
    "InversionTime",
    "DiffusionBValue",
    "ImageType",
    "AcquisitionDate",
    "AcquisitionTime",
    "SeriesDate",
    "SeriesTime",
    "AcquisitionContrast",
)
"""The DICOM keywords that `SeriesFacts.of` takes."""

NO_AGENT = {"", "no", "none", "n", "0", "without", "n/a", "na"}

BEFORE_TIMES = 14
"""Digits of a DICOM date and time to the second."""


@dataclass(frozen=True)
class SeriesFacts:
    """How a series was made.

    Attributes:
        modality: DICOM's two letters; "MR" for magnetic resonance.
        description: what the scanner or its user called the series.
        protocol: the name of the protocol.
        sequence_name: the manufacturer's name of the pulse sequence.
        scanning_sequence: DICOM's codes: SE, GR, IR, EP.
        agent: whether the header names a contrast agent.
        echo_ms: echo time.
        repetition_ms: repetition time.
        inversion_ms: inversion time; None where there is no inversion.
        diffusion: whether the series is weighted by diffusion.
        derived: whether it was computed from other series.
        acquired: when; of use for differences alone.
    """

    modality: str = "MR"
    description: str = ""
    protocol: str = ""
    sequence_name: str = ""
    scanning_sequence: tuple[str, ...] = ()
    agent: bool = False
    echo_ms: float | None = None
    repetition_ms: float | None = None
    inversion_ms: float | None = None
    diffusion: bool = False
    derived: bool = False
    acquired: datetime | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> SeriesFacts:
        """Return the facts that DICOM values (by keyword, as text, numbers or lists) tell.

        A value that is missing or that makes no sense is left out: headers are often wrong.
        """
        image_type = [part.upper() for part in _list(values.get("ImageType"))]
        b_value = _number(values.get("DiffusionBValue"))
        contrast = _text(values.get("AcquisitionContrast")).upper()
        return cls(
            modality=_text(values.get("Modality")).upper() or "MR",
            description=_text(values.get("SeriesDescription")),
            protocol=_text(values.get("ProtocolName")),
            sequence_name=_text(values.get("SequenceName")),
            scanning_sequence=tuple(part.upper() for part in _list(values.get("ScanningSequence"))),
            agent=_text(values.get("ContrastBolusAgent")).lower() not in NO_AGENT,
            echo_ms=_number(values.get("EchoTime")),
            repetition_ms=_number(values.get("RepetitionTime")),
            inversion_ms=_number(values.get("InversionTime")) or None,
            diffusion=bool(b_value) or "DIFFUSION" in (contrast, *image_type),
            derived="DERIVED" in image_type,
            acquired=_moment(values, "Acquisition") or _moment(values, "Series"),
        )


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _list(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [part.strip() for part in value.split("\\") if part.strip()]
    if isinstance(value, Sequence) or hasattr(value, "__iter__"):
        return [str(part).strip() for part in value]
    return [str(value)]


def _number(value: Any) -> float | None:
    parts = _list(value)
    try:
        number = float(parts[0]) if parts else None
    except ValueError:
        return None
    return number if number is not None and number >= 0 else None


def _moment(values: Mapping[str, Any], prefix: str) -> datetime | None:
    date, time = _text(values.get(f"{prefix}Date")), _text(values.get(f"{prefix}Time"))
    digits = (date + time.partition(".")[0]).ljust(BEFORE_TIMES, "0")[:BEFORE_TIMES]
    if not date or not digits.isdigit():
        return None
    try:
        # A leap second (60) is a second like any other.
        whole = datetime.strptime(digits[:12], "%Y%m%d%H%M")
    except ValueError:
        return None
    return whole + timedelta(seconds=int(digits[12:]))

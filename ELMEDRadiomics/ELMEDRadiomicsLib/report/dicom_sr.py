"""Measurements as a DICOM structured report (PS3.16, TID 1500), made and read back by highdicom.

Codes: volume, long axis and short axis of SNOMED CT, features by the codes of the Image Biomarker
Standardisation Initiative where their definitions agree; what has neither carries pyradiomics' name
under the private scheme 99ELMED.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ELMEDLib import __version__
from ELMEDLib.errors import InputError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ELMEDRadiomicsLib.burden.results import Burden
    from ELMEDRadiomicsLib.report.content import Content
    from ELMEDRadiomicsLib.results import Feature

MANUFACTURER = "ELMED contributors"
SERIES_NUMBER = 901
"""High, so that it sorts behind the series of the scanner."""

PRIVATE = "99ELMED"
UNICODE = "ISO_IR 192"
"""The character set of reports; patients' names are carried over into it."""

MOST_MEANING = 64
"""Characters of a code's meaning in DICOM."""

VOLUME = ("118565006", "SCT", "Volume")
DIAMETER_3D = ("L0JK", "IBSI", "Maximum 3D diameter")
LONG_AXIS = ("103339001", "SCT", "Long Axis")
SHORT_AXIS = ("103340004", "SCT", "Short Axis")
PRODUCT = ("PRODUCT", PRIVATE, "Product of perpendicular diameters")
SUM = ("SUM_OF_PRODUCTS", PRIVATE, "Sum of products of perpendicular diameters")
LESION = ("52988006", "SCT", "Lesion")
ENHANCING = ("C113842", "NCIt", "Enhancing Lesion")
BRAIN = ("12738006", "SCT", "Brain")
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
"""Of type 2 in PS3.3, patient and study."""

UNITS = {"": "1", "mm3": "mm3", "mm2": "mm2", "mm": "mm", "1/mm": "/mm", "ml": "mL"}
"""UCUM's way to write the units."""

Code = tuple[str, str, str]
"""Value, scheme and meaning."""

TOLERANCE = 1e-6
"""Relative; DICOM's decimal strings have 16 characters."""


@dataclass(frozen=True)
class Number:
    """One measurement: what it is, its value and its unit, one of `UNITS`."""

    name: Code
    value: float
    unit: str


@dataclass(frozen=True)
class Group:
    """Measurements of one thing.

    Attributes:
        tracking: what it is called, such as "Enhancing 1".
        finding: what it is.
        numbers: what was measured of it.
    """

    tracking: str
    finding: Code
    numbers: tuple[Number, ...]


def groups_of(content: Content) -> list[Group]:
    """Return what of a report's content goes into the structured report.

    Undefined values are left out, as a measurement in DICOM has a value.
    """
    found = list(_burden_groups(content.burden)) if content.burden else []
    by_place: dict[str, list[Feature]] = {}
    for feature in content.extraction.features if content.extraction else ():
        by_place.setdefault(f"{feature.segment} in {feature.image}", []).append(feature)
    found += [
        Group(place, LESION, tuple(_number(feature) for feature in features))
        for place, features in by_place.items()
    ]
    kept = [
        Group(g.tracking, g.finding, tuple(n for n in g.numbers if math.isfinite(n.value)))
        for g in found
    ]
    return [group for group in kept if group.numbers]


def _burden_groups(burden: Burden) -> Iterator[Group]:
    for region in burden.regions:
        finding = ENHANCING if region.name == "Enhancing tumour" else LESION
        numbers = (
            Number(VOLUME, region.volume_ml, "ml"),
            Number(DIAMETER_3D, region.diameter_mm, "mm"),
        )
        yield Group(region.name, finding, numbers)
    for lesion in burden.lesions:
        diameters = lesion.diameters(burden.rule)
        numbers_of_lesion = (
            Number(VOLUME, lesion.volume_ml, "ml"),
            Number(LONG_AXIS, diameters.longest.length_mm, "mm"),
            Number(SHORT_AXIS, diameters.perpendicular.length_mm, "mm"),
            Number(PRODUCT, diameters.product_mm2, "mm2"),
        )
        finding = ENHANCING if lesion.kind == "enhancing" else LESION
        yield Group(lesion.name, finding, numbers_of_lesion)
    for entry in burden.sums:
        number = Number(SUM, entry.sum_mm2(burden.rule), "mm2")
        yield Group(f"Target lesions, {entry.kind}", LESION, (number,))


def _number(feature: Feature) -> Number:
    short = feature.name.removeprefix("original_")
    if feature.ibsi and feature.name.startswith("original_"):
        return Number((feature.ibsi, "IBSI", short[:MOST_MEANING]), feature.value, feature.unit)
    return Number((feature.name, PRIVATE, short[:MOST_MEANING]), feature.value, feature.unit)


def write_sr(groups: Sequence[Group], slices: Sequence[Any], path: Path) -> None:
    """Write a structured report that refers to a series, and read it back.

    Args:
        groups: what was measured.
        slices: pydicom's data sets of the series that it was measured in.
        path: the file.

    Raises:
        InputError: there is nothing to write, or the series lacks what a report must repeat.
        OutputError: what was written is not what was asked for.
    """
    if not groups:
        raise InputError("There is no measurement to write.", "Measure something first.")
    try:
        report = _made(groups, slices)
    except (AttributeError, KeyError, ValueError, TypeError) as error:
        raise InputError(
            "The DICOM series lacks entries that a report about it must repeat.",
            "Write the page (.html) or the table instead.",
        ) from error
    report.save_as(path)
    if not _alike(groups, read_sr(path)):
        raise OutputError(
            "The structured report that was written does not hold the values that it should.",
            "Write the page (.html) or the table instead, and please report this.",
        )


def read_sr(path: Path) -> list[Group]:
    """Return the measurements of a structured report that `write_sr` wrote."""
    import highdicom as hd

    units = {code: unit for unit, code in UNITS.items()}
    found = []
    content: Any = hd.sr.srread(path).content
    for group in content.get_image_measurement_groups():
        numbers = tuple(
            Number(
                _plain(measurement.name), float(measurement.value), units[measurement.unit.value]
            )
            for measurement in group.get_measurements()
        )
        found.append(Group(group.tracking_identifier, _plain(group.finding_type), numbers))
    return found


def _plain(code: Any) -> Code:
    return code.value, code.scheme_designator, code.meaning


def _alike(one: Sequence[Group], other: Sequence[Group]) -> bool:
    def flat(groups: Sequence[Group]) -> list[tuple[Any, ...]]:
        return [
            (group.tracking, group.finding, number.name, number.unit)
            for group in groups
            for number in group.numbers
        ]

    values = [[n.value for group in groups for n in group.numbers] for groups in (one, other)]
    return flat(one) == flat(other) and all(
        math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=1e-12) for a, b in zip(*values, strict=True)
    )


def _made(groups: Sequence[Group], slices: Sequence[Any]) -> Any:
    import highdicom as hd
    from pydicom.sr.codedict import codes

    device = hd.sr.ObserverContext(
        observer_type=codes.DCM.Device,
        observer_identifying_attributes=hd.sr.DeviceObserverIdentifyingAttributes(
            uid=hd.UID(), name="ELMED", model_name=f"ELMED {__version__}"
        ),
    )
    evidence = [_evidence(each) for each in slices]
    content = hd.sr.MeasurementReport(
        observation_context=hd.sr.ObservationContext(observer_device_context=device),
        procedure_reported=hd.sr.CodedConcept("126200", "DCM", "Imaging procedure"),
        imaging_measurements=[_group(group) for group in groups],
        title=codes.DCM.ImagingMeasurementReport,
        referenced_images=evidence,
    )
    report = hd.sr.Comprehensive3DSR(
        evidence=evidence,
        content=content[0],
        series_number=SERIES_NUMBER,
        series_instance_uid=hd.UID(),
        sop_instance_uid=hd.UID(),
        instance_number=1,
        manufacturer=MANUFACTURER,
        series_description="Tumour measurements (ELMED, research use only)",
        is_complete=True,
    )
    # Segments have names of any language, whatever the scanner could write.
    report.SpecificCharacterSet = UNICODE
    return report


def _evidence(each: Any) -> Any:
    """Return a slice's header with the entries that DICOM lets be empty, but not be missing.

    Scanners and anonymisers leave them out.
    """
    filled = copy.copy(each)
    for keyword in MAY_BE_EMPTY:
        if keyword not in filled:
            setattr(filled, keyword, None)
    if "SpecificCharacterSet" in filled and not filled.SpecificCharacterSet:
        del filled.SpecificCharacterSet  # must be missing rather than empty
    return filled


def _group(group: Group) -> Any:
    import highdicom as hd

    return hd.sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=hd.sr.TrackingIdentifier(hd.UID(), group.tracking),
        finding_type=hd.sr.CodedConcept(*group.finding),
        finding_sites=[hd.sr.FindingSite(hd.sr.CodedConcept(*BRAIN))],
        measurements=[
            hd.sr.Measurement(
                name=hd.sr.CodedConcept(*number.name),
                value=number.value,
                unit=hd.sr.CodedConcept(UNITS[number.unit], "UCUM", number.unit or "no units"),
            )
            for number in group.numbers
        ],
    )

"""Segmentations as DICOM SEG objects (PS3.3, A.51), made and read back by highdicom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib import __version__
from ELMEDLib.errors import InputError, OutputError
from ELMEDSegmentLib.exporting.layers import layers_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ELMEDLib.segment_kinds import Code, SegmentKind
    from ELMEDSegmentLib.exporting.dicom_series import Series

MANUFACTURER = "ELMED contributors"
SERIES_NUMBER = 900
"""High, so that it sorts behind the series of the scanner."""


def write_dicom_seg(
    labels: np.ndarray,
    series: Series,
    path: Path,
    regions: Sequence[str] = (),
    model: Mapping[str, str] | None = None,
) -> None:
    """Write labels as a DICOM SEG that refers to a series, and read it back.

    Args:
        labels: uint8 (1, 2, 3) `(z, y, x)` on the grid of `series`.
        series: the slices that the segmentation belongs to.
        path: the file.
        regions: combined regions ("WT", "TC") that become segments of their own.
        model: what made the labels ("title", "sha256"); None where nobody knows.

    Raises:
        InputError: nothing is labelled, or the series lacks what a DICOM SEG must say.
        OutputError: what was written is not what was asked for.
    """
    segments = _segments(labels, regions)
    if not segments:
        raise InputError(
            "The segmentation is empty, and a DICOM SEG cannot be.",
            "Export as .seg.nrrd or NIfTI instead.",
        )
    try:
        made = _made(segments, series, model or {})
    except (AttributeError, KeyError, ValueError, TypeError) as error:
        raise InputError(
            "The DICOM series lacks entries that a segmentation of it must repeat.",
            "Export as .seg.nrrd or NIfTI instead.",
        ) from error
    made.save_as(path)
    _check(path, segments, series)


def _segments(labels: np.ndarray, regions: Sequence[str]) -> list[tuple[SegmentKind, np.ndarray]]:
    """Return the segments that are not empty, each with where it is, bool `(z, y, x)`."""
    found = [
        (kind, layer.labels == kind.label)
        for layer in layers_of(labels, regions)
        for kind in layer.kinds
    ]
    return [(kind, mask) for kind, mask in found if mask.any()]


def _made(
    segments: list[tuple[SegmentKind, np.ndarray]], series: Series, model: Mapping[str, str]
) -> Any:
    import highdicom as hd

    return hd.seg.Segmentation(
        source_images=list(series.slices),
        pixel_array=np.stack([mask for _, mask in segments], axis=-1),
        segmentation_type=hd.seg.SegmentationTypeValues.BINARY,
        segment_descriptions=[
            _description(number, kind, model) for number, (kind, _) in enumerate(segments, start=1)
        ],
        series_instance_uid=hd.UID(),
        series_number=SERIES_NUMBER,
        sop_instance_uid=hd.UID(),
        instance_number=1,
        manufacturer=MANUFACTURER,
        manufacturer_model_name="ELMED",
        software_versions=__version__,
        device_serial_number="0",
        content_label="GLIOMA",
        content_description="Glioma segmentation, research use only",
        series_description="Glioma segmentation (ELMED, research use only)",
    )


def _description(number: int, kind: SegmentKind, model: Mapping[str, str]) -> Any:
    import highdicom as hd
    from pydicom.sr.codedict import codes

    red, green, blue = (round(255 * part) for part in kind.colour)
    automatic = hd.seg.SegmentAlgorithmTypeValues.AUTOMATIC
    return hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=kind.name,
        segmented_property_category=_coded(kind.category),
        segmented_property_type=_coded(kind.type),
        # Labels may have been corrected by hand since a network made them.
        algorithm_type=automatic if model else hd.seg.SegmentAlgorithmTypeValues.SEMIAUTOMATIC,
        algorithm_identification=hd.AlgorithmIdentificationSequence(
            name=model.get("title", "ELMED")[:64],
            family=codes.cid7162.ArtificialIntelligence,
            version=model.get("sha256", __version__)[:16],
        ),
        anatomic_regions=[_coded(kind.region)],
        display_color=hd.color.CIELabColor.from_rgb(red, green, blue),
    )


def _coded(code: Code) -> Any:
    from pydicom.sr.coding import Code as DicomCode

    return DicomCode(code.value, code.scheme, code.meaning)


def _check(path: Path, segments: list[tuple[SegmentKind, np.ndarray]], series: Series) -> None:
    """Read the file back, and compare every voxel."""
    import highdicom as hd

    written = hd.seg.segread(path)
    frames = written.get_pixels_by_source_instance(
        [each.SOPInstanceUID for each in series.slices],
        ignore_spatial_locations=True,
        assert_missing_frames_are_empty=True,
    )
    expected = np.stack([mask for _, mask in segments], axis=-1)
    if not np.array_equal(frames.astype(bool), expected):
        raise OutputError(
            "The DICOM SEG that was written does not hold the voxels that it should.",
            "Export as .seg.nrrd or NIfTI instead, and please report this.",
        )

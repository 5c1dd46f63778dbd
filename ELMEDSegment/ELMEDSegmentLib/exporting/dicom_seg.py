"""Segmentations as DICOM SEG objects (PS3.3, A.51), made and read back by highdicom."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Maker:
    """What made a segmentation.

    Attributes:
        name: of the model.
        version: that tells it from others of the name.
        by_hand: whether a person may have changed it since.
    """

    name: str = "ELMED"
    version: str = __version__
    by_hand: bool = True

    @classmethod
    def of(cls, model: Mapping[str, str] | None, *, by_hand: bool) -> Maker:
        """Return the maker that a report's `model` tells of ("title" and "sha256")."""
        if not model:
            return cls()
        # DICOM's long strings end at 64 characters.
        version = model.get("sha256") or __version__
        return cls(model.get("title", "ELMED")[:64], version[:16], by_hand)


def write_dicom_seg(
    labels: np.ndarray,
    series: Series,
    path: Path,
    regions: Sequence[str] = (),
    maker: Maker | None = None,
) -> None:
    """Write labels as a DICOM SEG that refers to a series, and read it back.

    Args:
        labels: uint8 (1, 2, 3) `(z, y, x)` on the grid of `series`.
        series: the slices that the segmentation belongs to.
        path: the file.
        regions: combined regions ("WT", "TC") that become segments of their own.
        maker: what made the labels; None where nobody knows.

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
        made = _made(segments, series, maker or Maker())
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


def _made(segments: list[tuple[SegmentKind, np.ndarray]], series: Series, maker: Maker) -> Any:
    import highdicom as hd

    return hd.seg.Segmentation(
        source_images=list(series.slices),
        pixel_array=np.stack([mask for _, mask in segments], axis=-1),
        segmentation_type=hd.seg.SegmentationTypeValues.BINARY,
        segment_descriptions=[
            _description(number, kind, maker) for number, (kind, _) in enumerate(segments, start=1)
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


def _description(number: int, kind: SegmentKind, maker: Maker) -> Any:
    import highdicom as hd
    from pydicom.sr.codedict import codes

    red, green, blue = (round(255 * part) for part in kind.colour)
    how = hd.seg.SegmentAlgorithmTypeValues
    return hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=kind.name,
        segmented_property_category=_coded(kind.category),
        segmented_property_type=_coded(kind.type),
        algorithm_type=how.SEMIAUTOMATIC if maker.by_hand else how.AUTOMATIC,
        algorithm_identification=hd.AlgorithmIdentificationSequence(
            name=maker.name,
            family=codes.cid7162.ArtificialIntelligence,
            version=maker.version,
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

"""A study: the volumes of one patient's examination, read and checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import SimpleITK as sitk

from ELMEDLib.completeness import is_whole
from ELMEDLib.errors import InputError
from ELMEDSegmentLib.inputs.findings import PROBLEM, WARNING
from ELMEDSegmentLib.inputs.study_checks import findings_of
from ELMEDSegmentLib.labels import CHANNELS, joined_titles

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from ELMEDSegmentLib.inputs.findings import Finding

DEFAULT_REFERENCE = "t1c"

NEEDING_PREPARATION = ("grid", "skull")
"""Topics of findings that say that a study has to be prepared first."""


@dataclass(frozen=True)
class Study:
    """Volumes of one patient.

    Attributes:
        images: by channel name; scalar 3D images, which share one grid when `prepared`.
        reference: the channel whose grid results are returned on.
        warnings: what is doubtful about the study, a sentence each.
        findings: all that was noticed, with what will be done about it.
        prepared: whether the volumes lie on one grid and show the brain alone.
    """

    images: dict[str, sitk.Image]
    reference: str = DEFAULT_REFERENCE
    warnings: tuple[str, ...] = field(default=())
    findings: tuple[Finding, ...] = field(default=())
    prepared: bool = True


def read_study(
    paths: Mapping[str, Path | str],
    channels: tuple[str, ...] = CHANNELS,
    reference: str | None = None,
    *,
    preparing: bool = False,
    working_mm: float | None = None,
) -> Study:
    """Read and check a study from one file a channel.

    Args:
        paths: image file of each channel.
        channels: the channels that are needed.
        reference: the channel whose grid results are returned on; T1c unless told.
        preparing: see `check_study`.
        working_mm: see `check_study`.

    Raises:
        InputError: a file is missing, damaged or not a 3D volume, or the volumes do not form one
            study (see `check_study`).
    """
    missing = [channel for channel in channels if not paths.get(channel)]
    if missing:
        raise InputError(
            f"The study has no {joined_titles(missing)} volume.",
            f"All of {', '.join(channels)} are needed; give the missing "
            f"file{'s' if len(missing) > 1 else ''}, or the study's folder.",
        )
    images = {channel: read_volume(paths[channel], channel) for channel in channels}
    return check_study(images, reference, preparing=preparing, working_mm=working_mm)


def lacking(there: Collection[str], optional: Collection[str]) -> list[str]:
    """Return the channels that a study lacks and must have; one of `optional` may be missing."""
    missing = [name for name in CHANNELS if name not in there]
    return [] if len(missing) == 1 and missing[0] in optional else missing


def read_volume(path: Path | str, channel: str) -> sitk.Image:
    """Read one 3D scalar volume.

    Raises:
        InputError: the file is missing or damaged, or is not a 3D volume of single values.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(
            f"The {channel} file '{path}' does not exist.", "Check the path and its spelling."
        )
    damaged = InputError(
        f"The {channel} file '{path}' cannot be read as an image; it may be damaged or cut off.",
        "Export the volume again, for example as NIfTI (.nii.gz) or NRRD.",
    )
    try:
        if not is_whole(path):
            raise damaged
        image = sitk.ReadImage(str(path))
    except (RuntimeError, OSError) as error:
        raise damaged from error
    return as_volume(image, channel)


def check_study(
    images: Mapping[str, sitk.Image],
    reference: str | None = None,
    *,
    preparing: bool = False,
    acquired: Mapping[str, datetime] | None = None,
    working_mm: float | None = None,
) -> Study:
    """Check that `images` (by channel) form one study, and return it.

    Args:
        images: 3D scalar volumes.
        reference: the channel whose grid results are returned on; T1c unless told.
        preparing: the volumes are prepared afterwards (see `study_checks.findings_of`), so that
            they may lie on different grids; `Study.prepared` then says whether that is needed.
        acquired: when each volume was acquired, as far as known.
        working_mm: voxel size that the model works on, None where no model is known.

    Raises:
        InputError: a volume is empty or holds NaN, a volume is given twice, the reference is not
            one of the channels, or, where nothing is prepared, grids differ.
    """
    reference = reference or default_reference(images)
    if reference not in images:
        raise InputError(
            f"The reference '{reference}' is not one of the study's volumes.",
            f"Choose one of {', '.join(images)}.",
        )
    volumes = {channel: as_volume(image, channel) for channel, image in images.items()}
    findings = findings_of(
        volumes, reference, preparing=preparing, acquired=acquired, working_mm=working_mm
    )
    for finding in findings:
        if finding.severity == PROBLEM:
            raise InputError(finding.sentence, finding.action)
    prepared = not any(finding.topic in NEEDING_PREPARATION for finding in findings)
    warnings = tuple(str(finding) for finding in findings if finding.severity == WARNING)
    return Study(volumes, reference, warnings, findings, prepared)


def default_reference(channels: Collection[str]) -> str:
    """Return the channel on whose grid results lie: T1c where it is there, else the first one."""
    return DEFAULT_REFERENCE if DEFAULT_REFERENCE in channels else next(iter(channels))


def as_volume(image: sitk.Image, channel: str) -> sitk.Image:
    """Return `image` as a 3D scalar volume.

    Raises:
        InputError: it is a time series, a single slice or a colour image.
    """
    advice = "Choose a single 3D volume; a time series or a single slice cannot be segmented."
    if image.GetDimension() == 4 and image.GetSize()[3] == 1:  # noqa: PLR2004
        image = image[:, :, :, 0]
    if image.GetDimension() != 3:  # noqa: PLR2004
        raise InputError(
            f"The {channel} volume has {image.GetDimension()} dimensions instead of 3.", advice
        )
    if min(image.GetSize()) < 2:  # noqa: PLR2004
        raise InputError(f"The {channel} volume is a single slice, not a 3D volume.", advice)
    if image.GetNumberOfComponentsPerPixel() != 1:
        raise InputError(
            f"The {channel} volume has {image.GetNumberOfComponentsPerPixel()} values a voxel "
            "instead of one.",
            "Choose a scalar volume, not a colour or vector image.",
        )
    return image

"""A study: the volumes of one patient's examination, read and checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDLib.completeness import is_whole
from ELMEDLib.errors import InputError
from ELMEDSegmentLib import geometry
from ELMEDSegmentLib.labels import CHANNEL_TITLES, CHANNELS

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_REFERENCE = "t1c"

# Skull-stripped heads fill 15 to 25 % of their field of view; with skull and air it is over half.
LARGEST_SHARE_OF_BRAIN = 0.6

# More than this share of voxels different: not the same series stored with another rounding.
SMALLEST_SHARE_OF_DIFFERENT_VOXELS = 1e-4


@dataclass(frozen=True)
class Study:
    """Volumes of one patient on one grid.

    Attributes:
        images: by channel name; scalar 3D images that share one grid.
        reference: the channel whose grid results are returned on.
        warnings: what is doubtful about the study, a sentence each.
    """

    images: dict[str, sitk.Image]
    reference: str = DEFAULT_REFERENCE
    warnings: tuple[str, ...] = field(default=())


def read_study(
    paths: Mapping[str, Path | str],
    channels: tuple[str, ...] = CHANNELS,
    reference: str | None = None,
) -> Study:
    """Read and check a study from one file a channel.

    Args:
        paths: image file of each channel.
        channels: the channels that are needed.
        reference: the channel whose grid results are returned on; T1c unless told.

    Raises:
        InputError: a file is missing, damaged or not a 3D volume, or the volumes do not form one
            study (see `check_study`).
    """
    missing = [channel for channel in channels if not paths.get(channel)]
    if missing:
        names = " and ".join(f"{CHANNEL_TITLES.get(name, name)} ({name})" for name in missing)
        raise InputError(
            f"The study has no {names} volume.",
            f"All of {', '.join(channels)} are needed; give the missing file.",
        )
    images = {channel: read_volume(paths[channel], channel) for channel in channels}
    return check_study(images, reference)


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
    return _as_volume(image, channel)


def check_study(images: Mapping[str, sitk.Image], reference: str | None = None) -> Study:
    """Check that `images` (by channel) form one study, and return it.

    Raises:
        InputError: a volume is empty or holds NaN, grids differ, a volume is given twice, or the
            reference is not one of the channels.
    """
    reference = reference or (
        DEFAULT_REFERENCE if DEFAULT_REFERENCE in images else next(iter(images))
    )
    if reference not in images:
        raise InputError(
            f"The reference '{reference}' is not one of the study's volumes.",
            f"Choose one of {', '.join(images)}.",
        )
    volumes = {channel: _as_volume(image, channel) for channel, image in images.items()}
    for channel, image in volumes.items():
        _check_values(image, channel)
    _check_grids(volumes, reference)
    _check_duplicates(volumes)
    return Study(volumes, reference, _warnings(volumes))


def _as_volume(image: sitk.Image, channel: str) -> sitk.Image:
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


def _check_values(image: sitk.Image, channel: str) -> None:
    array = sitk.GetArrayViewFromImage(image)
    if np.issubdtype(array.dtype, np.floating) and not np.isfinite(array).all():
        count = int(array.size - np.isfinite(array).sum())
        raise InputError(
            f"The {channel} volume holds {count} voxels that are not numbers (NaN or infinite).",
            "Export the volume again, or replace these values by zero.",
        )
    if not array.any():
        raise InputError(
            f"The {channel} volume is empty: every voxel is zero.",
            "Choose the right volume for this channel.",
        )
    if array.min() == array.max():
        raise InputError(
            f"The {channel} volume has the same intensity everywhere.",
            "Choose the right volume for this channel.",
        )


def _check_grids(volumes: Mapping[str, sitk.Image], reference: str) -> None:
    expected = geometry.Grid.of(volumes[reference])
    for channel, image in volumes.items():
        text = geometry.difference(geometry.Grid.of(image), expected)
        if text:
            raise InputError(
                f"The {channel} volume lies on another grid than the {reference} volume ({text}).",
                "Register and resample the volumes to one of them first.",
            )


def _check_duplicates(volumes: Mapping[str, sitk.Image]) -> None:
    arrays = {channel: sitk.GetArrayViewFromImage(image) for channel, image in volumes.items()}
    names = list(arrays)
    for position, first in enumerate(names):
        for second in names[position + 1 :]:
            different = np.count_nonzero(arrays[first] != arrays[second])
            if different <= SMALLEST_SHARE_OF_DIFFERENT_VOXELS * arrays[first].size:
                raise InputError(
                    f"The {first} and {second} volumes are the same.",
                    "Choose a different volume for each channel.",
                )


def _warnings(volumes: Mapping[str, sitk.Image]) -> tuple[str, ...]:
    warnings = []
    image = next(iter(volumes.values()))
    share = np.count_nonzero(sitk.GetArrayViewFromImage(image)) / image.GetNumberOfPixels()
    if share > LARGEST_SHARE_OF_BRAIN:
        warnings.append(
            f"{share:.0%} of the volume is not zero: the skull seems not to be removed, "
            "and the network has only seen brains without skull."
        )
    coarsest = max(image.GetSpacing())
    if coarsest > 3.0:  # noqa: PLR2004 - mm
        warnings.append(
            f"Voxels are up to {coarsest:.1f} mm long; the network was trained on 1 mm voxels."
        )
    return tuple(warnings)

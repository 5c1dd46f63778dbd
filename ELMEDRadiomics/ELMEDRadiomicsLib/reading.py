"""Images and masks from files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDLib.completeness import is_whole
from ELMEDLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence


SPACE = 3


def read_image(path: Path | str, what: str = "image") -> sitk.Image:
    """Read an image in any format that SimpleITK knows; a folder is read as one DICOM series.

    Args:
        path: file or folder.
        what: what it is, for messages.

    Raises:
        InputError: it does not exist or cannot be read.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(f"The {what} '{path}' does not exist.", "Check the path.")
    try:
        if path.is_dir():
            names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(path))
            if not names:
                raise InputError(
                    f"The folder '{path}' holds no DICOM series.", f"Choose a file for the {what}."
                )
            return sitk.ReadImage(names)
        if not is_whole(path):
            raise InputError(f"The {what} '{path}' is damaged or cut off.", "Export it again.")
        return sitk.ReadImage(str(path))
    except (RuntimeError, OSError) as error:
        raise InputError(
            f"The {what} '{path}' cannot be read.", "Choose a NIfTI, NRRD or other image file."
        ) from error


def read_volume(path: Path | str, what: str = "image") -> sitk.Image:
    """Read a volume in 3D with one value a voxel; a value that is no number becomes 0.

    Programs that leave out the skull write NaN there.

    Args:
        path: file or folder.
        what: what it is, for messages.

    Raises:
        InputError: it does not exist, cannot be read, or is no such volume.
    """
    image = read_image(path, what)
    dimensions, components = image.GetDimension(), image.GetNumberOfComponentsPerPixel()
    if (dimensions, components) != (SPACE, 1):
        has = f"{dimensions} dimensions" if dimensions != SPACE else f"{components} values a voxel"
        raise InputError(
            f"The {what} '{path}' has {has}; needed are three dimensions and one value a voxel.",
            f"Choose one volume of it as the {what}.",
        )
    array = sitk.GetArrayViewFromImage(image)
    if np.isfinite(array).all():
        return image
    known = sitk.GetImageFromArray(np.nan_to_num(array, nan=0.0, posinf=0.0, neginf=0.0))
    known.CopyInformation(image)
    return known


def named_images(given: Sequence[str]) -> dict[str, str]:
    """Return path by name of images given as FILE or NAME=FILE.

    Raises:
        InputError: two have one name.
    """
    images: dict[str, str] = {}
    for text in given:
        name, path = named_image(text)
        if name in images:
            raise InputError(
                f"Two images are called '{name}'.", "Name them apart: NAME=FILE, such as t1c=a.nii."
            )
        images[name] = str(path)
    return images


def named_image(text: str) -> tuple[str, Path]:
    """Split `t1c=FILE` into name and path; without a name the file's own name is taken.

    A path that exists as it stands is never split.
    """
    name, mark, rest = text.partition("=")
    if mark and name and rest and not Path(text).exists() and not {"/", "\\"} & set(name):
        return name, Path(rest)
    path = Path(text)
    stem = path.name
    while Path(stem).suffix.lower() in {".gz", ".nii", ".nrrd", ".mha", ".mhd", ".nhdr", ".seg"}:
        stem = Path(stem).stem
    return stem or path.name, path

"""Label images of gliomas as files: BraTS's labels, new and old, in memory always the new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError, OutputError
from ELMEDSegmentLib.geometry import Grid
from ELMEDSegmentLib.inputs.study import read_volume
from ELMEDSegmentLib.labels import ENHANCING_TUMOUR, LABELS

if TYPE_CHECKING:
    from pathlib import Path

OLD_ENHANCING_TUMOUR = 4
"""The enhancing tumour's label until BraTS 2021; 3, the enhancing tumour's today, was not used."""


def read_labels(path: Path | str, role: str) -> sitk.Image:
    """Read a label image.

    Args:
        path: of a file that SimpleITK can read.
        role: what the file is, for errors ("segmentation", "reference").

    Returns:
        uint8 image of 0 to 3, whether the file has old or new labels.

    Raises:
        InputError: the file cannot be read, or has other labels.
    """
    image = read_volume(path, role)
    array = sitk.GetArrayViewFromImage(image)
    known = {0, *LABELS.values(), OLD_ENHANCING_TUMOUR}
    strange = sorted(set(np.unique(array).tolist()) - known)
    if strange:
        raise InputError(
            f"The {role} has the label {strange[0]:g}, which no tissue of a glioma has.",
            "Give labels as BraTS has them: 1 necrotic core, 2 oedema, 3 (or 4) enhancing tumour.",
        )
    labels = array.astype(np.uint8)
    labels[labels == OLD_ENHANCING_TUMOUR] = ENHANCING_TUMOUR
    return Grid.of(image).place(labels)


def with_old_labels(labels: np.ndarray) -> np.ndarray:
    """Return `labels` with the enhancing tumour as 4, as BraTS had it until 2021."""
    old = labels.copy()
    old[labels == ENHANCING_TUMOUR] = OLD_ENHANCING_TUMOUR
    return old


def write_image(image: sitk.Image, path: Path) -> None:
    """Write an image, compressed.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        sitk.WriteImage(image, str(path), useCompression=True)
    except RuntimeError as error:
        raise OutputError(
            "The segmentation could not be written; the disk may be full.",
            "Choose another folder or free some space.",
        ) from error

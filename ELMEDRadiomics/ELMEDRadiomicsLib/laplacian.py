"""Laplacian of Gaussian images (LoG), as ITK's recursive filter gives them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ELMEDRadiomicsLib.boxes import Box
    from ELMEDRadiomicsLib.working import WorkingImage

LEAST_SIZE = 4


def laplacian_images(
    working: WorkingImage, window: Box, settings: dict[str, Any]
) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the LoG image of each `sigma` (mm) inside a window.

    As in pyradiomics, a sigma for which the image is too small is left out with a warning.
    """
    size = np.array(working.image.GetSize())
    spacing = np.array(working.image.GetSpacing())
    for sigma in settings["sigma"]:
        if size.min() < LEAST_SIZE or (size < np.ceil(sigma / spacing) + 1).any():
            logging.getLogger(__name__).warning("LoG sigma %g: the image is too small", sigma)
            continue
        name = f"log-sigma-{str(sigma).replace('.', '-')}-mm-3D"
        result = sitk.LaplacianRecursiveGaussian(working.image, float(sigma), True)
        yield name, sitk.GetArrayViewFromImage(result)[window.slices]

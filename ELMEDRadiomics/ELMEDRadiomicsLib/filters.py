"""Image types: what features are computed on besides the image itself.

Definitions: pyradiomics 3.0.1 `imageoperations`. Each filter sees the whole working image where
its result depends on it, and gives its result inside a window only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.boxes import Box
from ELMEDRadiomicsLib.laplacian import laplacian_images
from ELMEDRadiomicsLib.local_binary_pattern import pattern_images
from ELMEDRadiomicsLib.wavelets import wavelet_images
from ELMEDRadiomicsLib.working import WorkingImage

Array = NDArray[Any]
Filtered = Iterator[tuple[str, Array]]
Filter = Callable[[WorkingImage, Box, dict[str, Any]], Filtered]


def _original(working: WorkingImage, window: Box, _: dict[str, Any]) -> Filtered:
    yield "original", working.array(window)


def _largest(working: WorkingImage) -> np.float64:
    """Return the largest absolute intensity of the whole working image."""
    values = sitk.GetArrayViewFromImage(working.image)
    return np.maximum(np.abs(np.float64(values.max())), np.abs(np.float64(values.min())))


def _floats(working: WorkingImage, window: Box) -> NDArray[np.float64]:
    return working.array(window).astype(np.float64)


def _square(working: WorkingImage, window: Box, _: dict[str, Any]) -> Filtered:
    factor = 1 / np.sqrt(_largest(working))
    yield "square", (factor * _floats(working, window)) ** 2


def _square_root(working: WorkingImage, window: Box, _: dict[str, Any]) -> Filtered:
    values = _floats(working, window)
    yield "squareroot", np.copysign(np.sqrt(np.abs(values) * _largest(working)), values)


def _logarithm(working: WorkingImage, window: Box, _: dict[str, Any]) -> Filtered:
    values = _floats(working, window)
    largest = _largest(working)
    factor = largest / np.log(np.array([largest + 1]))[0]
    yield "logarithm", np.copysign(np.log(np.abs(values) + 1), values) * factor


def _exponential(working: WorkingImage, window: Box, _: dict[str, Any]) -> Filtered:
    largest = _largest(working)
    factor = np.log(largest) / largest
    yield "exponential", np.exp(factor * _floats(working, window))


def _gradient(working: WorkingImage, window: Box, settings: dict[str, Any]) -> Filtered:
    outer = window.grown(2, working.shape)
    z, y, x = outer.slices
    gradient = sitk.GradientMagnitudeImageFilter()
    gradient.SetUseImageSpacing(settings["gradientUseSpacing"])
    result = sitk.GetArrayFromImage(gradient.Execute(working.image[x, y, z]))
    yield "gradient", result[window.inside(outer).slices]


FILTERS: dict[str, Filter] = {
    "Original": _original,
    "LoG": laplacian_images,
    "Wavelet": wavelet_images,
    "Square": _square,
    "SquareRoot": _square_root,
    "Logarithm": _logarithm,
    "Exponential": _exponential,
    "Gradient": _gradient,
    "LBP2D": pattern_images,
}


def check_image_types(names: Iterator[str] | list[str]) -> None:
    """Refuse image types that this engine does not compute.

    Raises:
        InputError: naming the first of them.
    """
    for name in names:
        if name not in FILTERS:
            raise InputError(
                f"The image type {name} is not computed by the elmed engine.",
                f"Leave it out; there are {', '.join(FILTERS)}.",
            )


def filtered_images(
    working: WorkingImage, window: Box, image_type: str, settings: dict[str, Any]
) -> Filtered:
    """Yield the name and the values inside a window of each image of a type.

    Args:
        working: the image to filter.
        window: the part of it that features are computed in.
        image_type: a key of `FILTERS`.
        settings: the settings that hold for this image type.
    """
    yield from FILTERS[image_type](working, window, settings)

"""Wavelet images: the undecimated wavelet transform, along each axis low or high pass.

Definition: pyradiomics 3.0.1 `imageoperations.getWaveletImage`, which uses PyWavelets' `swtn` one
level at a time on the periodically continued image.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from ELMEDRadiomicsLib.optional import optional_package

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ELMEDRadiomicsLib.boxes import Box
    from ELMEDRadiomicsLib.working import WorkingImage

Array = NDArray[Any]


def wavelet_images(
    working: WorkingImage, window: Box, settings: dict[str, Any]
) -> Iterator[tuple[str, Array]]:
    """Yield each decomposition, and the approximation last, inside a window.

    Raises:
        MissingPackageError: PyWavelets is not installed.
    """
    pywt = optional_package(
        "pywt", "PyWavelets", "The image type Wavelet", "leave that image type out"
    )
    axes = [2, 1, 0]
    if settings["force2D"]:
        axes.remove(settings["force2Ddimension"])
    wavelet = pywt.Wavelet(settings["wavelet"])
    levels = settings["start_level"] + settings["level"]
    # One level at a time without dilating the filter, so each level reaches one filter farther.
    reach = wavelet.dec_len * levels
    part, inner = _periodic_part(working, window, reach)
    low = "a" * len(axes)
    for level in range(levels):
        bands = pywt.swtn(part, wavelet, level=1, start_level=0, axes=axes)[0]
        part = bands.pop(low)
        if level >= settings["start_level"]:
            number = level - settings["start_level"] + 1
            prefix = "wavelet" if number == 1 else f"wavelet{number}"
            for name, values in bands.items():
                yield f"{prefix}-{name.replace('a', 'L').replace('d', 'H')}", values[inner]
    number = settings["level"]
    prefix = "wavelet" if number == 1 else f"wavelet{number}"
    yield f"{prefix}-{'L' * len(axes)}", part[inner]


def _periodic_part(
    working: WorkingImage, window: Box, reach: int
) -> tuple[Array, tuple[slice, ...]]:
    """Return the window with `reach` voxels around it, and where the window is in it.

    Odd sizes are continued by one voxel before the image repeats, as pyradiomics does.
    """
    image = working.image
    places = []
    inner = []
    for axis, size in enumerate(working.shape):
        period = size + size % 2
        first, last = window.start[axis] - reach, window.stop[axis] + reach
        if last - first >= period:
            first, last = 0, period
        last += (last - first) % 2
        # The added voxel repeats the first one, which is where indices beyond the size lead.
        inside = np.arange(first, last) % period
        places.append(np.where(inside == size, 0, inside))
        inner.append(slice(window.start[axis] - first, window.stop[axis] - first))
    values = sitk.GetArrayViewFromImage(image)
    for axis, indices in enumerate(places):
        values = values.take(indices, axis=axis)
    return values, tuple(inner)

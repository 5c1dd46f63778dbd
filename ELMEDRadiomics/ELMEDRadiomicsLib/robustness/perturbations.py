"""Small changes of a segmentation and of images, as another reader or another scan makes them.

Kinds of changes after Zwanenburg et al. 2019, Scientific Reports 9:614,
doi:10.1038/s41598-018-36938-4; the noise of an image by the median of its finest Haar details
(Donoho and Johnstone 1994, Biometrika 81, doi:10.1093/biomet/81.3.425).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Change = Callable[[NDArray[Any], float], NDArray[Any]]

STEPS = {
    "as drawn": None,
    "one voxel smaller": "erode",
    "one voxel larger": "dilate",
    "shifted along x": (0, 0, 1),
    "shifted along y": (0, 1, 0),
    "shifted back along x": (0, 0, -1),
    "noise": 0,
    "other noise": 1,
}
"""Every repetition, and what is done: to the mask, by so many voxels (z, y, x), or a seed."""

NORMAL_MEDIAN = 0.6745
"""The median of the absolute values of a standard normal distribution."""


def changed_mask(mask: sitk.Image, step: Any) -> sitk.Image:
    """Return a mask of one segment (0 and 1) after a step, on the same grid."""
    if step == "erode":
        return sitk.BinaryErode(mask, [1, 1, 0], sitk.sitkCross, 0.0, 1.0, False)
    if step == "dilate":
        return sitk.BinaryDilate(mask, [1, 1, 0], sitk.sitkCross, 0.0, 1.0, False)
    if isinstance(step, tuple):
        moved = sitk.GetImageFromArray(_shifted(sitk.GetArrayFromImage(mask), step))
        moved.CopyInformation(mask)
        return moved
    return mask


def changed_image(image: sitk.Image, step: Any) -> sitk.Image:
    """Return an image after a step: with Gaussian noise as strong as its own for a seed."""
    if not isinstance(step, int):
        return image
    array = sitk.GetArrayFromImage(image).astype(np.float64)
    generator = np.random.default_rng(step)
    noisy = array + generator.normal(0.0, 1.0, array.shape) * noise_of(array)
    # The empty background of a brain-extracted scan stays empty.
    noisy[array == 0] = 0
    made = sitk.GetImageFromArray(noisy)
    made.CopyInformation(image)
    return made


def noise_of(array: NDArray[np.float64]) -> float:
    """Return the standard deviation of an image's noise, array (z, y, x), in its own unit."""
    rows, columns = (size // 2 * 2 for size in array.shape[1:])
    a, b = array[:, 0:rows:2, 0:columns:2], array[:, 0:rows:2, 1:columns:2]
    c, d = array[:, 1:rows:2, 0:columns:2], array[:, 1:rows:2, 1:columns:2]
    details = (a - b - c + d) / 2
    # Outside a brain that was extracted, voxels are 0 or no numbers.
    details = details[(a != 0) & (b != 0) & (c != 0) & (d != 0) & np.isfinite(details)]
    return float(np.median(np.abs(details)) / NORMAL_MEDIAN) if details.size else 0.0


def _shifted(array: NDArray[Any], step: tuple[int, ...]) -> NDArray[Any]:
    """Return an array moved by whole voxels; what leaves the grid is lost."""
    moved = np.zeros_like(array)
    source, target = [], []
    for size, offset in zip(array.shape, step, strict=True):
        source.append(slice(max(-offset, 0), size - max(offset, 0)))
        target.append(slice(max(offset, 0), size - max(-offset, 0)))
    moved[tuple(target)] = array[tuple(source)]
    return moved

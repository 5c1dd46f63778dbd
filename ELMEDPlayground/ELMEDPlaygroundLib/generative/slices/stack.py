"""Slices of one subject's volumes, scaled down to squares, and the way back into their place.

A slice is taken as it was scanned: the plane is the axis of the scan that is nearest to it, and
nothing is interpolated across slices. Squares are around what the scan shows; all subjects have
squares of one size in millimetres. Positions along the stack run as the axes of LPS do: from foot
to head, from front to back, from the patient's right to left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib.data.scan_patches import PLANES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COMMON = 0.1
"""A value that this share of all voxels has is that of the background."""

DARKEST, BRIGHTEST = 0.5, 99.5
"""Percentiles of what is shown that become black and white."""

FULL_ENOUGH = 0.15
"""A slice is left out as empty when it shows less than this part of the fullest one."""

RIM = 1.06
"""How much wider than what the scan shows a square is."""

FAINT = 0.04
"""What a decoded pixel must have at least to be more than background."""


@dataclass(frozen=True)
class Greys:
    """How a volume's values become 0..1: `background` is left at 0, `low` and `high` are 0 and 1.

    Attributes:
        background: the value of all that shows nothing; None where air was scanned, too.
        low: becomes 0.
        high: becomes 1.
    """

    background: float | None
    low: float
    high: float

    def of(self, values: np.ndarray, shown: np.ndarray) -> np.ndarray:
        """Return values as float32, 0..1, and 0 where nothing is shown."""
        grey = np.clip((values - self.low) / (self.high - self.low), 0.0, 1.0)
        return np.where(shown, grey, 0.0).astype(np.float32)

    def back(self, grey: np.ndarray) -> np.ndarray:
        """Return the values, float32, that greys stand for."""
        values = self.low + grey * (self.high - self.low)
        empty = self.low if self.background is None else self.background
        return np.where(grey < FAINT, empty, values).astype(np.float32)


@dataclass(frozen=True)
class Stack:
    """One subject's slices before they are scaled down.

    Attributes:
        images: by channel name, on one grid, as they came.
        greys: how the values of each channel become greys.
        arrays: float32 `(channel, slice, row, column)`, 0..1; head or front is up.
        spacing: of slices, rows and columns, in mm.
        numbers: places along the stack of the slices that are not empty, int `(n,)`.
        centre: the middle of what is shown, row and column, from the first voxel's centre.
        edge_mm: the longer side of what is shown.
        marked: share of what each slice shows that is in the segment, `(n,)`; None without one.
        plane: the name of the plane.
    """

    images: Mapping[str, sitk.Image]
    greys: tuple[Greys, ...]
    arrays: np.ndarray
    spacing: tuple[float, float, float]
    numbers: np.ndarray
    centre: tuple[float, float]
    edge_mm: float
    marked: np.ndarray | None
    plane: str

    @property
    def positions(self) -> np.ndarray:
        """How far along the stack each slice lies, float32 `(n,)`, 0 to 1."""
        first, last = self.numbers[0], self.numbers[-1]
        return ((self.numbers - first) / max(last - first, 1)).astype(np.float32)

    def squares(self, side: int, edge_mm: float) -> np.ndarray:
        """Return the slices as squares, float32 `(n, channel, side, side)`, 0..1.

        Args:
            side: in pixels.
            edge_mm: the side in millimetres.
        """
        rows, columns = self._weights(side, edge_mm)
        slices = self.arrays[:, self.numbers]
        small = np.einsum("pr,cnrk,qk->ncpq", rows, slices, columns, optimize=True)
        return small.astype(np.float32)

    def placed(self, squares: np.ndarray, which: np.ndarray, edge_mm: float) -> list[sitk.Image]:
        """Return an image for each channel with squares in the place of slices, all else empty.

        Args:
            squares: float `(n, channel, side, side)`, 0..1.
            which: places in `numbers` that they belong to, int `(n,)`.
            edge_mm: the side of a square in millimetres.

        Returns:
            float32 images on the grid of `images`, in the values of the scan.
        """
        rows, columns = self._weights(squares.shape[-1], edge_mm, back=True)
        large = np.einsum("rp,ncpq,kq->cnrk", rows, squares, columns, optimize=True)
        made = []
        for channel, (grey, source) in enumerate(
            zip(self.greys, self.images.values(), strict=True)
        ):
            whole = np.zeros(self.arrays.shape[1:], np.float32)
            whole[self.numbers[which]] = np.clip(large[channel], 0.0, 1.0)
            made.append(_turned_back(grey.back(whole), self.plane, source))
        return made

    def _weights(self, side: int, edge_mm: float, back: bool = False) -> list[np.ndarray]:
        """Return how pixels are made of voxels, `(side, voxels)` for rows and columns; or back."""
        result = []
        pixel = edge_mm / side
        lengths = zip(self.arrays.shape[2:], self.spacing[1:], self.centre, strict=True)
        for count, spacing, centre in lengths:
            voxels = (np.arange(count) - centre) * spacing
            pixels = (np.arange(side) + 0.5) * pixel - edge_mm / 2
            width = pixel if back else max(pixel, spacing)
            result.append(_hats(voxels, pixels, width) if back else _hats(pixels, voxels, width))
        return result


def make_stack(
    images: Mapping[str, sitk.Image], plane: str, labels: sitk.Image | None = None
) -> Stack:
    """Return the slices of a subject.

    Args:
        images: 3D volumes of one subject by name; they are brought onto the grid of the first.
        plane: axial, coronal or sagittal.
        labels: a label image of the segment on any grid, above 0 inside.

    Raises:
        InputError: a volume has the same value everywhere, or holds values that are no numbers.
    """
    first = next(iter(images.values()))
    together = {name: _on_grid(image, first, sitk.sitkLinear) for name, image in images.items()}
    turned = [_turned(image, plane) for image in together.values()]
    for name, values in zip(images, turned, strict=True):
        if not np.isfinite(values).all():
            raise InputError(
                f"The {name} volume holds values that are no numbers.",
                "Export it again, or choose another volume.",
            )
    shown = np.zeros(turned[0].shape, bool)
    backgrounds = [_background(values) for values in turned]
    for values, background in zip(turned, backgrounds, strict=True):
        shown |= values > _otsu(values) if background is None else values != background
    greys = tuple(
        _greys(values, shown, background, name)
        for values, background, name in zip(turned, backgrounds, images, strict=True)
    )
    arrays = np.stack([grey.of(values, shown) for grey, values in zip(greys, turned, strict=True)])
    area = shown.sum(axis=(1, 2))
    numbers = np.flatnonzero(area > FULL_ENOUGH * area.max())
    spacing = _spacing(first, plane)
    centre, edge_mm = _extent(shown, spacing)
    marked = None
    if labels is not None:
        inside = _turned(_on_grid(labels, first, sitk.sitkNearestNeighbor), plane) > 0
        marked = (inside & shown).sum(axis=(1, 2))[numbers] / area[numbers]
    return Stack(together, greys, arrays, spacing, numbers, centre, edge_mm, marked, plane)


def common_edge(stacks: Sequence[Stack]) -> float:
    """Return the side in mm of a square that holds what any of the stacks shows, and a rim."""
    return RIM * max(stack.edge_mm for stack in stacks)


def _on_grid(image: sitk.Image, grid: sitk.Image, interpolator: int) -> sitk.Image:
    same = (
        image.GetSize() == grid.GetSize()
        and np.allclose(image.GetOrigin(), grid.GetOrigin(), atol=1e-3)
        and np.allclose(image.GetSpacing(), grid.GetSpacing(), atol=1e-4)
        and np.allclose(image.GetDirection(), grid.GetDirection(), atol=1e-4)
    )
    return image if same else sitk.Resample(image, grid, sitk.Transform(), interpolator)


def _turned(image: sitk.Image, plane: str) -> np.ndarray:
    """Return values `(slice, row, column)`, float32; only axes are swapped and turned round."""
    array = sitk.GetArrayFromImage(sitk.DICOMOrient(image, "LPS")).astype(np.float32)
    array = np.moveaxis(array, PLANES[plane], 0)
    return array if plane == "axial" else array[:, ::-1]


def _turned_back(array: np.ndarray, plane: str, source: sitk.Image) -> sitk.Image:
    """Return values `(slice, row, column)` as an image on the source's grid."""
    array = array if plane == "axial" else array[:, ::-1]
    along = sitk.DICOMOrient(source, "LPS")
    image = sitk.GetImageFromArray(np.ascontiguousarray(np.moveaxis(array, 0, PLANES[plane])))
    image.CopyInformation(along)
    code = sitk.DICOMOrientImageFilter.GetOrientationFromDirectionCosines(source.GetDirection())
    back = sitk.DICOMOrient(image, code)
    # To the last digit: turning there and back rounds.
    back.CopyInformation(source)
    return back


def _spacing(image: sitk.Image, plane: str) -> tuple[float, float, float]:
    x, y, z = sitk.DICOMOrient(image, "LPS").GetSpacing()
    order = {"axial": (z, y, x), "coronal": (y, z, x), "sagittal": (x, z, y)}
    return order[plane]


def _background(values: np.ndarray) -> float | None:
    """Return the value of all that is cut away, None where nothing is."""
    common = float(np.median(np.concatenate([values[0].ravel(), values[-1].ravel()])))
    lowest = float(values.min())
    for value in (common, lowest, 0.0):
        if (values == value).mean() > COMMON:
            return value
    return None


def _otsu(values: np.ndarray) -> float:
    """Return the value that parts what is shown from air (Otsu 1979)."""
    threshold = sitk.OtsuThresholdImageFilter()
    threshold.Execute(sitk.GetImageFromArray(values))
    return float(threshold.GetThreshold())


def _greys(values: np.ndarray, shown: np.ndarray, background: float | None, name: str) -> Greys:
    low, high = (
        (0.0, 0.0) if not shown.any() else np.percentile(values[shown], (DARKEST, BRIGHTEST))
    )
    if background is not None and background < low:
        low = background
    if not high > low:
        raise InputError(
            f"The {name} volume has the same value everywhere, so it shows nothing.",
            "Choose a volume that shows the head.",
        )
    return Greys(background, float(low), float(high))


def _extent(
    shown: np.ndarray, spacing: tuple[float, float, float]
) -> tuple[tuple[float, float], float]:
    """Return the middle of what is shown (row, column) and its longer side in mm."""
    centre, lengths = [], []
    for axis in (1, 2):
        there = np.flatnonzero(shown.any(axis=tuple({0, 1, 2} - {axis})))
        centre.append(float(there[0] + there[-1]) / 2)
        lengths.append((there[-1] - there[0] + 1) * spacing[axis])
    return (centre[0], centre[1]), float(max(lengths))


def _hats(to: np.ndarray, of: np.ndarray, width: float) -> np.ndarray:
    """Return weights `(to, of)` of linear interpolation, smoothed where it would skip samples.

    Rows add up to 1, or to less where a sample lies beyond all that there is.
    """
    weights = np.clip(1.0 - np.abs(to[:, None] - of[None, :]) / width, 0.0, None)
    total = weights.sum(axis=1, keepdims=True)
    full = width / np.abs(of[1] - of[0]) if len(of) > 1 else 1.0
    return weights / np.maximum(total, 0.5 * full)

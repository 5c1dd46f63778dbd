"""Slices through a tumour with the outlines of its parts, as PNG."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from ELMEDRadiomicsLib.report.content import Picture

if TYPE_CHECKING:
    from numpy.typing import NDArray

PLANES = {"Axial": 2, "Coronal": 1, "Sagittal": 0}
"""The axis (x, y, z) across each plane, of an image along LPS axes."""

COLOURS = {1: (204, 56, 69), 2: (77, 173, 219), 3: (250, 204, 64)}
"""Of core, oedema and enhancing tumour."""

PIXEL_MM = 0.8
MARGIN = (0.5, 99.5)
"""Percentiles of the intensities that become black and white."""

DARK = 20
"""Shades (of 255) up to this are background."""

NOISE = 0.01
"""Share of a plane that is bright by noise alone."""

EDGE_MM = 4.0
"""Of background, left around a head."""


def pictures(image: sitk.Image, labels: sitk.Image) -> tuple[Picture, ...]:
    """Return an axial, a coronal and a sagittal slice where the tumour is largest.

    Args:
        image: the background, 3D.
        labels: core 1, oedema 2, enhancing tumour 3, in the same space.
    """
    grid = _square_pixels(image)
    identity = sitk.Transform()
    grey = sitk.GetArrayFromImage(
        sitk.Resample(image, grid, identity, sitk.sitkLinear, 0.0, sitk.sitkFloat32)
    )
    parts = sitk.GetArrayFromImage(
        sitk.Resample(labels, grid, identity, sitk.sitkNearestNeighbor, 0, sitk.sitkUInt8)
    )
    low, high = np.percentile(grey[grey != 0], MARGIN) if grey.any() else (0.0, 1.0)
    shades = np.clip((grey - low) / max(high - low, 1e-6), 0, 1) * 255
    box = _seen(shades, parts)
    shades, parts = shades[box], parts[box]
    found = []
    for title, axis in PLANES.items():
        across = 2 - axis  # of arrays (z, y, x)
        others = tuple(other for other in range(3) if other != across)
        place = int(np.argmax(np.count_nonzero(parts, axis=others)))
        plane, segments = shades.take(place, across), parts.take(place, across)
        if axis != PLANES["Axial"]:  # feet at the bottom
            plane, segments = plane[::-1], segments[::-1]
        found.append(Picture(title, _png(_painted(plane, segments))))
    return tuple(found)


def _seen(shades: NDArray[Any], parts: NDArray[np.uint8]) -> tuple[slice, ...]:
    """Return the box (z, y, x) of what can be seen: the empty space around a head is cut off."""
    bright = shades > DARK
    box = []
    for across in range(3):
        others = tuple(other for other in range(3) if other != across)
        used = (bright.mean(axis=others) > NOISE) | parts.any(axis=others)
        places = np.flatnonzero(used) if used.any() else np.arange(len(used))
        edge = round(EDGE_MM / PIXEL_MM)
        box.append(slice(max(0, int(places[0]) - edge), int(places[-1]) + 1 + edge))
    return tuple(box)


def _square_pixels(image: sitk.Image) -> sitk.Image:
    """Return an empty image along LPS axes with cubic voxels that covers the image."""
    size = np.array(image.GetSize())
    corners = [
        image.TransformContinuousIndexToPhysicalPoint(
            [float((size[axis] - 0.5) if bit >> axis & 1 else -0.5) for axis in range(3)]
        )
        for bit in range(8)
    ]
    low, high = np.min(corners, axis=0), np.max(corners, axis=0)
    cells = np.maximum(np.ceil((high - low) / PIXEL_MM), 1).astype(int)
    grid = sitk.Image([int(cell) for cell in cells], sitk.sitkUInt8)
    grid.SetSpacing([PIXEL_MM] * 3)
    grid.SetOrigin((low + PIXEL_MM / 2).tolist())
    return grid


def _painted(plane: NDArray[np.float64], segments: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (rows, columns, 3) with the outlines of the segments over the shades."""
    painted = np.repeat(plane.round().astype(np.uint8)[..., None], 3, axis=-1)
    padded: Any = np.pad(segments, 1, mode="edge")
    height, width = segments.shape
    same = np.ones((height, width), bool)
    for rows, columns in ((0, 1), (2, 1), (1, 0), (1, 2)):
        neighbour = padded[rows : rows + height, columns : columns + width]
        same &= neighbour == segments
    for label, colour in COLOURS.items():
        painted[(segments == label) & ~same] = colour
    return painted


def _png(painted: NDArray[np.uint8]) -> bytes:
    image = sitk.GetImageFromArray(np.ascontiguousarray(painted), isVector=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.png"
        sitk.WriteImage(image, str(path))
        return path.read_bytes()

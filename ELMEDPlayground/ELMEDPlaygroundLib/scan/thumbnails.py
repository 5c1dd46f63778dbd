"""A small picture of each map of a layer, to choose from."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.scan.layers import ScanLayer
    from ELMEDPlaygroundLib.scan.opened import OpenScan

SIDE = 64
NEGATIVE, POSITIVE = (0.00, 0.27, 0.62), (0.90, 0.38, 0.00)
"""Blue for less and orange for more than is typical, apart for colour-blind people, too."""


def thumbnails(scan: OpenScan, maps: np.ndarray, layer: ScanLayer) -> list[str]:
    """Return one axial slice of each map as a picture in PPM, base64.

    The slice is the one in which the brain's brightest FLAIR, or last contrast, stands out most.
    Each map is white where it says what is typical of the brain.

    Args:
        scan: the open scan.
        maps: `(channel, z, y, x)` of the layer.
        layer: whose they are.
    """
    number = telling_slice(scan)
    brain = scan.prepared.brain[number]
    rows, columns = np.indices(brain.shape)
    z = _nearest(number, layer, 0, maps.shape[1])
    y, x = _nearest(rows, layer, 1, maps.shape[2]), _nearest(columns, layer, 2, maps.shape[3])
    return [_picture(channel[z][y, x], brain) for channel in maps]


def telling_slice(scan: OpenScan) -> int:
    """Return the slice of the working grid with the most bright voxels in the last contrast."""
    bright = (scan.prepared.array[-1] > 1.5) & scan.prepared.brain  # noqa: PLR2004 - deviations
    return int(bright.sum(axis=(1, 2)).argmax())


def _nearest(index: np.ndarray | int, layer: ScanLayer, axis: int, size: int) -> np.ndarray:
    place = np.rint((np.asarray(index) - layer.offset[axis]) / layer.stride[axis])
    return np.clip(place, 0, size - 1).astype(int)


def _picture(values: np.ndarray, brain: np.ndarray) -> str:
    inside = values[brain]
    typical = np.median(inside)
    spread = max(float(np.percentile(np.abs(inside - typical), 98)), 1e-12)
    signed = np.clip((values - typical) / spread, -1, 1)[..., None]
    strong = np.where(signed < 0, np.array(NEGATIVE), np.array(POSITIVE))
    colour = 1 - np.abs(signed) * (1 - strong)
    colour = np.where(brain[..., None], colour, 0.12)
    return base64.b64encode(_ppm(_squared(colour))).decode("ascii")


def _squared(colour: np.ndarray) -> np.ndarray:
    """Return a picture `(row, column, 3)` in a square, sampled to the nearest pixel."""
    height, width = colour.shape[:2]
    edge = max(height, width)
    place = (np.arange(SIDE) + 0.5) / SIDE * edge
    rows = np.floor(place - (edge - height) / 2).astype(int)
    columns = np.floor(place - (edge - width) / 2).astype(int)
    shown = np.full((SIDE, SIDE, 3), 0.12)
    inside = np.ix_((rows >= 0) & (rows < height), (columns >= 0) & (columns < width))
    rows, columns = (v[(v >= 0) & (v < n)] for v, n in ((rows, height), (columns, width)))
    shown[inside] = colour[np.ix_(rows, columns)]
    return shown


def _ppm(colour: np.ndarray) -> bytes:
    pixels = np.rint(np.clip(colour, 0, 1) * 255).astype(np.uint8)
    header = f"P6 {pixels.shape[1]} {pixels.shape[0]} 255\n"
    return header.encode("ascii") + pixels.tobytes()

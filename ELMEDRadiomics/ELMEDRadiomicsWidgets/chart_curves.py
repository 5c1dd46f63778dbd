"""What each chart of one patient draws: curves made of the engine's numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.bridge.charts import COLOURS, Curve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GUIDE = (0.6, 0.6, 0.6)
BOX_WIDTH = 0.8
RINGS = (0.25, 0.5, 0.75, 1.0)

RADAR_LABELS = {
    "Sphericity": "sphericity",
    "Elongation": "elongation",
    "Flatness": "flatness",
    "Maximum3DDiameter": "diameter",
    "SurfaceArea": "surface",
    "MeshVolume": "volume",
    "SurfaceVolumeRatio": "surface/volume",
}


def histogramCurves(histogram: Mapping[str, Any]) -> list[Curve]:
    """Return a curve for each segment of one sequence; see `charts_run.merged`."""
    return [
        Curve(name, own["centres"], own["percent"], COLOURS[number % len(COLOURS)])
        for number, (name, own) in enumerate(histogram.items())
    ]


def boxCurves(boxes: Mapping[str, Any]) -> list[Curve]:
    """Return a box with whiskers for each sequence and segment; a segment has one colour."""
    segments = list(dict.fromkeys(name for own in boxes.values() for name in own))
    step = BOX_WIDTH / max(len(segments), 1)
    curves = []
    for number, segment in enumerate(segments):
        for place, own in enumerate(boxes.values()):
            if segment not in own:
                continue
            middle = place - BOX_WIDTH / 2 + (number + 0.5) * step
            x, y = _box(middle, step * 0.4, own[segment])
            curves.append(Curve(segment, x, y, COLOURS[number % len(COLOURS)]))
    return curves


def _box(middle: float, half: float, box: Mapping[str, float]) -> tuple[list[float], list[float]]:
    """Return one line that draws whisker, box, median and whisker without lifting the pen."""
    left, right = middle - half, middle + half
    low, q1, median, q3, high = (box[key] for key in ("low", "q1", "median", "q3", "high"))
    path = [
        (middle, low),
        (middle, q1),
        (left, q1),
        (left, median),
        (right, median),
        (left, median),
        (left, q3),
        (middle, q3),
        (middle, high),
        (middle, q3),
        (right, q3),
        (right, q1),
        (middle, q1),
    ]
    return [x for x, _ in path], [y for _, y in path]


def radarCurves(radar: Mapping[str, Mapping[str, float]]) -> list[Curve]:
    """Return rings, spokes and a closed line for each segment."""
    names = list(RADAR_LABELS)
    curves = [Curve("", *_polygon([ring] * len(names)), GUIDE, faint=True) for ring in RINGS]
    for number in range(len(names)):
        x, y = _corner(number, len(names), 1.0)
        curves.append(Curve("", [0.0, x], [0.0, y], GUIDE, faint=True))
    for number, (segment, values) in enumerate(radar.items()):
        x, y = _polygon([values[name] for name in names])
        curves.append(Curve(segment, x, y, COLOURS[number % len(COLOURS)]))
    return curves


def _corner(number: int, count: int, radius: float) -> tuple[float, float]:
    angle = math.pi / 2 - 2 * math.pi * number / count
    return radius * math.cos(angle), radius * math.sin(angle)


def _polygon(values: Sequence[float]) -> tuple[list[float], list[float]]:
    corners = [
        _corner(number, len(values), 0.0 if math.isnan(value) else value)
        for number, value in enumerate(values)
    ]
    corners.append(corners[0])
    return [x for x, _ in corners], [y for _, y in corners]


def matrixPicture(counts: Sequence[Sequence[float]], size: int) -> tuple[bytes, int, int]:
    """Return a texture matrix as RGBA bytes with width and height, at most about `size` pixels.

    Rows are grey levels, the darkest at the bottom. Brightness grows with the square root of the
    count, so that rare pairs are seen beside frequent ones.
    """
    matrix = np.asarray(counts, dtype=np.float64)[::-1]
    shades = np.sqrt(matrix / max(matrix.max(), 1.0))
    rows = np.arange(min(size, max(size // max(shades.shape[0], 1), 1) * shades.shape[0]))
    columns = np.arange(min(size, max(size // max(shades.shape[1], 1), 1) * shades.shape[1]))
    picked = shades[
        np.ix_(
            rows * shades.shape[0] // max(len(rows), 1),
            columns * shades.shape[1] // max(len(columns), 1),
        )
    ]
    # From dark blue over green to yellow, as viridis goes.
    stops = np.array([[68, 1, 84], [33, 145, 140], [253, 231, 37]], dtype=np.float64)
    where = picked * (len(stops) - 1)
    below = np.minimum(where.astype(int), len(stops) - 2)
    part = (where - below)[..., None]
    colours = stops[below] * (1 - part) + stops[below + 1] * part
    rgba = np.full((*picked.shape, 4), 255, np.uint8)
    rgba[..., :3] = colours.round().astype(np.uint8)
    return rgba.tobytes(), picked.shape[1], picked.shape[0]

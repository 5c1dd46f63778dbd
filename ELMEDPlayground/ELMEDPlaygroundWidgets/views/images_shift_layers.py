"""What each layer does to a shift: maps side by side, and two numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundWidgets.views.images_painting import (
    BLUE,
    INK,
    LINE,
    PALE,
    Box,
    answerMap,
    diverging,
    fill,
    frame,
    left,
    picture,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HEAD = 34
NAMES = 92
NUMBERS = 88
"""Width of each of the two columns of numbers."""

GAP = 6
MOST_SIDE = 90
LEAST_ROW = 34
SMALLEST_ROW = 18
FOOT = 34
ROOM_FOR_FOOT = 200
OUTSIDE = (205, 210, 217)
"""Colour of what came in from outside: it is not compared."""

NUMBER = 36
TITLES = ("layer of\nshifted", "shifted\nlayer", "differ-\nence")
READABLE_MAP = 44
"""From this side on, each map has room for its title."""

EXACT = 0.005
"""Below this an error is written as exact: it rounds to 0.00."""


def paintLayers(painter: Any, box: Box, layers: Sequence[Mapping[str, Any]], shifted: bool) -> None:
    """Draw a row a layer.

    Args:
        painter: of the canvas.
        box: where to.
        layers: as the engine's view `shift` tells.
        shifted: whether the image is shifted at all.
    """
    rows = [layer for layer in layers if layer["kind"] not in ("dropout", "flatten")]
    withMaps = sum("after" in row for row in rows)
    flat = len(rows) - withMaps
    foot = FOOT if box.height >= ROOM_FOR_FOOT else 0
    even = (box.height - HEAD - foot) / max(len(rows), 1) - GAP
    low = max(min(even, LEAST_ROW), SMALLEST_ROW)
    line = (box.height - HEAD - foot - flat * (low + GAP)) / max(withMaps, 1) - GAP
    wide = (box.width - NAMES - 12 - 2 * NUMBERS) / 3 - GAP
    side = max(min(line, MOST_SIDE, wide), SMALLEST_ROW)
    columns = _columns(box, side)
    _head(painter, box, columns, side)
    top = box.y + HEAD
    for row in rows:
        high = side if "after" in row else low
        _row(painter, Box(box.x, top, box.width, high), columns, row, shifted)
        top += high + GAP
    if foot:
        text = "error 0: the layer's answer moves along\ncosine 1: the layer's answer stays"
        words(painter, Box(box.x, top, box.width, FOOT), text, 12, PALE, left())


def _columns(box: Box, side: float) -> list[float]:
    """Return where names, three maps and two numbers begin."""
    maps = [box.x + NAMES + n * (side + GAP) for n in range(3)]
    numbers = maps[-1] + side + 12
    room = (box.x + box.width - numbers) / 2
    return [box.x, *maps, numbers, numbers + room]


def _head(painter: Any, box: Box, columns: list[float], side: float) -> None:
    words(painter, Box(columns[0], box.y, NAMES - 6, HEAD - 2), "layer", 11, PALE, left())
    if side >= READABLE_MAP:
        for x, title in zip(columns[1:], TITLES, strict=False):
            words(painter, Box(x - 3, box.y, side + GAP, HEAD - 2), title, 11, PALE)
    else:
        at = Box(columns[1], box.y, columns[4] - columns[1], HEAD - 2)
        words(painter, at, "maps,\ndifference", 11, PALE, left())
    room = columns[5] - columns[4]
    words(
        painter, Box(columns[4], box.y, room - 4, HEAD - 2), "equivariance\nerror", 11, PALE, left()
    )
    words(painter, Box(columns[5], box.y, room, HEAD - 2), "invariance\n(cosine)", 11, PALE, left())


def _row(
    painter: Any, box: Box, columns: list[float], row: Mapping[str, Any], shifted: bool
) -> None:
    words(
        painter,
        Box(box.x, box.y, NAMES - 6, box.height),
        "output" if row["name"] == "logits" else row["name"].replace("_", " "),
        13,
        INK,
        left(),
        bold=True,
    )
    if "after" in row:
        after, moved = np.asarray(row["after"]), np.asarray(row["moved"])
        top = max(float(np.abs(after).max()), float(np.abs(moved).max()), 1e-9)
        outside = ~np.asarray(row["compared"], bool)
        pictures = (_scaled(after, top), _scaled(moved, top), diverging(after - moved, top))
        coloured = [_coloured(pixels) for pixels in pictures]
        for pixels in coloured[1:]:
            pixels[outside] = OUTSIDE
        for x, pixels in zip(columns[1:4], coloured, strict=True):
            picture(painter, Box(x, box.y, box.height, box.height), pixels)
    room = columns[5] - columns[4] - 6
    _error(painter, Box(columns[4], box.y, room, box.height), row, shifted)
    _share(painter, Box(columns[5], box.y, room, box.height), row["invariance"])


def _coloured(pixels: np.ndarray) -> np.ndarray:
    """Return a picture of its own in colour, (y, x, 3), from grey values or colours."""
    grey_values = pixels.ndim == 2  # noqa: PLR2004 - no colours
    return np.repeat(pixels[..., None], 3, axis=2) if grey_values else pixels.copy()


def _scaled(values: np.ndarray, top: float) -> np.ndarray:
    return (
        diverging(values, top)
        if float(values.min()) < 0
        else answerMap(np.append(values, np.full((1, values.shape[1]), top, values.dtype), axis=0))[
            :-1
        ]
    )


def _error(painter: Any, box: Box, row: Mapping[str, Any], shifted: bool) -> None:
    """Write how far the layer is from moving with the image."""
    if "after" not in row:
        words(painter, box, ("no place left", "no place"), 12, PALE, left())
        return
    inner, whole = row["equivariance"], row["equivariance_with_edges"]
    if inner is None:
        words(painter, box, "moved out", 12, PALE, left())
        return
    exact = inner < EXACT and shifted
    below = "exact" if exact else ""
    if abs(whole - inner) >= EXACT:
        below = f"exact, edges {whole:.2f}" if exact else f"edges {whole:.2f}"
    if not below or box.height < LEAST_ROW:
        words(painter, box, f"{inner:.2f}", 14, INK, left(), bold=True)
        return
    top = box.y + box.height / 2 - 17
    colour = BLUE if exact else INK
    words(painter, Box(box.x, top, box.width, 18), f"{inner:.2f}", 14, colour, left(), bold=True)
    words(painter, Box(box.x, top + 18, box.width, 15), below, 11, colour, left())


def _share(painter: Any, box: Box, value: float) -> None:
    """Draw a cosine similarity as a bar with its number."""
    low = box.height < LEAST_ROW
    number = Box(box.x, box.y + box.height / 2 - (9 if low else 14), NUMBER, 18)
    words(painter, number, f"{value:.2f}", 14, INK, left(), bold=True)
    bar = Box(box.x, number.y + 19, max(box.width - 4, 1.0), 5)
    if low:
        bar = Box(box.x + NUMBER, number.y + 7, max(box.width - 4 - NUMBER, 1.0), 5)
    fill(painter, bar, "#e6e9ed")
    fill(painter, Box(bar.x, bar.y, bar.width * min(max(value, 0.0), 1.0), bar.height), BLUE)
    frame(painter, bar, LINE)

"""Local binary patterns in the plane (LBP2D): how a pixel's circle of neighbours compares to it.

Definition: Ojala et al. 2002, IEEE TPAMI, with the conventions of scikit-image's
`local_binary_pattern`, which pyradiomics uses: neighbours between pixels are interpolated linearly,
pixels beyond the image are 0, and patterns are read from the neighbour to the right on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDRadiomicsLib.boxes import box_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ELMEDRadiomicsLib.boxes import Box
    from ELMEDRadiomicsLib.working import WorkingImage

    Floats = NDArray[np.float64]

MOST_CHANGES = 2


def pattern_images(
    working: WorkingImage, window: Box, settings: dict[str, Any]
) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the patterns of each plane inside a window, in the image's own type."""
    axis = settings["force2Ddimension"]
    margin = int(np.ceil(settings["lbp2DRadius"])) + 1
    start, stop = np.array(window.start) - margin, np.array(window.stop) + margin
    start[axis], stop[axis] = window.start[axis], window.stop[axis]
    first, last = np.maximum(start, 0), np.minimum(stop, working.shape)
    values = working.array(box_of(first, last))
    beyond = list(zip(first - start, stop - last, strict=True))
    planes = np.pad(values.astype(np.float64), beyond).swapaxes(0, axis)
    corner = start.copy()
    corner[[0, axis]] = corner[[axis, 0]]
    texture = _neighbours(planes, margin, corner[1:], settings)
    centre = planes[:, margin:-margin, margin:-margin]
    patterns = _patterns(texture, centre, settings["lbp2DMethod"])
    yield "lbp-2D", patterns.swapaxes(0, axis).astype(values.dtype)


def _neighbours(
    planes: Floats, margin: int, corner: NDArray[np.integer], settings: dict[str, Any]
) -> Floats:
    """Return (points, planes, rows, columns) intensities on the circle around each pixel.

    Args:
        planes: (planes, rows, columns) with a margin around the wanted pixels.
        margin: its width.
        corner: row and column of the first pixel of `planes` in the image.
        settings: `lbp2DSamples` and `lbp2DRadius`.
    """
    number, radius = settings["lbp2DSamples"], settings["lbp2DRadius"]
    angles = 2 * np.pi * np.arange(number, dtype=np.float64) / number
    moves = np.round([-radius * np.sin(angles), radius * np.cos(angles)], 5).T
    # Shares come from places in the whole image, because so does their rounding.
    wanted = [
        np.arange(margin, size - margin) + first
        for size, first in zip(planes.shape[1:], corner, strict=True)
    ]
    found = []
    for move in moves:
        rows, columns = (place + step for place, step in zip(wanted, move, strict=True))
        above, below = (f(rows).astype(int) - corner[0] for f in (np.floor, np.ceil))
        left, right = (f(columns).astype(int) - corner[1] for f in (np.floor, np.ceil))
        down = (rows - np.floor(rows))[None, :, None]
        across = columns - np.floor(columns)
        top = (1 - across) * planes[:, above][:, :, left] + across * planes[:, above][:, :, right]
        low = (1 - across) * planes[:, below][:, :, left] + across * planes[:, below][:, :, right]
        found.append((1 - down) * top + down * low)
    return np.array(found)


def _patterns(texture: Floats, centre: Floats, method: str) -> Floats:
    points = len(texture)
    if method == "var":
        total, squares = np.zeros_like(centre), np.zeros_like(centre)
        for values in texture:
            total += values
            squares += values * values
        variance = (squares - total * total / points) / points
        return np.where(variance != 0, variance, np.nan)
    above = (texture - centre >= 0).astype(np.int64)
    if method == "uniform":
        changes = (above[1:] != above[:-1]).sum(0)
        return np.where(changes <= MOST_CHANGES, above.sum(0), points + 1).astype(np.float64)
    weights = 2 ** np.arange(points)
    turned = range(points) if method == "ror" else (0,)
    codes = [np.tensordot(weights, np.roll(above, turn, axis=0), 1) for turn in turned]
    return np.min(codes, axis=0).astype(np.float64)

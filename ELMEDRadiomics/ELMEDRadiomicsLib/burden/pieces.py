"""The pieces that a lesion falls into in one plane: no line inside leads from one to another.

A lesion is one in the volume, and yet a slice of a porous one shows thousands of specks. Lines are
looked for between points of the same speck only; all points together would be too many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage

from ELMEDLib.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[Any]

MANY_POINTS = 1200
"""Borders with fewer points are searched as a whole, which is quicker; those of tumours are."""

MOST_LINES = 2**24 - 1
"""Of one plane that are compared: more take minutes and gigabytes, and cannot be numbered."""

TOUCHING = np.ones((3, 3), int)
"""As a line may run through a corner where two pixels meet."""


def by_piece(mask: NDArray[np.bool_], points: Ints) -> tuple[Ints, Ints]:
    """Return the points of a border in the order of its pieces, and where each piece starts.

    Args:
        mask: (rows, columns), whose outermost pixels are all False.
        points: (points, 2), in half pixels, each between a pixel inside and one outside.

    Raises:
        InputError: there are too many lines between points of the same piece.
    """
    starts = np.zeros(1, np.int64)
    if len(points) > MANY_POINTS:
        labels, _ = ndimage.label(mask, structure=TOUCHING)
        # Of the two pixels beside a point, one is outside: 0.
        owners = np.maximum(labels[tuple((points // 2).T)], labels[tuple(((points + 1) // 2).T)])
        order = np.argsort(owners, kind="stable")
        points = points[order]
        starts = np.flatnonzero(np.diff(owners[order], prepend=0))
    counts = np.diff(starts, append=len(points))
    if (counts * (counts - 1) // 2).sum() > MOST_LINES:
        raise InputError(
            "A segment is too porous or too ragged to draw diameters in: in one slice "
            f"its border is {len(points)} pixel sides long.",
            "Smooth it, fill its holes and take out its specks in the Segment Editor, or segment "
            "the tumour anew.",
        )
    return points, starts


def pairs(starts: Ints, count: int) -> tuple[Ints, Ints]:
    """Return the indices of both ends of each line between points of the same piece.

    Args:
        starts: of the pieces, ascending.
        count: of all points.
    """
    sizes = np.diff(starts, append=count)
    # How many points of its piece come after each point.
    after = np.repeat(starts + sizes, sizes) - np.arange(count) - 1
    first = np.repeat(np.arange(count), after)
    second = first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(after) - after, after)
    return first, second

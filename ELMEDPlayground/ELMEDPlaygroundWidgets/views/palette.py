"""The colours of classes: Okabe and Ito's, which colour-blind people can tell apart."""

from __future__ import annotations

import numpy as np

CLASS_COLOURS = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#56b4e9",
    "#d55e00",
    "#f0e442",
    "#000000",
    "#8c564b",
    "#7f7f7f",
)


def colourOf(label: int) -> str:
    """Return the colour of a class."""
    return CLASS_COLOURS[int(label) % len(CLASS_COLOURS)]


def classPixels(likeliest: np.ndarray, confidence: np.ndarray) -> np.ndarray:
    """Return a map of classes as colours, paler where the network is less sure.

    Args:
        likeliest: the class at each place, uint8 (y, x).
        confidence: 0..255, uint8 (y, x).

    Returns:
        uint8 (y, x, 3).
    """
    table = np.array([_rgb(colour) for colour in CLASS_COLOURS], float)
    full = table[likeliest % len(CLASS_COLOURS)]
    share = (0.12 + 0.68 * confidence[..., None] / 255.0) * np.ones(3)
    pixels: np.ndarray = np.rint(255 + share * (full - 255)).astype(np.uint8)
    return pixels


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)

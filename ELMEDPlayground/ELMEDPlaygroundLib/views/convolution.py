"""A convolution computed by hand: numpy alone, so that every number can be shown.

What networks call convolution is a cross-correlation: the kernel is not flipped.
Axis order: channel, y, x.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Window:
    """One place of the kernel, and what is computed there.

    Attributes:
        top: of the window in the padded image, in pixels.
        left: of the window in the padded image, in pixels.
        values: what the window holds, (channel, ky, kx).
        products: values times weights, (channel, ky, kx).
        channel_sums: of the products, (channel,).
        total: of all products and the bias: one pixel of the result.
    """

    top: int
    left: int
    values: np.ndarray
    products: np.ndarray
    channel_sums: np.ndarray
    total: float


def padded(image: np.ndarray, padding: int) -> np.ndarray:
    """Return an image (channel, y, x) with a frame of zeros, `padding` pixels wide."""
    return np.pad(image, ((0, 0), (padding, padding), (padding, padding)))


def output_size(size: int, kernel: int, stride: int, padding: int) -> int:
    """Return how many places the kernel has along one axis; all in pixels."""
    return (size + 2 * padding - kernel) // stride + 1


def window(
    framed: np.ndarray, kernel: np.ndarray, bias: float, stride: int, place: tuple[int, int]
) -> Window:
    """Compute one pixel of the result.

    Args:
        framed: the image with its frame, (channel, y, x).
        kernel: the weights, (channel, ky, kx).
        bias: is added to the sum.
        stride: pixels from one place to the next.
        place: y, x of the pixel in the result.
    """
    top, left = place[0] * stride, place[1] * stride
    height, width = kernel.shape[1:]
    values = framed[:, top : top + height, left : left + width]
    products = values * kernel
    sums = products.sum(axis=(1, 2))
    return Window(top, left, values, products, sums, float(sums.sum() + bias))


def convolve(
    image: np.ndarray, kernel: np.ndarray, bias: float = 0.0, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Return the whole result (y, x): one window after the other.

    Args:
        image: (channel, y, x).
        kernel: (channel, ky, kx).
        bias: is added to each pixel.
        stride: pixels from one place to the next.
        padding: width of the frame of zeros, in pixels.
    """
    framed = padded(np.asarray(image, np.float64), padding)
    rows = output_size(image.shape[1], kernel.shape[1], stride, padding)
    columns = output_size(image.shape[2], kernel.shape[2], stride, padding)
    weights = np.asarray(kernel, np.float64)
    result = np.empty((rows, columns))
    for y in range(rows):
        for x in range(columns):
            result[y, x] = window(framed, weights, bias, stride, (y, x)).total
    return result

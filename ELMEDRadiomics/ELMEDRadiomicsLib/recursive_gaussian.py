"""ITK's recursive Gaussian filter along one axis, as a matrix.

A recursive filter is linear, so for a given length it is a matrix; only the rows of the voxels
that are wanted need be applied, which a matrix product does much faster than running the
recursion over the whole image.

Source of the filter: Deriche 1993, INRIA research report 1893, with the coefficients of Farnebäck
and Westin 2006, as ITK's RecursiveGaussianImageFilter uses them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter, lfilter_zi

Floats = NDArray[np.float64]

W1, L1, W2, L2 = 0.6681, -1.3932, 2.0787, -1.3732
SMOOTHING = (1.3530, 1.8151, -0.3531, 0.0902)
SECOND_DERIVATIVE = (-1.3563, 5.2318, 0.3446, -2.2355)
"""A1, B1, A2, B2 of the two damped oscillations that approximate each kernel."""


@dataclass(frozen=True)
class Decay:
    """The damped oscillations for one width, in voxels."""

    sigma: float

    @property
    def waves(self) -> tuple[float, float, float, float, float, float]:
        """Sine, cosine and decay per voxel of the first and of the second oscillation."""
        first = np.sin(W1 / self.sigma), np.cos(W1 / self.sigma), np.exp(L1 / self.sigma)
        second = np.sin(W2 / self.sigma), np.cos(W2 / self.sigma), np.exp(L2 / self.sigma)
        return (*map(float, first), *map(float, second))  # type: ignore[return-value]

    def numerator(self, a1: float, b1: float, a2: float, b2: float) -> Floats:
        """Return N0 to N3."""
        sin1, cos1, exp1, sin2, cos2, exp2 = self.waves
        n0 = a1 + a2
        n1 = exp2 * (b2 * sin2 - (a2 + 2 * a1) * cos2)
        n1 += exp1 * (b1 * sin1 - (a1 + 2 * a2) * cos1)
        n2 = (a1 + a2) * cos2 * cos1 - b1 * cos2 * sin1 - b2 * cos1 * sin2
        n2 = 2 * exp1 * exp2 * n2 + a2 * exp1**2 + a1 * exp2**2
        n3 = exp2 * exp1**2 * (b2 * sin2 - a2 * cos2) + exp1 * exp2**2 * (b1 * sin1 - a1 * cos1)
        return np.array([n0, n1, n2, n3])

    def denominator(self) -> Floats:
        """Return 1 and D1 to D4."""
        _, cos1, exp1, _, cos2, exp2 = self.waves
        d1 = -2 * (exp2 * cos2 + exp1 * cos1)
        d2 = 4 * cos2 * cos1 * exp1 * exp2 + exp1**2 + exp2**2
        d3 = -2 * cos1 * exp1 * exp2**2 - 2 * cos2 * exp2 * exp1**2
        return np.array([1, d1, d2, d3, exp1**2 * exp2**2])


def _sums(coefficients: Floats) -> tuple[float, float, float]:
    """Return the sum of coefficients, and those weighted with their number and its square."""
    places = np.arange(len(coefficients))
    powers = (coefficients.sum(), (coefficients * places).sum(), (coefficients * places**2).sum())
    return float(powers[0]), float(powers[1]), float(powers[2])


def _kernel(sigma: float, *, second: bool) -> tuple[Floats, Floats]:
    """Return numerator and denominator of the causal half, normalised; sigma in voxels."""
    decay = Decay(sigma)
    bottom = decay.denominator()
    sd, dd, ed = _sums(bottom)
    top = decay.numerator(*SMOOTHING)
    if not second:
        return top / (2 * top.sum() / sd - top[0]), bottom
    derivative = decay.numerator(*SECOND_DERIVATIVE)
    beta = -(2 * derivative.sum() - sd * derivative[0]) / (2 * top.sum() - sd * top[0])
    top = derivative + beta * top
    sn, dn, en = _sums(top)
    alpha = (en * sd**2 - ed * sn * sd - 2 * dn * dd * sd + 2 * dd**2 * sn) / sd**3
    return top / alpha, bottom


@lru_cache(maxsize=64)
def operator(length: int, sigma: float, spacing: float, *, second: bool) -> Floats:
    """Return the filter along an axis as a matrix (length, length), normalised across scale.

    Beyond its ends an image is continued by its first and last value, as ITK does.

    Args:
        length: voxels along the axis.
        sigma: width in mm.
        spacing: voxel size in mm.
        second: the second derivative (times sigma²) instead of smoothing.
    """
    top, bottom = _kernel(sigma / spacing, second=second)
    if second:
        top = top * sigma**2
    mirrored = np.append(top[1:], 0) - bottom[1:] * top[0]
    back = np.concatenate([[0.0], mirrored])
    identity = np.eye(length)
    forward, _ = lfilter(top, bottom, identity, axis=0, zi=_steady(top, bottom, identity[0]))
    backward, _ = lfilter(
        back, bottom, identity[::-1], axis=0, zi=_steady(back, bottom, identity[-1])
    )
    result: Floats = forward + backward[::-1]
    result.flags.writeable = False
    return result


def _steady(top: Floats, bottom: Floats, first: Floats) -> Floats:
    return lfilter_zi(top, bottom)[:, None] * first

"""The largest perpendicular diameters of a lesion in one plane after another.

Sources: the product of the longest diameter and the longest one at right angles to it is the
measure of Macdonald et al. 1990 and of RANO (Wen et al. 2010, J Clin Oncol 28:1963; RANO 2.0: Wen
et al. 2023, J Clin Oncol 41:5187). Lines that cross no cavity follow RANO's rule that cysts and
surgical cavities are not measured. Maximum product: the pair whose product is largest, as automated
RANO does (Chang et al. 2019, Neuro-Oncology 21:1412).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ELMEDRadiomicsLib.burden.chords import (
    Chord,
    Chords,
    Ints,
    across,
    longest_perpendicular,
    widths,
)
from ELMEDRadiomicsLib.burden.closed_region import ClosedRegion
from ELMEDRadiomicsLib.burden.pieces import by_piece
from ELMEDRadiomicsLib.diameters import mesh_points

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEW_PIXELS = 40
"""In regions less wide than this, a line need not have another one across it."""

TIES = 8
"""As many equally long diameters are tried."""

ROUNDING = 1e-3
"""In mm: lines that differ by less are equally long."""


@dataclass(frozen=True)
class Cross:
    """Two perpendicular lines in one plane, the longer one first.

    Attributes:
        plane: index of the plane.
        longest: in half pixels from the first pixel's centre, (row, column).
        perpendicular: at right angles to it.
    """

    plane: int
    longest: Chord
    perpendicular: Chord

    @property
    def product(self) -> float:
        """The product of both lengths, in mm²."""
        return self.longest.length * self.perpendicular.length


@dataclass(frozen=True)
class LargestCrosses:
    """A lesion's largest pair of diameters by either rule.

    Attributes:
        classic: the longest diameter of a plane and the longest line at right angles to it, in the
            plane where their product is largest.
        product: the pair with the largest product, of all directions and planes; never smaller.
    """

    classic: Cross
    product: Cross


def largest_crosses(
    mask: NDArray[np.bool_], spacing: tuple[float, float, float]
) -> LargestCrosses | None:
    """Return the largest perpendicular diameters, None for an empty mask.

    Ends of lines lie on the borders of pixels, halfway between a pixel inside and one outside. A
    line stays inside the region, sampled every quarter of a pixel (see `closed_region`).

    Args:
        mask: (planes, rows, columns).
        spacing: of planes, rows and columns, in mm.

    Raises:
        InputError: the mask is too porous (see `pieces`).
    """
    classic: Cross | None = None
    product: Cross | None = None
    seen = np.flatnonzero(mask.any((1, 2))).tolist()
    planes = [_Plane(index, mask[index], spacing[1:]) for index in seen]
    # Large planes first: what they reach lets most others be left out unseen.
    for plane in sorted(planes, key=lambda plane: -plane.pixels):
        reached = classic.product if classic else 0.0
        if plane.bound <= reached:
            continue
        classics, products = plane.crosses(reached, product.product if product else 0.0)
        classic = max(classics, key=_product, default=classic)
        product = max(products, key=_product, default=product)
    return LargestCrosses(classic, product) if classic and product else None


class _Plane:
    """One plane of a lesion, cut to its pixels."""

    def __init__(
        self, index: int, mask: NDArray[np.bool_], spacing: tuple[float, float] | tuple[float, ...]
    ) -> None:
        self._index = index
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        self._corner = np.array([rows[0] - 1, columns[0] - 1])
        cut = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        self._mask = np.pad(cut, 1)
        self.pixels = int(cut.sum())
        self._spacing = (float(spacing[0]), float(spacing[1]))
        short, long = sorted(size * mm for size, mm in zip(cut.shape, self._spacing, strict=True))
        # Of all perpendicular lines in a box, those along a diagonal have the largest product.
        self.bound = short / long * (short**2 + long**2) * (1 + 1e-9)

    def crosses(self, classic: float, product: float) -> tuple[list[Cross], list[Cross]]:
        """Return the pairs by either rule that exceed what was reached before (mm²)."""
        region = ClosedRegion(self._mask, self._spacing)
        points, pieces = by_piece(self._mask, mesh_points(self._mask).astype(np.int64))
        extents = widths(region, points, pieces)
        if (extents * across(extents)).max() < classic:
            return [], []
        # The longer line of a pair that exceeds what was reached is longer than its square root;
        # the shorter one is so long that the longest one across it could make up for it.
        shortest = np.minimum(classic**0.5, product / across(extents)) * (1 - 1e-6)
        chords = Chords(region, points, shortest, pieces)
        # Few points have no line in most directions: there, nothing is told from their absence.
        few = extents.max() < FEW_PIXELS * max(self._spacing)
        longest = chords.longest(-1.0 if few else product)
        lengths = np.array([chord.length if chord else 0.0 for chord in longest])
        # From any place of the border: up to a pixel longer than from one point to another.
        bounds = lengths * (across(extents if few else chords.bounds) + max(self._spacing))
        # Round lesions have many longest diameters: all of them are tried.
        ties = np.flatnonzero(lengths >= max(lengths.max() - ROUNDING, ROUNDING))[:TIES]
        classics: list[Cross] = []
        for direction in ties[bounds[ties] > classic].tolist():
            classics += self._crosses(region, points, longest[direction], classic)
        products = [cross for cross in classics if cross.product > product]
        best = max((cross.product for cross in products), default=product)
        for direction in np.argsort(-bounds, kind="stable").tolist():
            if bounds[direction] <= best:
                break
            found = self._crosses(region, points, longest[direction], best)
            best = max((cross.product for cross in found), default=best)
            products += found
        return classics, products

    def _crosses(
        self, region: ClosedRegion, points: Ints, chord: Chord | None, reached: float
    ) -> list[Cross]:
        """Return a line with the longest one at right angles to it, if this exceeds `reached`."""
        if chord is None:
            return []
        other = longest_perpendicular(region, points, chord, reached / chord.length)
        if other is None:
            return []
        first, second = sorted((chord, other), key=lambda line: -line.length)
        return [Cross(self._index, self._placed(first), self._placed(second))]

    def _placed(self, chord: Chord) -> Chord:
        """Return a chord with its ends in the half pixels of the whole plane."""
        row, column = 2 * self._corner
        (y1, x1), (y2, x2) = chord.start, chord.end
        return Chord(
            (float(y1 + row), float(x1 + column)),
            (float(y2 + row), float(x2 + column)),
            chord.length,
        )


def _product(cross: Cross) -> float:
    return cross.product

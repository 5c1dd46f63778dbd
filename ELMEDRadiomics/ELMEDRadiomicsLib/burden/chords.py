"""The longest lines inside a region of a plane, by direction."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ELMEDRadiomicsLib.burden.closed_region import STEP

if TYPE_CHECKING:
    from ELMEDRadiomicsLib.burden.closed_region import ClosedRegion

Floats = NDArray[np.float64]
Ints = NDArray[Any]

DIRECTIONS = 180
"""Directions are told apart by whole degrees."""

TOLERANCE = 2
"""In degrees, of the directions of lines that are compared before the exact ones."""

AT_ONCE = (2, 8, 32, 128, 512, 2048)
"""How many lines of each direction are tried in one round after the other."""

PACKED = 24
"""Bits for the length and for the number of a line: borders have less than 5000 points."""

AHEAD = 48
"""Samples that a ray is followed for at once."""

BISECTIONS = 8


@dataclass(frozen=True)
class Chord:
    """A line inside a region; its ends are (row, column) in half pixels."""

    start: tuple[float, float]
    end: tuple[float, float]
    length: float


class Chords:
    """The lines between the points of a region's border, sorted by direction and length."""

    def __init__(self, region: ClosedRegion, points: Ints, shortest: float = 0.0) -> None:
        """Compare every point with every other.

        Args:
            region: the region.
            points: (points, 2), in half pixels, on its border.
            shortest: lines up to this length, in mm, are left out.
        """
        first, second = _pairs(len(points))
        places = (points * (region.spacing / 2)).astype(np.float32)
        rows = places[second, 0] - places[first, 0]
        columns = places[second, 1] - places[first, 1]
        squares = rows * rows + columns * columns
        if shortest > 0:
            kept = np.flatnonzero(squares > shortest**2)
            first, second = first[kept], second[kept]
            rows, columns, squares = rows[kept], columns[kept], squares[kept]
        lengths = np.sqrt(squares)
        degrees = np.rint(np.degrees(np.arctan2(rows, columns))).astype(np.int32) % DIRECTIONS
        order = _by_direction_and_length(degrees, lengths)
        self._region, self._points = region, points
        self._first, self._second = first[order], second[order]
        self._lengths = lengths[order]
        self._starts = np.searchsorted(degrees[order], np.arange(DIRECTIONS + 1))
        self.bounds = np.zeros(DIRECTIONS)
        """Per direction: no line inside is longer than this."""
        some = np.diff(self._starts) > 0
        self.bounds[some] = self._lengths[self._starts[:-1][some]]

    def longest(self, product: float = 0.0) -> list[Chord | None]:
        """Return the longest line inside the region by direction, where it matters.

        The longest of all is always among them. A direction is None when it has no line inside, or
        when with no line at right angles to it the product could exceed `product` (mm²).
        """
        found: list[Chord | None] = [None] * DIRECTIONS
        place, stop = self._starts[:-1].copy(), self._starts[1:]
        # How long a line in each direction can be, as far as is known.
        possible = self.bounds.copy()
        reached = 0.0
        for count in (*AT_ONCE, *[AT_ONCE[-1]] * len(self._lengths)):
            matters = (possible * across(possible) > product) | (possible >= reached)
            open_ = np.flatnonzero((place < stop) & matters)
            if not len(open_):
                break
            lines, owners = self._next_lines(place, stop, open_, count)
            inside = self._region.holds_lines(
                self._points[self._first[lines]], self._points[self._second[lines]]
            )
            directions, heads = np.unique(owners[inside], return_index=True)
            for direction, line in zip(directions, lines[inside][heads], strict=True):
                found[direction] = self._chord(line)
                possible[direction] = self._lengths[line]
                reached = max(reached, float(self._lengths[line]))
            place[open_] += count
            place[directions] = stop[directions]
            unsure = open_[[found[direction] is None for direction in open_]]
            more = place[unsure] < stop[unsure]
            possible[unsure] = 0.0
            possible[unsure[more]] = self._lengths[place[unsure[more]]]
        return found

    @staticmethod
    def _next_lines(place: Ints, stop: Ints, open_: Ints, count: int) -> tuple[Ints, Ints]:
        """Return the next `count` lines of the open directions, and each one's direction."""
        counts = np.minimum(count, stop[open_] - place[open_])
        offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.repeat(place[open_], counts) + offsets, np.repeat(open_, counts)

    def _chord(self, line: int) -> Chord:
        start, end = self._points[self._first[line]], self._points[self._second[line]]
        length = float(np.hypot(*((end - start) / 2 * self._region.spacing)))
        return Chord((float(start[0]), float(start[1])), (float(end[0]), float(end[1])), length)


def longest_perpendicular(region: ClosedRegion, points: Ints, chord: Chord) -> Chord:
    """Return the longest line inside a region at exactly right angles to a chord.

    From each point of the border a ray is followed until it leaves the region.

    Args:
        region: the region.
        points: (points, 2), in half pixels, on its border.
        chord: of a length above zero.
    """
    way = (np.array(chord.end) - np.array(chord.start)) * region.spacing
    across = np.array([-way[1], way[0]]) / region.spacing
    step = across / np.abs(across).max() * STEP
    starts = np.concatenate([points, points]).astype(float)
    steps = np.repeat([step, -step], len(points), axis=0)
    ends = starts + steps * _samples_inside(region, starts, steps)[:, None]
    lengths = np.hypot(*((ends - starts) / 2 * region.spacing).T)
    # Only the last step of those that may win is refined.
    nearly = np.flatnonzero(lengths >= lengths.max() - np.hypot(*(step / 2 * region.spacing)))
    ends = _refined(region, ends[nearly], steps[nearly])
    lengths = np.hypot(*((ends - starts[nearly]) / 2 * region.spacing).T)
    best = int(lengths.argmax())
    start, end = starts[nearly][best], ends[best]
    return Chord(
        (float(start[0]), float(start[1])), (float(end[0]), float(end[1])), float(lengths[best])
    )


def _samples_inside(region: ClosedRegion, starts: Floats, steps: Floats) -> Floats:
    """Return how many steps each ray stays inside."""
    counts = np.zeros(len(starts))
    alive = np.arange(len(starts))
    ahead = np.arange(1, AHEAD + 1)
    while len(alive):
        way = counts[alive, None] + ahead
        inside = region.contains(
            starts[alive, :1] + steps[alive, :1] * way, starts[alive, 1:] + steps[alive, 1:] * way
        )
        counts[alive] += np.where(inside.all(axis=1), AHEAD, inside.argmin(axis=1))
        alive = alive[inside.all(axis=1)]
    return counts


def _refined(region: ClosedRegion, ends: Floats, steps: Floats) -> Floats:
    """Follow rays from their last sample inside to the border, by halving the step."""
    part = np.zeros(len(ends))
    for bisection in range(1, BISECTIONS + 1):
        farther = part + 0.5**bisection
        places = ends + steps * farther[:, None]
        part = np.where(region.contains(places[:, 0], places[:, 1]), farther, part)
    refined: Floats = ends + steps * part[:, None]
    return refined


def widths(region: ClosedRegion, points: Ints) -> Floats:
    """Return how long a line in each direction can be at most: how far the points lie apart."""
    places = points / 2 * region.spacing
    angles = np.radians(np.arange(DIRECTIONS))
    along = places[:, :1] * np.sin(angles) + places[:, 1:] * np.cos(angles)
    # A line may deviate from its direction, rounded to whole degrees, by half a degree.
    longest: Floats = np.ptp(along, axis=0) / np.cos(np.radians(0.5))
    return longest


def across(lengths: Floats) -> Floats:
    """Return for each direction the longest of the lines at about right angles to it."""
    turned = [
        np.roll(lengths, DIRECTIONS // 2 + offset) for offset in range(-TOLERANCE, TOLERANCE + 1)
    ]
    longest: Floats = np.max(turned, axis=0)
    return longest


def _by_direction_and_length(degrees: Ints, lengths: Floats) -> Ints:
    """Return the order of lines by direction, and the longest first.

    Direction, length and number of a line are packed into one whole number: sorting such numbers is
    several times quicker than sorting indices by two keys.
    """
    steps = 2**PACKED - 1
    longest = float(lengths.max(initial=0.0)) or 1.0
    shortness = (steps - lengths.astype(np.float64) * (steps / longest)).astype(np.uint64)
    keys = degrees.astype(np.uint64) << np.uint64(2 * PACKED)
    keys |= shortness << np.uint64(PACKED)
    keys |= np.arange(len(lengths), dtype=np.uint64)
    keys.sort()
    return (keys & np.uint64(steps)).astype(np.int64)


@lru_cache(maxsize=8)
def _pairs(count: int) -> tuple[Ints, Ints]:
    """Return the indices of all pairs of `count` points."""
    first, second = np.triu_indices(count, 1)
    return first.astype(np.int32), second.astype(np.int32)

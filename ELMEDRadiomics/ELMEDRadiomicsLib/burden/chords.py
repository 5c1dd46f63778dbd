"""The longest lines inside a region of a plane, by direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ELMEDRadiomicsLib.burden.closed_region import STEP
from ELMEDRadiomicsLib.burden.pieces import pairs

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
"""Bits for the length and for the number of a line: there are less, see `pieces.MOST_LINES`."""

HALVINGS = 4
"""Halvings of a line at which it is looked at before all are sorted."""

AHEAD = (1, 8, 32, 64)
"""Samples that a ray is followed for in one round after the other: half of them leave at once."""

SHARES = (1, 1 / 2, 1 / 4, 3 / 4, 1 / 8, 3 / 8, 5 / 8, 7 / 8)
"""Where a ray is looked at first, in parts of the length that matters."""

PARTS = 256
"""Into so many parts the step is divided in which a ray leaves the region."""


@dataclass(frozen=True)
class Chord:
    """A line inside a region; its ends are (row, column) in half pixels."""

    start: tuple[float, float]
    end: tuple[float, float]
    length: float


class Chords:
    """The lines between the points of a region's border, sorted by direction and length."""

    def __init__(self, region: ClosedRegion, points: Ints, shortest: Floats, pieces: Ints) -> None:
        """Compare every point with every other of its piece.

        Args:
            region: the region.
            points: (points, 2), in half pixels, on its border.
            shortest: by direction; lines up to this length, in mm, are left out.
            pieces: where each starts among the points, see `pieces.by_piece`.
        """
        rows, columns = (points * (region.spacing / 2)).astype(np.float32).T
        first, second = pairs(pieces, len(points))
        squares = (rows[first] - rows[second]) ** 2 + (columns[first] - columns[second]) ** 2
        long = squares > shortest.min() ** 2
        first, second = first[long], second[long]
        lengths = np.sqrt(squares[long])
        angles = np.arctan2(rows[second] - rows[first], columns[second] - columns[first])
        degrees = np.rint(np.degrees(angles)).astype(np.int32) % DIRECTIONS
        long = np.flatnonzero(lengths > shortest[degrees])
        # Most of those that leave the region are outside halfway: there is no need to sort them.
        points = points.astype(np.int32)
        some = region.holds_lines(points[first[long]], points[second[long]], HALVINGS)
        kept = long[some]
        first, second, lengths, degrees = first[kept], second[kept], lengths[kept], degrees[kept]
        order = _by_direction_and_length(degrees, lengths)
        self._region, self._points = region, points
        self._first, self._second = first[order], second[order]
        self._lengths = lengths[order]
        self._starts = np.searchsorted(degrees[order], np.arange(DIRECTIONS + 1))
        self._shortest = shortest
        self.bounds = shortest.copy()
        """Per direction: no line inside is longer than this, as far as is known."""
        some = np.diff(self._starts) > 0
        self.bounds[some] = self._lengths[self._starts[:-1][some]]

    def longest(self, product: float = 0.0) -> list[Chord | None]:
        """Return the longest line inside the region by direction, where it matters.

        The longest of all is always among them. A direction is None when it has no line inside, or
        when with no line at right angles to it the product could exceed `product` (mm²); below
        0, all directions matter.
        """
        found: list[Chord | None] = [None] * DIRECTIONS
        place, stop = self._starts[:-1].copy(), self._starts[1:]
        possible = self.bounds
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
            possible[unsure] = self._shortest[unsure]
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


def longest_perpendicular(
    region: ClosedRegion, points: Ints, chord: Chord, shortest: float = 0.0
) -> Chord | None:
    """Return the longest line inside a region at exactly right angles to a chord.

    From each point of the border a ray is followed until it leaves the region.

    Args:
        region: the region.
        points: (points, 2), in half pixels, on its border.
        chord: of a length above zero.
        shortest: None is returned when no line is longer than this (mm).
    """
    way = (np.array(chord.end) - np.array(chord.start)) * region.spacing
    across = np.array([-way[1], way[0]]) / region.spacing
    step = across / np.abs(across).max() * STEP
    starts = np.concatenate([points, points]).astype(float)
    steps = np.repeat([step, -step], len(points), axis=0)
    length = float(np.hypot(*(step / 2 * region.spacing)))
    rays = _those_inside(region, starts, steps, int(shortest / length))
    if not len(rays):
        return None
    starts, steps = starts[rays], steps[rays]
    counts = _samples_inside(region, starts, steps)
    # Only the last step of those that may win is refined.
    nearly = np.flatnonzero(counts >= counts.max() - 1)
    starts, steps = starts[nearly], steps[nearly]
    ends = _refined(region, starts + steps * counts[nearly, None], steps)
    lengths = np.hypot(*((ends - starts) / 2 * region.spacing).T)
    best = int(lengths.argmax())
    if lengths[best] <= shortest:
        return None
    (y1, x1), (y2, x2) = starts[best].tolist(), ends[best].tolist()
    return Chord((y1, x1), (y2, x2), float(lengths[best]))


def _those_inside(region: ClosedRegion, starts: Floats, steps: Floats, least: int) -> Ints:
    """Return the rays that may be inside for `least` steps: they are so at a few of them."""
    rays = np.arange(len(starts))
    for share in SHARES:
        place = round(share * least)
        ends = starts[rays] + steps[rays] * place
        rays = rays[region.contains(ends[:, 0], ends[:, 1])]
    return rays


def _samples_inside(region: ClosedRegion, starts: Floats, steps: Floats) -> Floats:
    """Return how many steps each ray stays inside."""
    counts = np.zeros(len(starts))
    alive = np.arange(len(starts))
    for number in (*AHEAD, *[AHEAD[-1]] * region.mask.size):
        if not len(alive):
            break
        way = counts[alive, None] + np.arange(1, number + 1)
        inside = region.contains(
            starts[alive, :1] + steps[alive, :1] * way, starts[alive, 1:] + steps[alive, 1:] * way
        )
        counts[alive] += np.where(inside.all(axis=1), number, inside.argmin(axis=1))
        alive = alive[inside.all(axis=1)]
    return counts


def _refined(region: ClosedRegion, ends: Floats, steps: Floats) -> Floats:
    """Follow rays from their last sample inside to the border, in small parts of a step."""
    parts = np.arange(1, PARTS) / PARTS
    inside = region.contains(ends[:, :1] + steps[:, :1] * parts, ends[:, 1:] + steps[:, 1:] * parts)
    counts = np.where(inside.all(axis=1), len(parts), inside.argmin(axis=1))
    refined: Floats = ends + steps * (counts / PARTS)[:, None]
    return refined


def widths(region: ClosedRegion, points: Ints, pieces: Ints) -> Floats:
    """Return how long a line in each direction can be at most: how wide the widest piece is."""
    places = points / 2 * region.spacing
    angles = np.radians(np.arange(DIRECTIONS))
    along = places[:, :1] * np.sin(angles) + places[:, 1:] * np.cos(angles)
    # A line may deviate from its direction, rounded to whole degrees, by half a degree.
    wide = np.maximum.reduceat(along, pieces) - np.minimum.reduceat(along, pieces)
    longest: Floats = wide.max(axis=0) / np.cos(np.radians(0.5))
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

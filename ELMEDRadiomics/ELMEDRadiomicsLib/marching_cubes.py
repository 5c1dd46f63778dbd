"""Surface and volume of a mask by marching cubes, through a table per corner pattern.

A cube of 2x2x2 voxels has one of 256 patterns of corners inside and outside. Its triangles depend
on the pattern alone, so the surface area of a mask is the tally of patterns times the area of each
pattern's triangles; and six times the signed volume is, per cube, a number of the pattern plus the
cube's place times a vector of the pattern.

The case table is that of Lorensen and Cline 1987 in the form used by pyradiomics 3.0.1
(BSD-3-Clause): only patterns without corner 7; the others are their complements, turned inside
out. With that symmetry surfaces are not closed everywhere, so the volume depends a little on where
the origin is. As in pyradiomics it is the first voxel of the bounding box padded by one.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CORNERS = np.array(
    [[0, 0, 0], [0, 0, 1], [0, 1, 1], [0, 1, 0], [1, 0, 0], [1, 0, 1], [1, 1, 1], [1, 1, 0]]
)
"""Offsets (z, y, x) of the corners of a cube, in the order of the pattern's bits."""

EDGE_ENDS = (
    *((0, 1), (1, 2), (2, 3), (3, 0)),
    *((4, 5), (5, 6), (6, 7), (7, 4)),
    *((0, 4), (1, 5), (2, 6), (3, 7)),
)
EDGES = np.array([CORNERS[[a, b]].mean(0) for a, b in EDGE_ENDS])
"""Midpoints (z, y, x) of the twelve edges of a cube."""

FULL = 255

CASES = [
    "-",
    "083",
    "190",
    "183198",
    "12a",
    "08312a",
    "92a029",
    "2832a8a98",
    "b23",
    "b2008b",
    "190b23",
    "b2119b98b",
    "3a1ba3",
    "a1008a8ba",
    "9033b9ba9",
    "98aba8",
    "478",
    "043473",
    "190478",
    "194147173",
    "12a478",
    "34730412a",
    "92a902478",
    "2a9297273479",
    "478b23",
    "b47b24204",
    "190478b23",
    "47b94bb29192",
    "3a1ba3478",
    "ba114b10447b",
    "4789033b9ba9",
    "47b4b99ba",
    "954",
    "954083",
    "054015",
    "854835315",
    "12a954",
    "08312a954",
    "2a5542240",
    "2a5325354834",
    "954b23",
    "b2008b954",
    "054015b23",
    "215258b28548",
    "3a1ba3954",
    "549a1008a8ba",
    "54050ba5bb03",
    "548a58ba8",
    "789579",
    "309539357",
    "780017715",
    "157173",
    "78957912a",
    "12a309395357",
    "0288258572a5",
    "2a5253357",
    "579789b23",
    "579972209b27",
    "b23018178157",
    "21b17b157",
    "7895793a1ba3",
    "5705097b0a10ba0",
    "ba003ba50078570",
    "ba557b",
    "65a",
    "08365a",
    "19065a",
    "18319865a",
    "165126",
    "165126083",
    "965906026",
    "598582526832",
    "b2365a",
    "b2008b65a",
    "190b2365a",
    "b2119b98b65a",
    "63b653513",
    "08b0b50515b6",
    "63b036065059",
    "65969bb98",
    "47865a",
    "04347365a",
    "19047865a",
    "19414717365a",
    "478165126",
    "043473165126",
    "478965906026",
    "739479329596269",
    "b2347865a",
    "b47b2420465a",
    "190b2347865a",
    "47b94bb2919265a",
    "47863b653513",
    "51b5b610b47b04b",
    "47863b036065059",
    "65969b4797b9",
    "a4964a",
    "a4964a083",
    "01aa60640",
    "18316886461a",
    "149124264",
    "149124264083",
    "024426",
    "832824426",
    "b23a4964a",
    "b2008ba4964a",
    "b2301aa60640",
    "64161a148b2118b",
    "964369139b63",
    "18b081b61149641",
    "63b036640",
    "86468b",
    "67a78a89a",
    "67a0a709a073",
    "67a1a7178018",
    "67a1a7173",
    "126168189678",
    "269129679309739",
    "078706602",
    "273267",
    "b2367a78a89a",
    "207b2709767a9a7",
    "67a1a7178018b23",
    "b2117ba61167",
    "896678169b63136",
    "09167b",
    "07870603bb60",
    "67b",
]
"""For patterns 0 to 127, the edges (hexadecimal) of each triangle, three by three."""


@cache
def _triangles() -> Floats:
    """Return the triangles of the 256 patterns as (patterns, 5 triangles, 3 points, zyx).

    Patterns with fewer triangles are filled up with triangles of no size.
    """
    half = np.zeros((128, 5, 3, 3))
    for pattern, case in enumerate(CASES):
        if case != "-":
            points = EDGES[[int(digit, 16) for digit in case]]
            half[pattern, : len(points) // 3] = points.reshape(-1, 3, 3)
    return np.concatenate([half, half[::-1, :, ::-1]])


@cache
def _volume_terms() -> tuple[Floats, Floats]:
    """Return per pattern the constant (256,) and the vector (256, 3) of six times the volume."""
    a, b, c = np.moveaxis(_triangles(), 2, 0)
    across = np.cross(a, b)
    return (across * c).sum((1, 2)), (across + np.cross(b, c) + np.cross(c, a)).sum(1)


def _areas(spacing: Floats) -> Floats:
    """Return the surface area (256,) in mm2 of each pattern's triangles."""
    a, b, c = np.moveaxis(_triangles() * spacing, 2, 0)
    across = np.cross(a - c, b - c)
    return np.asarray(0.5 * np.sqrt((across**2).sum(-1)).sum(1))


def corner_patterns(padded: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return the pattern of each cube of a mask (z, y, x), one smaller along each axis."""
    patterns = np.zeros(tuple(np.array(padded.shape) - 1), dtype=np.uint8)
    voxels = padded.view(np.uint8)
    for bit, corner in enumerate(CORNERS):
        part = tuple(
            slice(start, start + size) for start, size in zip(corner, patterns.shape, strict=True)
        )
        patterns |= voxels[part] << bit
    return patterns


def surface_and_volume(padded: NDArray[np.bool_], spacing: Floats) -> tuple[float, float]:
    """Return the surface area (mm2) and the volume (mm3) of the mesh around a mask.

    Args:
        padded: boolean mask (z, y, x) whose outermost voxels are all False.
        spacing: voxel size (z, y, x) in mm.
    """
    patterns = corner_patterns(padded)
    area = float(np.bincount(patterns.ravel(), minlength=256) @ _areas(spacing))
    places = np.array(np.nonzero((patterns > 0) & (patterns < FULL)))
    found = patterns[tuple(places)]
    constant, vector = _volume_terms()
    sixfold = constant[found].sum() + (vector[found] * places.T).sum()
    return area, float(sixfold * np.prod(spacing) / 6)

"""Checks of where volumes lie: grids, voxel sizes, what is covered, and tilt.

Arrays are `(z, y, x)`; thresholds are those at which a radiologist would ask back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDSegmentLib import geometry
from ELMEDSegmentLib.heads import head_of, shows_skull
from ELMEDSegmentLib.inputs.findings import NOTE, PROBLEM, WARNING, Finding
from ELMEDSegmentLib.labels import all_or_titles, joined_titles

if TYPE_CHECKING:
    from collections.abc import Mapping

    Volumes = Mapping[str, sitk.Image]

COARSEST_MM = 3.0
"""Longer voxels hide small parts of a tumour."""

SMALLEST_EXTENT_MM = 100.0
"""An adult's brain is 110 to 150 mm high, 130 mm wide and 170 mm long."""

LARGEST_CUT_MM2 = 2000.0
"""A brain that ends at the border with a larger face than this (its stem has 500 mm2) is cut."""

SMALLEST_SHARE_COVERED = 0.9

LARGEST_TILT_DEGREES = 10.0


def grids(volumes: Volumes, reference: str, *, preparing: bool) -> list[Finding]:
    """Return what lies on another grid than the reference: a problem each, or one note."""
    expected = geometry.Grid.of(volumes[reference])
    differences = {
        channel: geometry.difference(geometry.Grid.of(image), expected)
        for channel, image in volumes.items()
    }
    elsewhere = {channel: text for channel, text in differences.items() if text}
    if preparing and elsewhere:
        lie = "volume lies on another grid" if len(elsewhere) == 1 else "volumes lie on other grids"
        return [
            Finding(
                NOTE,
                "grid",
                f"The {joined_titles(elsewhere)} {lie} than the {joined_titles([reference])} "
                "volume.",
                "They will be registered and resampled.",
                (*elsewhere, reference),
            )
        ]
    return [
        Finding(
            PROBLEM,
            "grid",
            f"The {channel} volume lies on another grid than the {reference} volume ({text}).",
            "Register and resample the volumes to one of them first.",
            (channel, reference),
        )
        for channel, text in elsewhere.items()
    ]


def spacing(volumes: Volumes, working_mm: float | None = None) -> list[Finding]:
    """Return a finding when voxels are long; `working_mm` is the model's voxel, where known."""
    longest = {channel: max(image.GetSpacing()) for channel, image in volumes.items()}
    coarse = tuple(channel for channel, length in longest.items() if length > COARSEST_MM)
    if not coarse:
        return []
    length = max(longest.values())
    which = all_or_titles(coarse, volumes)
    works = f"; the network works on voxels of {working_mm:g} mm" if working_mm else ""
    return [
        Finding(
            WARNING,
            "spacing",
            f"Voxels of {which} are up to {length:.1f} mm long{works}.",
            "They are interpolated; small parts of the tumour may be missed.",
            coarse,
        )
    ]


def extent(image: sitk.Image, channel: str) -> Finding | None:
    """Return a finding when a head's volume is too low, narrow or short to show the brain."""
    corners = geometry.Grid.of(image).corners()
    extent = corners.max(axis=0) - corners.min(axis=0) + np.asarray(image.GetSpacing()).min()
    axis = int(extent.argmin())
    if extent[axis] >= SMALLEST_EXTENT_MM or not shows_skull(image):
        return None
    names = ("from right to left", "from front to back", "from foot to head")
    return Finding(
        WARNING,
        "coverage",
        f"The {channel} volume covers only {extent[axis]:.0f} mm {names[axis]}: it does not show "
        "the whole brain.",
        "What was not scanned stays without segments.",
        (channel,),
    )


def overlap(volumes: Volumes, reference: str) -> list[Finding]:
    """Compare where the reference shows something with what the other volumes cover."""
    image = volumes[reference]
    grid = geometry.Grid.of(image)
    zyx = np.argwhere(head_of(sitk.GetArrayViewFromImage(image)))
    points = grid.position(zyx[:: max(len(zyx) // 5000, 1), ::-1])
    found = []
    for channel, other in volumes.items():
        other_grid = geometry.Grid.of(other)
        if channel == reference or not geometry.difference(other_grid, grid):
            continue
        covered = float(_inside(points, other_grid).mean())
        if covered < SMALLEST_SHARE_COVERED:
            found.append(
                Finding(
                    WARNING,
                    "coverage",
                    f"The {channel} volume covers only {covered:.0%} of what the {reference} "
                    "volume shows.",
                    "Where a contrast is missing, the result is less exact.",
                    (channel, reference),
                )
            )
    return found


def _inside(points: np.ndarray, grid: geometry.Grid) -> np.ndarray:
    axes = np.reshape(grid.direction, (3, 3)) * np.asarray(grid.spacing)
    indices = np.linalg.solve(axes, (points - np.asarray(grid.origin)).T).T
    # Half a voxel beyond the outermost centres.
    low, high = -0.5, np.asarray(grid.size) - 0.5
    inside: np.ndarray = ((indices > low) & (indices < high)).all(axis=1)
    return inside


def cut(volumes: Volumes, reference: str) -> list[Finding]:
    """Find a brain without skull that ends at the border of the reference volume."""
    image = volumes[reference]
    if shows_skull(image):
        return []
    array = sitk.GetArrayViewFromImage(image)
    x, y, z = image.GetSpacing()
    for axis, area in enumerate((x * y, x * z, y * z)):
        for face in (array.take(0, axis), array.take(-1, axis)):
            if np.count_nonzero(face) * area > LARGEST_CUT_MM2:
                return [
                    Finding(
                        WARNING,
                        "coverage",
                        f"The brain ends at the border of the {reference} volume: a part of it is "
                        "not shown.",
                        "What is not shown stays without segments.",
                        (reference,),
                    )
                ]
    return []


def tilt(image: sitk.Image, reference: str) -> list[Finding]:
    """Return a finding when the grid is oblique."""
    direction = np.abs(np.reshape(image.GetDirection(), (3, 3)))
    # The angle between each axis of the grid and the nearest axis of the patient.
    tilt = float(np.degrees(np.arccos(np.clip(direction.max(axis=0), 0, 1))).max())
    if tilt <= LARGEST_TILT_DEGREES:
        return []
    return [
        Finding(
            NOTE,
            "orientation",
            f"The {reference} volume is tilted by {tilt:.0f} degrees against the patient's axes.",
            "It is sampled along the patient's axes; the result comes back on its own grid.",
            (reference,),
        )
    ]

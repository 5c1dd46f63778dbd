"""In which planes of a volume diameters are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ELMEDLib.errors import InputError

if TYPE_CHECKING:
    import SimpleITK as sitk

PLANES = ("axial", "coronal", "sagittal", "acquired")
"""The three anatomical planes, and that in which the slices were acquired (the thickest ones)."""

ACROSS = {"sagittal": 0, "coronal": 1, "axial": 2}
"""The axis of the patient (x to the left, y to the back, z up) that crosses each plane."""


def across_plane(image: sitk.Image, plane: str = "axial") -> int:
    """Return the array axis (z, y, x) along which the planes are stacked.

    That is the axis of the grid that points most nearly across the plane: lines are drawn in the
    grid's own slices, never between them, so that oblique scans are measured as acquired.

    Args:
        image: gives the grid.
        plane: one of `PLANES`.

    Raises:
        InputError: there is no such plane.
    """
    if plane not in PLANES:
        raise InputError(f"There is no plane '{plane}'.", f"Choose one of {', '.join(PLANES)}.")
    if plane == "acquired":
        spacing = image.GetSpacing()
        # Equally thick in all directions: a 3D acquisition, read in axial slices.
        if max(spacing) < min(spacing) * 1.01:
            return across_plane(image, "axial")
        return 2 - int(np.argmax(spacing))
    direction = np.abs(np.reshape(image.GetDirection(), (3, 3)))
    return 2 - int(np.argmax(direction[ACROSS[plane]]))

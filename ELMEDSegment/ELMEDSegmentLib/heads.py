"""Whether a volume shows a head or a brain, told from its foreground."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk

from ELMEDSegmentLib import geometry

# Skull-stripped heads fill 15 to 25 % of their field of view; with skull and air it is over half.
LARGEST_SHARE_OF_BRAIN = 0.6

# A brain has 1.0 to 1.8 litres; a head with its soft tissue has about three.
LARGEST_BRAIN_ML = 2100.0


def shows_skull(image: sitk.Image) -> bool:
    """Return whether a volume shows a head with its skull, rather than a brain alone.

    A stripped volume is zero outside the brain; what is left in it has a brain's volume.
    """
    array = sitk.GetArrayViewFromImage(image)
    if np.count_nonzero(array) > LARGEST_SHARE_OF_BRAIN * array.size:
        return True
    return head_of(array).sum() * geometry.Grid.of(image).voxel_volume_ml > LARGEST_BRAIN_ML


def head_of(array: np.ndarray) -> np.ndarray:
    """Return where an array `(z, y, x)` is brighter than a tenth of its bright tissue."""
    shown = array[array != 0]
    head: np.ndarray = array > 0.1 * np.percentile(shown[:: max(shown.size // 100_000, 1)], 98)
    return head

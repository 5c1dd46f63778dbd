"""Where the brain is in a scan: the bundled network, a program of the user, or what is not zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk
from scipy import ndimage

from ELMEDLib.errors import InputError
from ELMEDSegmentLib.geometry import Grid
from ELMEDSegmentLib.heads import shows_skull
from ELMEDSegmentLib.raw.brain_network import brain_probability, load_brain_network
from ELMEDSegmentLib.raw.brain_programs import PROGRAMS, brain_by_program

if TYPE_CHECKING:
    from collections.abc import Callable

    from ELMEDSegmentLib.raw.brain_network import BrainNetwork

AUTO, BUNDLED = "auto", "bundled"

METHODS = (AUTO, BUNDLED, *PROGRAMS)
"""Ways to extract the brain; "auto" takes a program of the user's where there is one."""

HALF = 0.5

SMALLEST_BRAIN_ML = 150.0
"""Less than this is no brain, nor the part of one that a study of a tumour would show."""


def chosen_method(wanted: str) -> str:
    """Return the way to extract the brain: "bundled", or the name of a program.

    Raises:
        InputError: the method is unknown.
    """
    if wanted not in METHODS:
        raise InputError(
            f"The brain extraction '{wanted}' is unknown.", f"Choose one of {', '.join(METHODS)}."
        )
    if wanted != AUTO:
        return wanted
    return next((name for name, program in PROGRAMS.items() if program.found()), BUNDLED)


def find_brain(image: sitk.Image, brain_network: BrainNetwork | None = None) -> sitk.Image:
    """Return the probability of brain in a float32 `image`, on the network's grid.

    In a volume without skull the brain is what is not zero; else the bundled network finds it.
    """
    brain_network = brain_network or load_brain_network()
    if shows_skull(image):
        found = brain_probability(image, brain_network)
    else:
        found = _not_zero(image, brain_network.manifest.spacing_mm)
    return in_one_piece(found)


def brain_of_method(
    image: sitk.Image, method: str, device: str, alive: Callable[[], None]
) -> sitk.Image | None:
    """Return the brain that a program finds in `image`, or None where the network is to find it."""
    if method not in PROGRAMS or not shows_skull(image):
        return None
    return brain_by_program(PROGRAMS[method], image, device, alive)


def in_one_piece(probability: sitk.Image) -> sitk.Image:
    """Return a `probability` of brain without holes and without what lies apart from the brain."""
    array = sitk.GetArrayFromImage(probability)
    pieces, count = ndimage.label(array > HALF)
    if count == 0:
        return probability
    largest = pieces == np.bincount(pieces.ravel())[1:].argmax() + 1
    # Below one half a rim remains around the brain, for the edge between voxels.
    array[~ndimage.binary_dilation(largest)] = 0
    array[ndimage.binary_fill_holes(largest) & ~largest] = 1
    return Grid.of(probability).place(array)


def volume_ml(probability: sitk.Image) -> float:
    """Return the volume in ml of where a `probability` of brain is above one half."""
    inside = int(np.count_nonzero(sitk.GetArrayViewFromImage(probability) > HALF))
    return inside * Grid.of(probability).voxel_volume_ml


def _not_zero(image: sitk.Image, spacing_mm: float) -> sitk.Image:
    from ELMEDSegmentLib.preparation import lps_grid, smoothed

    mask = ndimage.binary_fill_holes(sitk.GetArrayViewFromImage(image) != 0)
    placed = Grid.of(image).place(mask.astype(np.float32))
    return lps_grid(Grid.of(image), spacing_mm).resample(smoothed(placed, spacing_mm))

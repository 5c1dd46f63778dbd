"""A slice of a patient that the network never trained on, with its outlines and the expert's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDLib.files import written_whole
from ELMEDSegmentLib.labels import CHANNELS, REGIONS
from ELMEDSegmentLib.training.saving import told_when_full

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ELMEDSegmentLib.training.samples import TrainingCase

FOLDER = "slices"

EXPERT = (86, 180, 233)
NETWORK = (230, 159, 0)
"""Colours of the outlines: two of Okabe and Ito's, which colour-blind people can tell apart."""

TILES = (("flair", ("WT",)), ("t1c", ("TC", "ET")))
"""What the tiles show, from left to right: a contrast, and the outlines of which regions."""

HEIGHT = 360
"""Of the picture in pixels, about: tiles are enlarged by a whole number."""

EXPERT_WIDTH = 1
DARKEST, BRIGHTEST = 1.0, 99.7
"""Percentiles of the brain's intensities that become black and white."""


def most_telling(cases: Sequence[TrainingCase]) -> int:
    """Return the index of the case with the most tumour: its picture changes most."""
    return int(np.argmax([case.regions[0].sum() for case in cases]))


def draw_slice(case: TrainingCase, probabilities: np.ndarray) -> np.ndarray:
    """Return the axial slice with the largest tumour as a picture, as radiologists look at it.

    The patient's right is on the left, the front at the top. The expert's outlines are broad and
    blue, the network's narrow and orange, over FLAIR (whole tumour) and contrast-enhanced T1 (core
    and enhancing part).

    Args:
        case: with image, regions and brain `(..., z, y, x)` on LPS axes.
        probabilities: of the network, float32 `(region, z, y, x)`.

    Returns:
        uint8 `(y, x, rgb)`.
    """
    z = int(np.argmax(case.regions[0].sum(axis=(1, 2))))
    box = _block_around(np.asarray(case.brain.any(axis=0)))
    factor = max(HEIGHT // (box[0].stop - box[0].start), 1)
    order = list(REGIONS)
    tiles = []
    for channel, regions in TILES:
        image = case.image[CHANNELS.index(channel)]
        tile = np.repeat(_grey(image, case.brain, z, box, factor)[..., None], 3, axis=2)
        indices = [order.index(region) for region in regions]
        for masks, colour, width in (
            (case.regions[indices, z], EXPERT, EXPERT_WIDTH),
            (probabilities[indices, z], NETWORK, 0),
        ):
            for mask in masks:
                tile[_outline(mask[box], factor, width)] = colour
        tiles.append(tile)
    return np.concatenate(tiles, axis=1)


def write_slice(picture: np.ndarray, folder: Path, step: int) -> Path:
    """Write the picture of a step beside the metrics, and return its path.

    Raises:
        OutputError: it cannot be written.
    """
    path = picture_path(folder, step)
    image = sitk.GetImageFromArray(picture, isVector=True)
    with told_when_full(folder), written_whole(path) as temporary:
        sitk.WriteImage(image, str(temporary))
    return path


def picture_path(folder: Path, step: int) -> Path:
    """Return where the picture of a step is."""
    return folder / FOLDER / f"step-{step:06d}.png"


def _block_around(brain: np.ndarray) -> tuple[slice, slice]:
    """Return the block `(y, x)` of a bool array that holds all that is True, and a small margin."""
    slices = []
    for axis in (0, 1):
        inside = np.flatnonzero(brain.any(axis=1 - axis))
        slices.append(
            slice(max(int(inside[0]) - 2, 0), min(int(inside[-1]) + 3, brain.shape[axis]))
        )
    return slices[0], slices[1]


def _grey(
    image: np.ndarray, brain: np.ndarray, z: int, box: tuple[slice, slice], factor: int
) -> np.ndarray:
    """Return an enlarged slice as uint8 `(y, x)`, black outside the brain."""
    low, high = np.percentile(image[brain], [DARKEST, BRIGHTEST])
    scaled = np.clip((image[z][box] - low) / max(high - low, 1e-6), 0, 1)
    shown: np.ndarray = np.rint(_enlarged(scaled * brain[z][box], factor) * 255).astype(np.uint8)
    return shown


def _outline(share: np.ndarray, factor: int, width: int) -> np.ndarray:
    """Return where the border of a region runs in the enlarged slice, `width` pixels broader."""
    from scipy.ndimage import binary_dilation, binary_erosion

    inside = _enlarged(share, factor) > 0.5  # noqa: PLR2004 - more than half of the voxel
    line: np.ndarray = inside & ~binary_erosion(inside, iterations=2)
    return binary_dilation(line, iterations=width) if width else line


def _enlarged(array: np.ndarray, factor: int) -> np.ndarray:
    from scipy.ndimage import zoom

    enlarged: np.ndarray = zoom(
        array.astype(np.float32), factor, order=1, mode="nearest", grid_mode=True
    )
    return enlarged

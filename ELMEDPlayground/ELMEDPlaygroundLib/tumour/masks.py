"""Masks of tumours from files: pictures that were painted, and segmentations of whole volumes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib.tumour.classes import OUTSIDE, SHAPE, SPACING_MM
from ELMEDSegmentLib.geometry import Grid
from ELMEDSegmentLib.label_files import read_labels
from ELMEDSegmentLib.labels import CHANNELS, LABELS, REGIONS

if TYPE_CHECKING:
    from pathlib import Path

    from ELMEDPlaygroundLib.tumour.brains import Brain

PICTURES = (".png", ".bmp", ".tif", ".tiff")

GREYS = {0: 0, 85: 1, 170: 2, 255: 3}
"""Grey values that can be seen, and the labels that they stand for."""

OLD_ENHANCING = 4
MOST_PIXELS = 50_000_000
"""Of a picture: a small file can stand for more than there is memory."""

USUAL_LEVEL = 0.58
"""Where one slice is put, as a share of the brain's height: through the lateral ventricles."""

BACKGROUND_GREY, GREY_PER_DEVIATION = 1000.0, 180.0
"""Brightness in volumes of what is as bright as the mean of the brain, and a deviation more."""


@dataclass(frozen=True)
class Mask:
    """Glioma labels to be set into a brain.

    Attributes:
        labels: uint8 `(n, 96, 80)`, 0 to 3.
        whole: whether they are of a volume, rather than of one slice.
    """

    labels: np.ndarray
    whole: bool

    def placed(self, brain: Brain, level: int | None = None) -> tuple[np.ndarray, range]:
        """Return the brain with the tumour in it, and the levels that are returned.

        A slice comes to `level`, or to a usual one. The middle of a volume comes to the middle of
        the brain; with a level, the slice with most tumour comes there.

        Returns:
            classes, uint8 `(levels, 96, 80)`, and the levels: all of the brain for a volume.

        Raises:
            InputError: there is no such level, these are no labels, or none of the tumour comes to
                lie in the brain. Where there is none at all, the brain is healthy.
        """
        if self.labels.shape[1:] != SHAPE or self.labels.max() > max(LABELS.values()):
            raise InputError(
                f"The mask has the shape {self.labels.shape[1:]}, or labels above 3.",
                f"Give {SHAPE[0]} rows and {SHAPE[1]} columns of labels from 0 to 3.",
            )
        if level is not None and not 0 <= level < brain.levels:
            raise InputError(
                f"There is no level {level} in {brain.name}.", f"Choose 0 to {brain.levels - 1}."
            )
        if not self.whole:
            place = round(USUAL_LEVEL * brain.levels) if level is None else level
            levels, offset = range(place, place + 1), place
        else:
            levels = range(brain.levels)
            fullest = int((self.labels > 0).sum((1, 2)).argmax())
            offset = (brain.levels - len(self.labels)) // 2 if level is None else level - fullest
        empty = np.zeros(SHAPE, np.uint8)
        found = []
        for number in levels:
            inside = 0 <= number - offset < len(self.labels)
            found.append(brain.painted(number, self.labels[number - offset] if inside else empty))
        classes = np.stack(found)
        if self.labels.any() and (classes == brain.classes[levels.start : levels.stop]).all():
            raise InputError(
                "None of the mask lies inside the brain.",
                "Paint inside the brain, or choose another brain or level.",
            )
        return classes, levels


def read_mask(path: Path) -> Mask:
    """Read a mask: a grey picture, or a segmentation with BraTS's labels.

    A picture, whatever its size, stands for a slice of 160 x 192 mm with the front at the top and
    the patient's right at the left. A segmentation is laid with the middle of its grid on the
    middle of the brain.

    Raises:
        InputError: the file cannot be read, or holds other values.
    """
    if path.suffix.lower() in PICTURES:
        return Mask(_read_picture(path)[None], whole=False)
    labels = on_slices(read_labels(path, "mask"))
    if not labels.any():
        raise InputError(f"'{path.name}' holds no tumour.", "Give a mask with labels 1 to 3.")
    return Mask(labels, whole=len(labels) > 1)


def on_slices(image: sitk.Image) -> np.ndarray:
    """Return a label image sampled on slices around its middle, uint8 `(n, 96, 80)`."""
    grid = Grid.of(image)
    middle = grid.position(np.array([[(n - 1) / 2 for n in grid.size]]))[0]
    axes = np.abs(np.reshape(grid.direction, (3, 3)) * np.asarray(grid.spacing))
    height = float(axes[2] @ np.asarray(grid.size))
    count = max(round(height / SPACING_MM), 1)
    slices = slice_grid(count, middle)
    array = sitk.GetArrayViewFromImage(image)
    labels = np.zeros((count, *SHAPE), np.uint8)
    # Nested regions, the outermost first, so that what is thin is not lost between them.
    paints = (LABELS["oedema"], LABELS["necrotic_core"], LABELS["enhancing_tumour"])
    for values, paint in zip(REGIONS.values(), paints, strict=True):
        region = grid.place(np.isin(array, values).astype(np.float32))
        labels[sitk.GetArrayFromImage(slices.resample(region)) > 0.5] = paint  # noqa: PLR2004
    return labels


def slice_grid(count: int, middle: np.ndarray) -> Grid:
    """Return the grid of so many slices around a point (LPS, mm)."""
    size = (SHAPE[1], SHAPE[0], count)
    origin = tuple(float(m - (n - 1) / 2 * SPACING_MM) for m, n in zip(middle, size, strict=True))
    return Grid(size, (SPACING_MM,) * 3, origin, (1.0, 0, 0, 0, 1.0, 0, 0, 0, 1.0))


def volumes_of(
    slices: np.ndarray, classes: np.ndarray, levels: range, of: int
) -> dict[str, sitk.Image]:
    """Return slices as images of a patient's scan: by contrast, int16, 0 outside the brain.

    Args:
        slices: `(n, 4, 96, 80)`, z-scored.
        classes: of the pixels, `(n, 96, 80)`.
        levels: of the slices, so that they lie at their height.
        of: how many levels the brain has; its middle is the origin of the patient's space.
    """
    height = (levels.start + levels.stop - 1) / 2 - (of - 1) / 2
    grid = slice_grid(len(levels), np.array([0.0, 0.0, height * SPACING_MM]))
    grey = np.rint(BACKGROUND_GREY + GREY_PER_DEVIATION * slices).clip(1, 32767)
    grey = grey * (classes != OUTSIDE)[:, None]
    return {
        name: grid.place(np.ascontiguousarray(grey[:, number].astype(np.int16)))
        for number, name in enumerate(CHANNELS)
    }


def _read_picture(path: Path) -> np.ndarray:
    """Return a picture as labels, uint8 `(96, 80)`."""
    wrong = "Give one with the grey values 0, 1, 2, 3, or 0, 85, 170, 255: core, oedema, enhancing."
    if not path.is_file():
        raise InputError(f"The mask '{path}' does not exist.", "Check the path and its spelling.")
    try:
        reader = sitk.ImageFileReader()
        reader.SetFileName(str(path))
        reader.ReadImageInformation()
        if math.prod(reader.GetSize()) > MOST_PIXELS:
            raise InputError(f"'{path.name}' has too many pixels.", "Give a smaller picture.")
        image = reader.Execute()
    except RuntimeError as error:
        raise InputError(f"'{path.name}' cannot be read as a picture.", wrong) from error
    if image.GetDimension() != 2 or image.GetNumberOfComponentsPerPixel() != 1:  # noqa: PLR2004
        raise InputError(f"'{path.name}' is no grey picture.", wrong)
    array = sitk.GetArrayFromImage(image)
    found = set(np.unique(array).tolist())
    if not found - {0}:
        raise InputError(f"'{path.name}' is empty: nothing is painted.", wrong)
    if found <= {0, *LABELS.values(), OLD_ENHANCING}:
        labels = np.minimum(array, 3)
    elif found <= set(GREYS):
        labels = array // 85
    else:
        raise InputError(f"'{path.name}' has grey values that stand for no label.", wrong)
    rows, columns = (
        ((np.arange(wanted) + 0.5) * given / wanted).astype(int)
        for wanted, given in zip(SHAPE, array.shape, strict=True)
    )
    return labels[np.ix_(rows, columns)].astype(np.uint8)

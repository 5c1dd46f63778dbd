"""Brains to paint tumours into: label maps of simulated heads, which come with ELMED."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ELMEDLib.errors import InputError, ModelError
from ELMEDPlaygroundLib.tumour.classes import CLASSES, OUTSIDE, SHAPE, SPACING_MM, TUMOUR
from ELMEDPlaygroundLib.tumour.model import AGAIN, FOLDER

if TYPE_CHECKING:
    from pathlib import Path

FILE = FOLDER / "elmed-brains.npz"


@dataclass(frozen=True)
class Brain:
    """What each voxel of a brain is.

    Attributes:
        name: for programs and people, such as "Brain 1".
        classes: uint8 `(z, 96, 80)`, see `classes.CLASSES`; the first level is the lowest one.
    """

    name: str
    classes: np.ndarray

    @property
    def levels(self) -> int:
        """How many slices there are."""
        return len(self.classes)

    def height_mm(self, level: int) -> float:
        """Return how far a level lies above the lowest one."""
        return level * SPACING_MM

    def painted(self, level: int, mask: np.ndarray) -> np.ndarray:
        """Return a level with a tumour in it, uint8 `(96, 80)`.

        Args:
            level: from 0.
            mask: glioma labels 0 to 3, `(96, 80)`; what lies outside the brain is left out.
        """
        found: np.ndarray = self.classes[level].copy()
        for label, kind in TUMOUR.items():
            found[(mask == label) & (found != OUTSIDE)] = kind
        return found


@lru_cache(maxsize=1)
def bundled_brains(path: Path = FILE) -> dict[str, Brain]:
    """Return the brains by name.

    Raises:
        ModelError: the file is missing or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            brains = {name: Brain(name, file[name]) for name in file.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError("The brains to paint tumours into cannot be read.", AGAIN) from error
    for brain in brains.values():
        fits = brain.classes.ndim == 3 and brain.classes.shape[1:] == SHAPE  # noqa: PLR2004
        if not fits or brain.classes.dtype != np.uint8 or brain.classes.max() >= len(CLASSES):
            raise ModelError(f"'{brain.name}' is no label map of a brain.", AGAIN)
    return brains


def find_brain(name: str) -> Brain:
    """Return the brain of this name.

    Raises:
        InputError: there is none.
    """
    brains = bundled_brains()
    if name not in brains:
        raise InputError(
            f"There is no brain of the name '{name[:40]}'.", f"Choose {' or '.join(brains)}."
        )
    return brains[name]

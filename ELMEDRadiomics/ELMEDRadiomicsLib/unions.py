"""Regions that are made of several labels of a mask, such as the whole tumour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.masks import labels_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def united_masks(
    mask: sitk.Image, unions: Mapping[str, Sequence[int]]
) -> list[tuple[sitk.Image, dict[int, str]]]:
    """Return a mask for each union, with its name by the value that it has there.

    The values are ones that the mask has not, so that a union is never taken for a label.

    Args:
        mask: whole numbers.
        unions: labels of each region by its name; labels that do not occur are left out.

    Raises:
        InputError: none of a union's labels occurs.
    """
    array = sitk.GetArrayViewFromImage(mask)
    found = []
    first = max(labels_of(mask), default=0) + 1
    for value, (name, labels) in enumerate(unions.items(), start=first):
        inside = np.isin(array, list(labels))
        if not inside.any():
            raise InputError(
                f"None of the labels of '{name}' occurs in the mask.",
                f"Labels that do: {', '.join(map(str, labels_of(mask))) or 'none'}.",
            )
        image = sitk.GetImageFromArray(np.where(inside, value, 0).astype(np.uint32))
        image.CopyInformation(mask)
        found.append((image, {value: name}))
    return found


def read_unions(given: Sequence[str] | None) -> dict[str, list[int]]:
    """Return unions written as NAME=1,2,3.

    Raises:
        InputError: one is written otherwise, or two have one name.
    """
    found: dict[str, list[int]] = {}
    for text in given or ():
        name, _, labels = text.partition("=")
        numbers: list[Any] = [part.strip() for part in labels.split(",")]
        if not name.strip() or not all(number.isdigit() for number in numbers):
            raise InputError(
                f"'{text}' does not say which labels a region is made of.",
                "Write its name and the labels, such as 'whole tumour=1,2,3'.",
            )
        if name.strip() in found:
            raise InputError(f"Two regions are called '{name.strip()}'.", "Name them apart.")
        found[name.strip()] = [int(number) for number in numbers]
    return found

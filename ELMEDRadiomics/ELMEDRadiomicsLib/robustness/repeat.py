"""Extracting features again and again, each time from something slightly different."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDLib.progress import Progress, no_progress, within
from ELMEDRadiomicsLib.engine import extract
from ELMEDRadiomicsLib.names import SHAPE_CLASSES
from ELMEDRadiomicsLib.robustness.perturbations import STEPS, changed_image, changed_mask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDRadiomicsLib.backends import Options
    from ELMEDRadiomicsLib.results import Feature
    from ELMEDRadiomicsLib.robustness.stability import Values
    from ELMEDRadiomicsLib.settings import Settings

LEAST_VOXELS = 27
"""Of an eroded segment: less is no texture."""


def repeated(
    images: Mapping[str, sitk.Image],
    mask: sitk.Image,
    settings: Settings,
    labels: Mapping[int, str],
    options: Options,
    progress: Progress = no_progress,
) -> tuple[Values, list[str]]:
    """Return the values of every feature over all repetitions, and warnings.

    Each segment is changed by itself: a larger one may reach into its neighbour.

    Args:
        images: 3D, by name, on the mask's grid.
        mask: whole numbers.
        settings: as for `extract`.
        labels: names by label.
        options: as for `extract`.
        progress: told how far the work is.

    Raises:
        InputError: no segment is large enough.
    """
    kept, warnings = _large_enough(mask, labels)
    values: Values = {}
    count = len(kept) * len(STEPS)
    done = 0
    for title, step in STEPS.items():
        altered = {key: changed_image(image, step) for key, image in images.items()}
        for name, own in kept.items():
            part = within(progress, done / count, (done + 1) / count)
            part("robustness", 0.0, f"{name}: {title}")
            found = extract(altered, changed_mask(own, step), settings, {1: name}, options)
            for feature in found.features:
                _add(values, feature, next(iter(images)))
            done += 1
    return values, warnings


def _large_enough(
    mask: sitk.Image, labels: Mapping[int, str]
) -> tuple[dict[str, sitk.Image], list[str]]:
    kept, warnings = {}, []
    for label, name in labels.items():
        own = sitk.Cast(mask == label, sitk.sitkUInt8)
        smaller = sitk.GetArrayFromImage(changed_mask(own, "erode"))
        thick = all(np.ptp(axis) > 0 for axis in np.nonzero(smaller)) if smaller.any() else False
        if np.count_nonzero(smaller) >= LEAST_VOXELS and thick:
            kept[name] = own
        else:
            warnings.append(
                f"'{name}' is too small to be made smaller; its features were not tried."
            )
    if not kept:
        raise InputError(
            "Every segment is too small to be made one voxel smaller.",
            "Check robustness on larger segments.",
        )
    return kept, warnings


def _add(values: Values, feature: Feature, first_image: str) -> None:
    """Append a value; shape, which images have in common, counts once."""
    target = f"{feature.segment} in {feature.image}"
    if feature.name.split("_")[-2] in SHAPE_CLASSES:
        if feature.image != first_image:
            return
        target = feature.segment
    values.setdefault(feature.name, {}).setdefault(target, []).append(float(feature.value))

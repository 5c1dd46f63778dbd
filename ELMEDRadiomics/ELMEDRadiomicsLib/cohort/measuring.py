"""One case of a cohort measured: a line of features, and how intensities are spread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from ELMEDLib.cohort.case import MASK, Case
from ELMEDLib.cohort.work import CaseResult
from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.backends import Options
from ELMEDRadiomicsLib.cohort.columns import intensity_column, wide_row
from ELMEDRadiomicsLib.engine import extract
from ELMEDRadiomicsLib.geometry import difference
from ELMEDRadiomicsLib.masks import MaskError, integer_mask, labels_of
from ELMEDRadiomicsLib.reading import read_image
from ELMEDRadiomicsLib.settings import Settings, from_parameters

if TYPE_CHECKING:
    from ELMEDRadiomicsLib.results import Extraction

PERCENTILES = (5, 25, 50, 75, 95)
"""Of the intensities of each segment: what the report draws of a patient."""


def measure_case(case: Case, arguments: dict[str, Any]) -> CaseResult:
    """Measure a case.

    Args:
        case: with a mask and at least one image.
        arguments: `settings` (a parameter file's content), `profile`, `images` (names of all
            sequences of the cohort) and `labels` (to look at; None for all that occur).

    Returns:
        A row of features by column (see `columns`), and as details percentiles of intensities.

    Raises:
        ELMEDError: the case cannot be measured; one clear sentence.
    """
    wanted = [name for name in arguments["images"] if name in case.paths]
    if MASK not in case.paths:
        raise InputError("The case has no mask.", "Give the file that holds its segments.")
    if not wanted:
        raise InputError("The case has no image.", "Give at least one sequence.")
    images = {name: read_image(case.paths[name], f"image '{name}'") for name in wanted}
    mask = read_image(case.paths[MASK], "mask")
    warnings = [
        f"There is no image '{name}': its columns are empty."
        for name in arguments["images"]
        if name not in wanted
    ]
    settings = from_parameters(arguments["settings"])
    labels = _labels(mask, settings, arguments.get("labels"), warnings)
    found = _extracted(images, mask, settings, labels, Options(profile=arguments["profile"]))
    row: dict[str, float] = {}
    for extraction in found:
        row |= wide_row(extraction)
        warnings += extraction.warnings
    left_out = [label for label in labels if not any(e.values(label=label) for e in found)]
    warnings += [f"Label {label} is too small to be measured." for label in left_out]
    return CaseResult(dict(row), list(dict.fromkeys(warnings)), _spread(images, mask, labels))


def _labels(
    mask: sitk.Image, settings: Settings, given: list[int] | None, warnings: list[str]
) -> list[int]:
    """Return the labels to measure; those that a case lacks are warned about."""
    there = labels_of(integer_mask(mask, settings.general["label_channel"]))
    if not there:
        raise MaskError("The mask is empty: no voxel is labelled.", "Segment something first.")
    if not given:
        return there
    found = [label for label in given if label in there]
    if not found:
        wanted, those = ", ".join(map(str, given)), ", ".join(map(str, there))
        raise MaskError(
            f"None of the labels {wanted} occurs in the mask.", f"Labels that do: {those}."
        )
    warnings += [
        f"Label {label} does not occur: its columns are empty."
        for label in given
        if label not in there
    ]
    return found


def _extracted(
    images: dict[str, sitk.Image],
    mask: sitk.Image,
    settings: Settings,
    labels: list[int],
    options: Options,
) -> list[Extraction]:
    """Measure all labels at once; where one of them cannot be measured, the others one by one.

    Raises:
        InputError: no label can be measured, or an image cannot be used.
    """
    try:
        return [extract(images, mask, settings, labels, options)]
    except MaskError:
        if len(labels) == 1:
            raise
    tried = [_tried(images, mask, settings, label, options) for label in labels]
    found = [answer for answer in tried if not isinstance(answer, MaskError)]
    if not found:
        raise next(answer for answer in tried if isinstance(answer, MaskError))
    return found


def _tried(
    images: dict[str, sitk.Image],
    mask: sitk.Image,
    settings: Settings,
    label: int,
    options: Options,
) -> Extraction | MaskError:
    try:
        return extract(images, mask, settings, [label], options)
    except MaskError as error:
        return error


def _spread(images: dict[str, sitk.Image], mask: sitk.Image, labels: list[int]) -> dict[str, float]:
    """Return percentiles of the images' own intensities in each segment."""
    found: dict[str, float] = {}
    where = sitk.GetArrayViewFromImage(mask)
    for name, image in images.items():
        if difference(image, mask, None) is not None:
            continue  # settings with correctMask bring them together for features alone
        values = sitk.GetArrayViewFromImage(image)
        for label in labels:
            inside = np.percentile(values[where == label], PERCENTILES)
            for percentile, value in zip(PERCENTILES, inside, strict=True):
                found[intensity_column(name, label, percentile)] = float(value)
    return found

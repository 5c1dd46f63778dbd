"""The charts' numbers of files: what the worker and the command line ask for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDLib.files import written_whole
from ELMEDLib.progress import Progress, no_progress
from ELMEDRadiomicsLib.boxes import bounding_box
from ELMEDRadiomicsLib.charts.intensities import boxes, histograms
from ELMEDRadiomicsLib.charts.shapes import radar, shape_features
from ELMEDRadiomicsLib.charts.texture_matrix import KINDS, texture_matrix
from ELMEDRadiomicsLib.masks import integer_mask, labels_of, voxels_of
from ELMEDRadiomicsLib.reading import read_image

if TYPE_CHECKING:
    from collections.abc import Mapping


def charts_files(arguments: Mapping[str, Any], progress: Progress = no_progress) -> dict[str, Any]:
    """Compute what charts show.

    Args:
        arguments: JSON-able: `images`, `mask`, `labels`, `settings`, `preset` and
            `options.profile` as for the task `extract`, and `output`, a `.json` file or None.
        progress: told how far the work is.

    Returns:
        `histograms` and `boxes` by image (see `intensities`), `shapes` and `radar` by segment,
        `matrices` by kind, image and segment, `outputs`.

    Raises:
        ELMEDError: something cannot be read, used or written.
    """
    from ELMEDRadiomicsLib.tasks import settings_of

    settings, profile = settings_of(arguments)
    profile = (arguments.get("options") or {}).get("profile") or profile
    mask = integer_mask(read_image(arguments["mask"], "mask"), settings.general["label_channel"])
    names = _names(arguments.get("labels"), mask)
    masks = {name: voxels_of(mask, label) for label, name in names.items()}
    found: dict[str, Any] = {
        "histograms": {},
        "boxes": {},
        "shapes": {name: _shape(own, mask) for name, own in masks.items()},
        "matrices": {kind: {} for kind in KINDS},
    }
    found["radar"] = radar(found["shapes"])
    images = arguments.get("images") or {}
    for number, (title, path) in enumerate(images.items()):
        progress("charts", number / len(images), f"Looking at {title}")
        image = read_image(path, f"image '{title}'")
        array = sitk.GetArrayViewFromImage(image)
        if array.shape != next(iter(masks.values())).shape:
            raise InputError(
                f"The image '{title}' lies on another grid than the mask.",
                "Resample one to the other first.",
            )
        values = {name: np.asarray(array)[own] for name, own in masks.items()}
        if not all(np.isfinite(own).all() for own in values.values()):
            raise InputError(
                f"The image '{title}' holds values inside a segment that are not numbers.",
                "Repair the image, or leave those voxels out of the segment.",
            )
        found["histograms"][title] = histograms(values)
        found["boxes"][title] = boxes(values)
        for kind in KINDS:
            found["matrices"][kind][title] = {
                name: texture_matrix(image, mask, label, kind, settings, profile)
                for label, name in names.items()
            }
    found["outputs"] = _written(found, arguments.get("output"))
    progress("done", 1.0, "Charts computed")
    return found


def _names(labels: Any, mask: sitk.Image) -> dict[int, str]:
    if isinstance(labels, dict):
        return {int(label): str(name) for label, name in labels.items()}
    wanted = [int(label) for label in labels or labels_of(mask)]
    if not wanted:
        raise InputError("The mask is empty: no voxel is labelled.", "Segment something first.")
    return {label: f"label {label}" for label in wanted}


def _shape(voxels: Any, mask: sitk.Image) -> dict[str, float]:
    found = bounding_box(voxels)
    if found is None:  # pragma: no cover - voxels_of has found some
        raise InputError("A segment is empty.", "Draw something first.")
    return shape_features(voxels[found.slices], tuple(reversed(mask.GetSpacing())))


def _written(found: dict[str, Any], output: Any) -> list[str]:
    if not output:
        return []
    path = Path(output)
    if path.suffix.lower() != ".json":
        raise InputError(
            f"'{path.name}' does not say how to write the charts.",
            "Give the output a name that ends in .json.",
        )
    with written_whole(path) as temporary:
        temporary.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return [str(path)]

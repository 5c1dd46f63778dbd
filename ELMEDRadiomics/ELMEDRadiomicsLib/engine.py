"""The one way to radiomics features: images, a mask and settings in, an extraction out."""

from __future__ import annotations

import hashlib
import platform
from collections import abc
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

import ELMEDLib
from ELMEDLib.errors import InputError
from ELMEDLib.progress import Progress, no_progress
from ELMEDRadiomicsLib.backends import Options, Request, backend
from ELMEDRadiomicsLib.geometry import geometry_of
from ELMEDRadiomicsLib.ibsi import check_profile
from ELMEDRadiomicsLib.masks import MaskError, integer_mask, labels_of
from ELMEDRadiomicsLib.results import Extraction
from ELMEDRadiomicsLib.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def extract(
    images: Mapping[str, sitk.Image],
    mask: sitk.Image,
    settings: Settings | None = None,
    labels: Mapping[int, str] | Iterable[int] | None = None,
    options: Options | None = None,
    progress: Progress = no_progress,
) -> Extraction:
    """Compute the radiomics features of some images in some segments.

    Args:
        images: image (3D, one value per voxel) by name of the sequence.
        mask: whole numbers; one segment per value.
        settings: a parameter file's content; pyradiomics' defaults when left out.
        labels: values of the segments, with names if there are any; left out, the label that the
            settings name, else all that occur.
        options: engine, profile, normalisation and threads.
        progress: told how far the work is.

    Returns:
        The values with everything that is needed to repeat them.

    Raises:
        InputError: an image, the mask or a setting cannot be used; one clear sentence each.
        MissingPackageError: a package is missing that the settings need.

    Example:
        >>> found = extract({"t1c": image}, mask, preset("course").settings(), {1: "core"})
        >>> found.values("t1c", 1)["original_shape_MeshVolume"]
    """
    if not images:
        raise InputError("There is no image to compute features of.", "Give at least one image.")
    options = options or Options()
    check_profile(options.profile)
    chosen = backend(options.engine)
    settings = settings or Settings()
    whole_mask = integer_mask(mask, settings.general["label_channel"])
    named = _named_labels(labels, whole_mask, settings)
    answer = chosen.compute(Request(images, whole_mask, named, settings, options), progress)
    return Extraction(
        answer.features,
        dict(settings.parameters),
        _said(options),
        {**_versions(), **chosen.versions()},
        _inputs(images, whole_mask, named),
        answer.warnings,
        {stage: round(seconds, 4) for stage, seconds in answer.seconds.items()},
    )


def _said(options: Options) -> dict[str, Any]:
    """Return the options that change values."""
    return {
        "engine": options.engine,
        "profile": options.profile,
        "normalisation": options.normalisation,
    }


def _named_labels(
    labels: Mapping[int, str] | Iterable[int] | None, mask: sitk.Image, settings: Settings
) -> dict[int, str]:
    if labels is None:
        said = (settings.parameters.get("setting") or {}).get("label")
        labels = [said] if said is not None else labels_of(mask)
        if not labels:
            raise MaskError("The mask is empty: no voxel is labelled.", "Segment something first.")
    if isinstance(labels, abc.Mapping):
        return {int(label): str(name) for label, name in labels.items()}
    return {int(label): f"label {label}" for label in labels}


def _inputs(
    images: Mapping[str, sitk.Image], mask: sitk.Image, labels: Mapping[int, str]
) -> dict[str, Any]:
    return {
        "images": {name: _identity(image) for name, image in images.items()},
        "mask": _identity(mask),
        "labels": {str(label): name for label, name in labels.items()},
    }


def _versions() -> dict[str, str]:
    return {
        "elmed": ELMEDLib.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "SimpleITK": sitk.Version.VersionString(),
    }


def _identity(image: sitk.Image) -> dict[str, Any]:
    """Return what tells an image from others: its grid and a digest of its voxels."""
    size, spacing, origin, direction = geometry_of(image)
    voxels = np.ascontiguousarray(sitk.GetArrayViewFromImage(image))
    return {
        "size": list(size),
        "spacing": list(spacing),
        "origin": list(origin),
        "direction": list(direction),
        "type": image.GetPixelIDTypeAsString(),
        "digest": hashlib.blake2b(voxels.data, digest_size=16).hexdigest(),
    }

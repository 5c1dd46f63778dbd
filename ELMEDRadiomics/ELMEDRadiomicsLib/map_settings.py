"""Settings that ask for the map of one feature only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.names import IMAGE_TYPES, SHAPE_CLASSES
from ELMEDRadiomicsLib.settings_edits import with_features, with_image_types

if TYPE_CHECKING:
    from collections.abc import Mapping


def image_type_of(name: str) -> str:
    """Return the image type of a full feature name, such as LoG for `log-sigma-2-mm-3D_...`."""
    prefix = name.partition("_")[0].split("-")
    word = "lbp2d" if prefix[0] == "lbp" else prefix[0]
    return next((kind for kind in IMAGE_TYPES if kind.lower() == word), "Original")


def has_map(name: str) -> bool:
    """Tell whether a feature, by its full name, can differ from voxel to voxel."""
    words = name.split("_")
    return len(words) > 2 and words[-2] not in SHAPE_CLASSES  # noqa: PLR2004 - image, class, name


def map_settings(parameters: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a parameter file's content that computes one feature of one image type.

    Raises:
        InputError: the feature describes the segment as a whole.
    """
    if not has_map(name):
        raise InputError(
            f"'{name}' describes the segment as a whole and has no map.",
            "Choose a feature of intensities or texture.",
        )
    kind, feature = name.split("_")[-2:]
    content = with_features(parameters, {kind: [feature]})
    return with_image_types(content, [image_type_of(name)])

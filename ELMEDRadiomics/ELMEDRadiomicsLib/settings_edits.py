"""Changes to a parameter file's content: features, filters and single settings.

Every function takes the content (sections by name, as `Settings.parameters`), leaves it as it is,
and returns a new one. Nothing is lost on the way: sections and settings that a change does not
concern stay.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.names import FEATURES, known_features
from ELMEDRadiomicsLib.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    Parameters = Mapping[str, Any]

LOG_WIDTHS = (1.0, 2.0, 3.0)
"""In mm: of the LoG filter when it is switched on."""


def chosen_features(parameters: Parameters) -> dict[str, tuple[str, ...]]:
    """Return the features that are computed, by class; classes without any are left out."""
    return Settings(parameters).feature_classes


def with_features(parameters: Parameters, choice: Mapping[str, Collection[str]]) -> dict[str, Any]:
    """Return content that computes the given features.

    Args:
        parameters: the content.
        choice: features by class, in any order; a class without features is left out.

    Raises:
        InputError: no feature is left, or there is none of that name.
    """
    sections: dict[str, list[str]] = {}
    for kind, names in choice.items():
        unknown = sorted(set(names) - set(known_features(kind))) if kind in FEATURES else [kind]
        if unknown:
            raise InputError(
                f"'{unknown[0]}' is no feature of the class '{kind}'.",
                "Write it as pyradiomics does, such as glcm:Contrast.",
            )
        if set(names) == set(FEATURES[kind]):
            sections[kind] = []  # a parameter file's way to say: all of them
        elif names:
            sections[kind] = [name for name in known_features(kind) if name in names]
    if not sections:
        raise InputError("No feature is left to compute.", "Keep at least one feature checked.")
    return {**copy.deepcopy(dict(parameters)), "featureClass": sections}


def with_image_types(parameters: Parameters, names: Sequence[str]) -> dict[str, Any]:
    """Return content that computes features of the given image types.

    Types that were there keep their own settings; LoG gets widths when it has none.

    Raises:
        InputError: no type is left.
    """
    if not names:
        raise InputError(
            "No image is left to compute features of.", "Keep 'Original' or a filter checked."
        )
    known = Settings(parameters).image_types
    types = {name: dict(known.get(name, {})) for name in names}
    widths = Settings(parameters).general["sigma"]
    if "LoG" in types and not types["LoG"].get("sigma") and not widths:
        types["LoG"]["sigma"] = list(LOG_WIDTHS)
    return {**copy.deepcopy(dict(parameters)), "imageType": types}


def with_log_widths(parameters: Parameters, widths: Sequence[float]) -> dict[str, Any]:
    """Return content whose LoG filter has the given widths in mm."""
    changed = with_image_types(parameters, list(Settings(parameters).image_types))
    changed["imageType"]["LoG"]["sigma"] = [float(width) for width in widths]
    return changed


def log_widths(parameters: Parameters) -> list[float]:
    """Return the widths of the LoG filter in mm, empty when it is not asked for."""
    settings = Settings(parameters)
    if "LoG" not in settings.image_types:
        return []
    return list(settings.for_image_type("LoG")["sigma"])


def with_settings(parameters: Parameters, **values: Any) -> dict[str, Any]:
    """Return content with new values in its section `setting`; None takes a setting out."""
    changed = copy.deepcopy(dict(parameters))
    section = {**(changed.get("setting") or {}), **values}
    changed["setting"] = {name: value for name, value in section.items() if value is not None}
    return changed


def with_bins(parameters: Parameters, width: float | None, count: int | None) -> dict[str, Any]:
    """Return content that bins grey levels by a width or a count; the other one is taken out."""
    return with_settings(parameters, binWidth=width, binCount=count)

"""What a pyradiomics parameter file may say, and the checks of each value.

Source: the documentation of pyradiomics 3.0.1, "Customizing the extraction".
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ELMEDRadiomicsLib.names import FEATURES, IMAGE_TYPES, known_features

INTERPOLATORS = (
    "sitkNearestNeighbor",
    "sitkLinear",
    "sitkBSpline",
    "sitkGaussian",
    "sitkLabelGaussian",
    "sitkHammingWindowedSinc",
    "sitkCosineWindowedSinc",
    "sitkWelchWindowedSinc",
    "sitkLanczosWindowedSinc",
    "sitkBlackmanWindowedSinc",
)
WEIGHTINGS = ("manhattan", "euclidean", "infinity", "no_weighting")
RESEGMENT_MODES = ("absolute", "relative", "sigma")
LBP_METHODS = ("default", "ror", "uniform", "var")
SECTIONS = ("imageType", "featureClass", "setting", "voxelSetting")


class Unfit(Exception):
    """A value does not fit; the text says what is allowed."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a parameter file: where (the path of keys) and what."""

    path: tuple[str, ...]
    text: str


Check = Callable[[Any], None]


def _number(kind: type, least: float | None, most: float | None, *, exclusive: bool) -> Check:
    noun = "a whole number" if kind is int else "a number"
    bounds = []
    if least is not None:
        bounds.append(f"greater than {least:g}" if exclusive else f"at least {least:g}")
    if most is not None:
        bounds.append(f"at most {most:g}")
    allowed = " and ".join([noun] if not bounds else [f"{noun} {' and '.join(bounds)}"])

    def check(value: Any) -> None:
        fits = isinstance(value, (int, float)) and not isinstance(value, bool)
        fits = fits and (kind is float or float(value).is_integer())
        if fits and least is not None:
            fits = value > least if exclusive else value >= least
        if fits and most is not None:
            fits = value <= most
        if not fits or value != value or abs(value) == float("inf"):  # noqa: PLR0124 - NaN
            raise Unfit(f"must be {allowed}, not {value!r}")

    return check


def _integer(
    least: float | None = None, most: float | None = None, *, exclusive: bool = False
) -> Check:
    return _number(int, least, most, exclusive=exclusive)


def _real(least: float | None = None, *, exclusive: bool = False) -> Check:
    return _number(float, least, None, exclusive=exclusive)


def _truth(value: Any) -> None:
    if not isinstance(value, bool):
        raise Unfit(f"must be true or false, not {value!r}")


def _one_of(allowed: Iterable[str]) -> Check:
    choices = tuple(allowed)

    def check(value: Any) -> None:
        if value not in choices:
            raise Unfit(f"must be one of {', '.join(choices)}, not {value!r}")

    return check


def _list_of(check: Check, least: int, most: int | None, what: str) -> Check:
    def check_list(value: Any) -> None:
        items = value if isinstance(value, (list, tuple)) else None
        if items is None or len(items) < least or (most is not None and len(items) > most):
            raise Unfit(f"must be a list of {what}, not {value!r}")
        for item in items:
            check(item)

    return check_list


def _interpolator(value: Any) -> None:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 10:  # noqa: PLR2004
        return
    _one_of(INTERPOLATORS)(value)


def _wavelet(value: Any) -> None:
    if not isinstance(value, str) or not value:
        raise Unfit(f"must be the name of a wavelet such as coif1 or haar, not {value!r}")
    try:
        pywt = importlib.import_module("pywt")
    except ImportError:  # the name is checked when wavelets are computed
        return
    if value not in pywt.wavelist():
        near = difflib.get_close_matches(value, pywt.wavelist(), 3)
        hint = f"; did you mean {' or '.join(near)}?" if near else ", such as coif1 or haar"
        raise Unfit(f"must be a wavelet that PyWavelets knows, not {value!r}{hint}")


_POSITIVE = _real(0, exclusive=True)

SETTINGS: dict[str, Check] = {
    "minimumROIDimensions": _integer(1, 3),
    "minimumROISize": _integer(0, exclusive=True),
    "geometryTolerance": _POSITIVE,
    "correctMask": _truth,
    "additionalInfo": _truth,
    "label": _integer(0, exclusive=True),
    "label_channel": _integer(0),
    "binWidth": _POSITIVE,
    "binCount": _integer(0, exclusive=True),
    "normalize": _truth,
    "normalizeScale": _POSITIVE,
    "removeOutliers": _POSITIVE,
    "resampledPixelSpacing": _list_of(_real(0), 2, 3, "three spacings in mm (0 keeps one)"),
    "interpolator": _interpolator,
    "padDistance": _integer(0),
    "distances": _list_of(_integer(0, exclusive=True), 1, None, "whole numbers of voxels"),
    "force2D": _truth,
    "force2Ddimension": _integer(0, 2),
    "resegmentRange": _list_of(_real(), 1, 2, "one or two thresholds"),
    "resegmentMode": _one_of(RESEGMENT_MODES),
    "resegmentShape": _truth,
    "preCrop": _truth,
    "sigma": _list_of(_POSITIVE, 0, None, "widths in mm, each greater than 0"),
    "start_level": _integer(0),
    "level": _integer(0, exclusive=True),
    "wavelet": _wavelet,
    "gradientUseSpacing": _truth,
    "lbp2DRadius": _POSITIVE,
    "lbp2DSamples": _integer(1),
    "lbp2DMethod": _one_of(LBP_METHODS),
    "lbp3DLevels": _integer(1),
    "lbp3DIcosphereRadius": _POSITIVE,
    "lbp3DIcosphereSubdivision": _integer(0),
    "voxelArrayShift": _integer(),
    "symmetricalGLCM": _truth,
    "weightingNorm": _one_of(WEIGHTINGS),
    "gldm_a": _integer(0),
}

VOXEL_SETTINGS: dict[str, Check] = {
    "kernelRadius": _integer(0, exclusive=True),
    "maskedKernel": _truth,
    "initValue": lambda value: None if value != value else _real()(value),  # noqa: PLR0124 - NaN
    "voxelBatch": _integer(0, exclusive=True),
}


def _unknown(kind: str, name: Any, allowed: Iterable[str]) -> str:
    names = list(allowed)
    near = difflib.get_close_matches(str(name), names, 2, 0.6)
    meant = " or ".join(f"'{entry}'" for entry in near)
    hint = f"did you mean {meant}?" if near else f"allowed are {', '.join(names)}."
    return f"'{name}' is not a known {kind}; {hint}"


def _check_values(
    values: Any, checks: Mapping[str, Check], path: tuple[str, ...]
) -> Iterable[Problem]:
    if not isinstance(values, Mapping):
        yield Problem(path, f"'{path[-1]}' must hold 'name: value' lines, not {values!r}.")
        return
    for name, value in values.items():
        here = (*path, str(name))
        if name not in checks:
            yield Problem(here, _unknown("setting", name, checks))
        elif value is not None:  # an empty value is pyradiomics' way to say "not set"
            try:
                checks[name](value)
            except Unfit as unfit:
                yield Problem(here, f"'{name}' {unfit}.")


def _check_classes(classes: Any) -> Iterable[Problem]:
    if not isinstance(classes, Mapping):
        yield Problem(("featureClass",), "'featureClass' must list feature classes by name.")
        return
    for name, listed in classes.items():
        here = ("featureClass", str(name))
        if name not in FEATURES:
            yield Problem(here, _unknown("feature class", name, FEATURES))
        elif listed is not None and not isinstance(listed, (list, tuple)):
            yield Problem(here, f"'{name}' must be empty or a list of features, not {listed!r}.")
        else:
            for feature in listed or ():
                if feature not in known_features(name):
                    text = _unknown(f"{name} feature", feature, known_features(name))
                    yield Problem((*here, str(feature)), text)


def problems(parameters: Any) -> list[Problem]:
    """Return everything wrong with a parsed parameter file, in the order of the file."""
    if not isinstance(parameters, Mapping):
        text = f"A parameter file holds the sections {', '.join(SECTIONS)}; this holds none."
        return [Problem((), text)]
    found: list[Problem] = []
    for section, content in parameters.items():
        if section == "setting":
            found += _check_values(content, SETTINGS, (section,))
        elif section == "voxelSetting":
            found += _check_values(content, VOXEL_SETTINGS, (section,))
        elif section == "featureClass":
            found += _check_classes(content)
        elif section == "imageType":
            found += _check_image_types(content)
        else:
            found.append(Problem((str(section),), _unknown("section", section, SECTIONS)))
    return found


def _check_image_types(types: Any) -> Iterable[Problem]:
    if not isinstance(types, Mapping):
        yield Problem(("imageType",), "'imageType' must list image types by name.")
        return
    for name, custom in types.items():
        here = ("imageType", str(name))
        if name not in IMAGE_TYPES:
            yield Problem(here, _unknown("image type", name, IMAGE_TYPES))
        elif custom is None:
            yield Problem(here, f"'{name}' needs a value; write '{name}: {{}}' for no settings.")
        else:
            yield from _check_values(custom, SETTINGS, here)

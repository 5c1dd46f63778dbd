"""Settings of an extraction: a pyradiomics parameter file as an object.

`Settings` holds the four sections exactly as the file has them; what is not said is filled in by
`value`, with pyradiomics' defaults. Reading and writing files is in `settings_files`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.names import DEFAULT_CLASSES, computed_features
from ELMEDRadiomicsLib.settings_schema import problems

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DEFAULTS: dict[str, Any] = {
    "minimumROIDimensions": 2,
    "minimumROISize": None,
    "normalize": False,
    "normalizeScale": 1,
    "removeOutliers": None,
    "resampledPixelSpacing": None,
    "interpolator": "sitkBSpline",
    "preCrop": False,
    "padDistance": 5,
    "distances": [1],
    "force2D": False,
    "force2Ddimension": 0,
    "resegmentRange": None,
    "resegmentMode": "absolute",
    "resegmentShape": False,
    "label": 1,
    "label_channel": 0,
    "correctMask": False,
    "geometryTolerance": None,
    "binWidth": 25,
    "binCount": None,
    "voxelArrayShift": 0,
    "symmetricalGLCM": True,
    "weightingNorm": None,
    "gldm_a": 0,
    "sigma": [],
    "start_level": 0,
    "level": 1,
    "wavelet": "coif1",
    "gradientUseSpacing": True,
    "lbp2DRadius": 1,
    "lbp2DSamples": 8,
    "lbp2DMethod": "uniform",
    "lbp3DLevels": 2,
    "lbp3DIcosphereRadius": 1,
    "lbp3DIcosphereSubdivision": 1,
    "kernelRadius": 1,
    "maskedKernel": True,
    "initValue": 0,
    "voxelBatch": -1,
}
"""pyradiomics 3.0.1's value of each setting that a file does not mention."""

MAY_BE_EMPTY = frozenset({"interpolator"})
"""Settings whose empty value differs from their default: no interpolator means no resampling."""


class SettingsError(InputError):
    """A parameter file cannot be read, or says something that is not allowed."""


@dataclass(frozen=True)
class Settings:
    """What to compute and how, as in a pyradiomics parameter file.

    Attributes:
        parameters: the file's sections (`setting`, `voxelSetting`, `imageType`, `featureClass`).
        source: the text that it was read from, None when it was made in memory.
    """

    parameters: Mapping[str, Any] = field(default_factory=dict)
    source: str | None = None

    @property
    def general(self) -> dict[str, Any]:
        """The settings that hold for all image types, with defaults filled in."""
        merged = dict(DEFAULTS)
        merged.update(_said(self.parameters.get("setting")))
        merged.update(_said(self.parameters.get("voxelSetting")))
        return merged

    @property
    def image_types(self) -> dict[str, dict[str, Any]]:
        """Each image type to compute with the settings of its own; Original when none is named."""
        named = self.parameters.get("imageType") or {}
        return {name: dict(own) for name, own in named.items()} or {"Original": {}}

    @property
    def feature_classes(self) -> dict[str, tuple[str, ...]]:
        """Each feature class to compute with the names of its features."""
        named = self.parameters.get("featureClass") or {}
        if not named:
            return {name: computed_features(name, None) for name in DEFAULT_CLASSES}
        return {name: computed_features(name, listed) for name, listed in named.items()}

    def for_image_type(self, image_type: str) -> dict[str, Any]:
        """Return the settings that hold for one image type: the general ones and its own."""
        return {**self.general, **_said(self.image_types[image_type])}

    def changed(self, **settings: Any) -> Settings:
        """Return settings in which the given entries of `setting` have new values."""
        parameters = dict(self.parameters)
        parameters["setting"] = {**(parameters.get("setting") or {}), **settings}
        return from_parameters(parameters)


def _said(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """Leave out entries that are empty where that means the default."""
    given = (values or {}).items()
    return {name: value for name, value in given if value is not None or name in MAY_BE_EMPTY}


def from_parameters(parameters: Mapping[str, Any], source: str | None = None) -> Settings:
    """Check a parsed parameter file and return it as settings.

    Raises:
        SettingsError: a name or a value is not allowed; the message says which and what is.
    """
    found = problems(parameters)
    if found:
        more = f" ({len(found) - 1} more like it)" if len(found) > 1 else ""
        path, text = found[0].path, found[0].text
        where = line_of(path, source) if source is not None else None
        prefix = f"Line {where}: " if where else ""
        raise SettingsError(f"{prefix}{text}{more}", "Correct the parameter file and try again.")
    return Settings(parameters, source)


def line_of(path: Sequence[str], source: str) -> int | None:
    """Return the line (from 1) of `source` at which the last key of `path` stands.

    Works on YAML and JSON text alike: each key of the path is looked for after the one before it.
    """
    lines = source.splitlines()
    at = 0
    found = None
    for key in path:
        for number in range(at, len(lines)):
            words = lines[number].split("#", 1)[0].replace('"', " ").replace("'", " ")
            for mark in ":,[]{}-":
                words = words.replace(mark, " ") if mark != "-" else words.replace("- ", "  ")
            if key in words.split():
                found, at = number + 1, number
                break
    return found

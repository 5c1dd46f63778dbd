"""Parameter files that come with ELMED."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.settings_files import read_settings

if TYPE_CHECKING:
    from ELMEDRadiomicsLib.settings import Settings

FOLDER = Path(__file__).parent.parent / "Resources" / "Presets"


@dataclass(frozen=True)
class Preset:
    """A parameter file with a name.

    Attributes:
        name: what the command line calls it.
        title: what the panel shows.
        description: one sentence.
        profile: `pyradiomics` or `ibsi`.
    """

    name: str
    title: str
    description: str
    profile: str = "pyradiomics"

    @property
    def path(self) -> Path:
        """The parameter file."""
        return FOLDER / f"{self.name}.json"

    def settings(self) -> Settings:
        """Read the parameter file."""
        return read_settings(self.path)


PRESETS = (
    Preset(
        "course",
        "Course",
        "Five features of normalised images at 2 mm: diameter, volume, mean, variance and "
        "dependence non-uniformity of grey levels.",
    ),
    Preset(
        "default",
        "All default features",
        "Every feature of pyradiomics' default settings, on the images as they are.",
    ),
    Preset(
        "mri",
        "MRI",
        "Every feature on normalised images at 1 mm, also after LoG and wavelet filters.",
    ),
    Preset(
        "ibsi",
        "IBSI",
        "Every feature by the definitions of the Image Biomarker Standardisation Initiative.",
        "ibsi",
    ),
)


def preset(name: str) -> Preset:
    """Return a preset by name.

    Raises:
        InputError: there is none of that name.
    """
    for entry in PRESETS:
        if entry.name == name:
            return entry
    names = ", ".join(entry.name for entry in PRESETS)
    raise InputError(f"'{name}' is not a known preset.", f"Choose {names}.")

"""Whether the Python packages that the work needs are there, without importing them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ELMEDLib.errors import MissingPackageError

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Requirement:
    """A package with the versions that will do.

    Attributes:
        name: of the package.
        title: as people write it.
        minimum: the first version that will do.
        below: the first version that will not do any more; "" when none is known.
        module: that it brings; "" when it has the package's name.
        size: what is downloaded, as in "30 MB"; "" where it is not worth a word.
    """

    name: str
    title: str
    minimum: str
    below: str = ""
    module: str = ""
    size: str = ""

    def __str__(self) -> str:
        """The requirement as pip takes it."""
        return f"{self.name}>={self.minimum}" + (f",<{self.below}" if self.below else "")


TORCH = Requirement("torch", "PyTorch", "2.2")
MONAI = Requirement("monai", "MONAI", "1.4", "2")
SCIKIT_LEARN = Requirement("scikit-learn", "scikit-learn", "1.3", module="sklearn")

PYDICOM = Requirement("pydicom", "pydicom", "3.0")
HIGHDICOM = Requirement("highdicom", "highdicom", "0.25")

DICOM = (PYDICOM, HIGHDICOM)
"""What reading and writing DICOM objects needs."""

PANDAS = Requirement("pandas", "pandas", "2.1")
LIFELINES = Requirement("lifelines", "lifelines", "0.29")
MATPLOTLIB = Requirement("matplotlib", "Matplotlib", "3.8")

ANALYSES = (PANDAS, LIFELINES, MATPLOTLIB)
"""What the analyses of a cohort need."""

PLAYGROUND = (TORCH, SCIKIT_LEARN)
"""What the playground needs: the handwritten digits come with scikit-learn."""

POCKETSPHINX = Requirement("pocketsphinx", "PocketSphinx", "5.0.1", size="30 MB")

SPEECH = (POCKETSPHINX,)
"""What recognising spoken commands needs (BSD licence; an English model comes with it)."""

DIFFUSERS = Requirement("diffusers", "Diffusers", "0.40", size="10 MB")
TRANSFORMERS = Requirement("transformers", "Transformers", "5.0", "6", size="30 MB")
SAFETENSORS = Requirement("safetensors", "safetensors", "0.4")

LARGE_TEXTS = (TORCH, TRANSFORMERS, SAFETENSORS)
"""What GPT-like models and Whisper need (Apache licence); the models come on top."""

LARGE_IMAGES = (*LARGE_TEXTS, DIFFUSERS)
"""What Stable Diffusion needs (Apache licence); the models come on top."""

SEGMENTATION = (TORCH, MONAI)
"""What segmentation needs beyond what Slicer brings (numpy, SciPy and SimpleITK)."""


@dataclass(frozen=True)
class Problem:
    """A package that is missing or of the wrong version; `message` says so in a sentence."""

    requirement: Requirement
    message: str


def problems(requirements: Iterable[Requirement] = SEGMENTATION) -> list[Problem]:
    """Return what is missing, too old or too new in this interpreter; nothing is imported."""
    found = ((requirement, _problem(requirement)) for requirement in requirements)
    return [Problem(requirement, message) for requirement, message in found if message]


def require(requirements: Iterable[Requirement] = SEGMENTATION) -> None:
    """Make sure that the packages are there.

    Raises:
        MissingPackageError: one of them is missing or of the wrong version.
    """
    found = problems(requirements)
    if found:
        names = " and ".join(_with_size(problem.requirement) for problem in found)
        raise MissingPackageError(
            " ".join(problem.message for problem in found),
            f"Install {names}, or choose a Python that has it in the advanced settings.",
        )


def _with_size(requirement: Requirement) -> str:
    return f"{requirement} ({requirement.size})" if requirement.size else str(requirement)


def _problem(requirement: Requirement) -> str:
    title = requirement.title
    # A package's metadata can outlive its files, and files can come without metadata.
    if importlib.util.find_spec(requirement.module or requirement.name) is None:
        return f"{title} is not installed."
    try:
        installed = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return f"{title} is not installed completely: it does not tell its version."
    if _numbers(installed) < _numbers(requirement.minimum):
        return f"{title} {installed} is too old: {requirement.minimum} or later is needed."
    if requirement.below and _numbers(installed) >= _numbers(requirement.below):
        return f"{title} {installed} is too new: a version before {requirement.below} is needed."
    return ""


def _numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a release: "2.13.0+cpu" is (2, 13, 0)."""
    release = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(number) for number in release.group().split(".")) if release else ()

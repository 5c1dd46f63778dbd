"""The two ways to compute features behind one interface: `elmed` and `pyradiomics`."""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import io
import json
import logging
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDLib.progress import Progress, no_progress
from ELMEDRadiomicsLib.extractor import Extractor
from ELMEDRadiomicsLib.ibsi import code
from ELMEDRadiomicsLib.normalisation import fit_mapping
from ELMEDRadiomicsLib.optional import optional_package
from ELMEDRadiomicsLib.results import Feature
from ELMEDRadiomicsLib.units import unit
from ELMEDRadiomicsLib.working import Sequence, checked_image

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ELMEDRadiomicsLib.normalisation import NyulStandard
    from ELMEDRadiomicsLib.settings import Settings

ENGINES = ("elmed", "pyradiomics")


@dataclass(frozen=True)
class Options:
    """How to compute, apart from what a parameter file says.

    Attributes:
        engine: `elmed` or `pyradiomics`.
        profile: `pyradiomics` for its definitions, `ibsi` for the standard's.
        normalisation: one of `NORMALISATIONS`; None for what the settings say.
        brain: brain mask for normalisations that use one.
        standard: the standard for Nyúl normalisation.
        threads: how many sequences are worked on at once.
    """

    engine: str = "elmed"
    profile: str = "pyradiomics"
    normalisation: str | None = None
    brain: sitk.Image | None = None
    standard: NyulStandard | None = None
    threads: int = 1


@dataclass(frozen=True)
class Request:
    """What is to be computed.

    Attributes:
        images: image by name of the sequence.
        mask: whole numbers, one component.
        labels: the segments' values and names.
        settings: a parameter file's content.
        options: how.
    """

    images: Mapping[str, sitk.Image]
    mask: sitk.Image
    labels: Mapping[int, str]
    settings: Settings
    options: Options


@dataclass
class Answer:
    """What a back end found.

    Attributes:
        features: the values, by sequence and segment.
        warnings: sentences for the user.
        seconds: CPU seconds per stage.
    """

    features: list[Feature]
    warnings: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


class Backend(Protocol):
    """A way to compute features."""

    name: str

    def compute(self, request: Request, progress: Progress = no_progress) -> Answer:
        """Compute everything that is asked for.

        Raises:
            ELMEDError: something about the request cannot be used.
        """
        ...

    def versions(self) -> dict[str, str]:
        """Return the versions of what it computes with, by package."""
        ...


class ElmedBackend:
    """This package's own engine."""

    name = "elmed"

    def compute(self, request: Request, progress: Progress = no_progress) -> Answer:
        """Compute everything that is asked for."""
        general = request.settings.general
        exact = set(request.settings.image_types) != {"Original"}
        sequences = [
            Sequence(
                name,
                image,
                general,
                request.options.normalisation,
                request.options.brain,
                request.options.standard,
                exact=exact,
            )
            for name, image in request.images.items()
        ]
        extractor = Extractor(request.settings, request.options.profile)
        features = extractor.run(
            sequences, request.mask, request.labels, progress, request.options.threads
        )
        return Answer(features, extractor.warnings, dict(extractor.stages.seconds))

    def versions(self) -> dict[str, str]:
        """Return the versions of what it computes with, by package."""
        return _versions("scipy", "PyWavelets")


class PyradiomicsBackend:
    """The package pyradiomics, where the user has it."""

    name = "pyradiomics"

    def compute(self, request: Request, progress: Progress = no_progress) -> Answer:
        """Compute everything that is asked for, image by image and segment by segment."""
        if request.options.profile != "pyradiomics":
            raise InputError(
                f"The engine pyradiomics computes its own definitions, not the profile "
                f"'{request.options.profile}'.",
                "Choose the engine elmed for that profile.",
            )
        extractor_module = _featureextractor()
        settings = request.settings
        if request.options.normalisation is not None:
            settings = settings.changed(normalize=False)
        features: list[Feature] = []
        steps = len(request.images) * len(request.labels)
        for name, image in request.images.items():
            normalised = _normalised(checked_image(image, name), name, request)
            for label, segment in request.labels.items():
                with _quiet():
                    extractor = extractor_module.RadiomicsFeatureExtractor(_parameters(settings))
                    values = _executed(extractor, normalised, request.mask, label)
                for full, value in values.items():
                    features.append(self._feature(name, segment, label, full, value, settings))
                share = _share(request, name, label, steps)
                progress("features", share, f"{name}: features of {segment} computed")
        return Answer(features)

    def _feature(
        self, image: str, segment: str, label: int, full: str, value: float, settings: Settings
    ) -> Feature:
        _, kind, feature = full.rsplit("_", 2)
        found = code(kind, feature, settings.general, "pyradiomics")
        return Feature(image, segment, label, full, value, unit(kind, feature), found, self.name)

    def versions(self) -> dict[str, str]:
        """Return the versions of what it computes with, by package."""
        return _versions("pyradiomics", "PyWavelets")


def backend(name: str) -> Backend:
    """Return a back end by name.

    Raises:
        InputError: there is none of that name.
    """
    if name == "elmed":
        return ElmedBackend()
    if name == "pyradiomics":
        return PyradiomicsBackend()
    raise InputError(f"'{name}' is not a known engine.", f"Choose {' or '.join(ENGINES)}.")


def _share(request: Request, name: str, label: int, steps: int) -> float:
    done = list(request.images).index(name) * len(request.labels)
    return (done + list(request.labels).index(label) + 1) / steps


def _featureextractor() -> Any:
    optional_package(
        "radiomics", "pyradiomics", "The engine pyradiomics", "choose the engine elmed"
    )
    return importlib.import_module("radiomics.featureextractor")


def _parameters(settings: Settings) -> dict[str, Any]:
    """Return the parameters as pyradiomics takes them; its checks change what they are given."""
    parameters = json.loads(json.dumps(settings.parameters))
    parameters["setting"] = {**(parameters.get("setting") or {}), "additionalInfo": False}
    return {section: content for section, content in parameters.items() if content}


def _normalised(image: sitk.Image, name: str, request: Request) -> sitk.Image:
    if request.options.normalisation is None:
        return image
    settings = request.settings.general
    mapping = fit_mapping(
        image,
        settings,
        request.options.normalisation,
        request.options.brain,
        request.options.standard,
        name,
    )
    if mapping is None:
        return image
    changed = sitk.GetImageFromArray(mapping.apply(sitk.GetArrayViewFromImage(image)))
    changed.CopyInformation(image)
    return changed


def _executed(extractor: Any, image: sitk.Image, mask: sitk.Image, label: int) -> dict[str, float]:
    try:
        found = extractor.execute(image, mask, label=label)
    except (ValueError, RuntimeError, IndexError, AssertionError) as error:
        raise InputError(
            f"pyradiomics cannot compute features of label {label}: {error}",
            "Correct the input or the settings, or try the engine elmed.",
        ) from error
    return {
        name: float(np.squeeze(value))
        for name, value in found.items()
        if not name.startswith("diagnostics")
    }


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep pyradiomics from writing to the terminal of this program."""
    logger = logging.getLogger("radiomics")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _versions(*packages: str) -> dict[str, str]:
    found = {}
    for package in packages:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[package] = importlib.metadata.version(package)
    return found

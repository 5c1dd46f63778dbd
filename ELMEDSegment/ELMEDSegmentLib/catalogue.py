"""The models that are there to choose from."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from ELMEDLib.errors import ModelError
from ELMEDSegmentLib.model import read_manifest
from ELMEDSegmentLib.models.entries import read_catalogue
from ELMEDSegmentLib.store import user_manifests

logger = logging.getLogger(__name__)

MODELS_FOLDER = Path(__file__).resolve().parent.parent / "Resources" / "Models"
"""Where the bundled models are: the same place in the checkout and in an installed extension."""

DEFAULT_MODEL = "elmed-glioma"


@dataclass(frozen=True)
class ModelEntry:
    """A model as a list shows it."""

    name: str
    title: str
    description: str
    manifest: Path


def available_models() -> list[ModelEntry]:
    """Return the models that can be used now: the default one, other bundled ones, the user's."""
    bundled = bundled_models()
    names = {entry.name for entry in bundled}
    return bundled + [entry for entry in _user_models() if entry.name not in names]


def bundled_models() -> list[ModelEntry]:
    """Return the models that come with ELMED, the default one first."""
    entries = [_entry(path) for path in sorted(MODELS_FOLDER.glob("*.json"))]
    return sorted(entries, key=lambda entry: entry.name != DEFAULT_MODEL)


def find_model(name_or_path: str | None) -> Path:
    """Return the manifest of a model given by name or by the path of its manifest.

    Args:
        name_or_path: None stands for the default model.

    Raises:
        ModelError: there is no such model.
    """
    wanted = name_or_path or DEFAULT_MODEL
    if wanted.lower().endswith(".json"):
        path = Path(wanted)
        if not path.is_file():
            raise ModelError(
                f"The model's manifest '{path}' does not exist.", "Check the path and its spelling."
            )
        return path
    entries = available_models()
    for entry in entries:
        if entry.name == wanted:
            return entry.manifest
    if any(entry.name == wanted for entry in read_catalogue()):
        raise ModelError(
            f"The model '{wanted}' is not installed.",
            f"Install it in the panel's section Models, or with 'elmed models install {wanted}'.",
        )
    known = ", ".join(entry.name for entry in entries) or "none is installed"
    raise ModelError(
        f"There is no model '{wanted}'.", f"Choose an installed one ({known}) or give a manifest."
    )


def _user_models() -> list[ModelEntry]:
    """Return the user's own models; one that is damaged does not keep others from being used."""
    entries = (_entry_or_none(path) for path in user_manifests())
    return [entry for entry in entries if entry is not None]


def _entry_or_none(path: Path) -> ModelEntry | None:
    try:
        return _entry(path)
    except ModelError as error:
        logger.warning("%s", error)
        return None


def _entry(path: Path) -> ModelEntry:
    manifest = read_manifest(path)
    return ModelEntry(manifest.name, manifest.title, manifest.description, path)

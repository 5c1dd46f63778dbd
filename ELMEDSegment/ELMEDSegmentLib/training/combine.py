"""Networks that were trained on different patients become one model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDLib.errors import InputError
from ELMEDSegmentLib.ensemble import ensemble_of
from ELMEDSegmentLib.model import load_model
from ELMEDSegmentLib.store import check_name
from ELMEDSegmentLib.training.publish import write_model

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LIKE = ("architecture", "spacing_mm", "channels", "regions", "normalisation")
"""What members of an ensemble must have in common."""


def combine(manifests: Sequence[Path], name: str, folder: Path) -> Path:
    """Write the ensemble of the models of `manifests` into `folder`; return its manifest.

    Raises:
        InputError: fewer than two models are given, they differ in grid, input or design, or a
            model cannot have the name.
        ModelError: a model cannot be loaded.
    """
    check_name(name)
    if len(manifests) < 2:  # noqa: PLR2004 - one is not an ensemble
        raise InputError("An ensemble needs two models or more.", "Give the manifests of several.")
    models = [load_model(path) for path in manifests]
    first = models[0].manifest
    for model in models[1:]:
        for key in LIKE:
            if getattr(model.manifest, key) != getattr(first, key):
                raise InputError(
                    f"'{model.manifest.name}' has another {key} than '{first.name}'.",
                    "Combine models that were trained with one recipe.",
                )
    folder.mkdir(parents=True, exist_ok=True)
    return write_model(
        ensemble_of([model.network for model in models]),
        name,
        {"name": "Ensemble", "members": len(models), "member": first.architecture},
        first.spacing_mm,
        {"members": [model.manifest.training for model in models]},
        folder,
    )

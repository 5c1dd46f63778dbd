"""A trained network becomes a model that others can use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDLib.files import written_whole
from ELMEDSegmentLib.model import Manifest, save_weights

if TYPE_CHECKING:
    from pathlib import Path

    import torch

    from ELMEDSegmentLib.training.recipe import Recipe


def publish(
    network: torch.nn.Module, name: str, recipe: Recipe, data: dict[str, Any], folder: Path
) -> Path:
    """Write weights and manifest of a trained `network` into `folder`; return the manifest."""
    return write_model(network, name, recipe.architecture, recipe.spacing_mm, data, folder)


def write_model(
    network: torch.nn.Module,
    name: str,
    architecture: dict[str, Any],
    spacing_mm: float,
    training: dict[str, Any],
    folder: Path,
) -> Path:
    """Write weights and manifest of `network` into `folder`, and return the manifest's path.

    Title, description, licence, citation and measurements are for the author to fill in: they
    start with what is certain.
    """
    weights = folder / f"{name}.pt"
    digest = save_weights(network, weights)
    manifest = Manifest(
        name=name,
        title=name,
        description="A model trained with `elmed train`. Research use only.",
        architecture=architecture,
        spacing_mm=spacing_mm,
        weights=weights.name,
        sha256=digest,
        licence="not stated",
        citation="not stated",
        training=training,
    )
    path = folder / f"{name}.json"
    with written_whole(path) as temporary:
        temporary.write_text(manifest.as_json(), encoding="utf-8")
    return path

"""A trained network becomes a model that others can use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError
from ELMEDLib.files import written_whole
from ELMEDSegmentLib.model import Manifest, save_weights
from ELMEDSegmentLib.network import build_network
from ELMEDSegmentLib.training.checkpoint import BEST
from ELMEDSegmentLib.training.checkpoint import NAME as CHECKPOINT

if TYPE_CHECKING:
    from pathlib import Path

    import torch

    from ELMEDSegmentLib.training.plan_file import PlanRecord
    from ELMEDSegmentLib.training.recipe import Recipe


def publish(
    network: torch.nn.Module, name: str, recipe: Recipe, data: dict[str, Any], folder: Path
) -> Path:
    """Write weights and manifest of a trained `network` into `folder`; return the manifest."""
    return write_model(network, name, recipe.architecture, recipe.spacing_mm, data, folder)


def publish_run(run: Path, record: PlanRecord, name: str, folder: Path, **more: Any) -> Path:
    """Write what the run in the folder `run` has learnt so far as a model into `folder`.

    Args:
        run: holds a checkpoint.
        record: of that run.
        name: of the model.
        folder: for weights and manifest.
        more: entries of the manifest, see `write_model`.

    Returns:
        The manifest's path.

    Raises:
        InputError: nothing was learnt yet.
    """
    import torch

    path = run / BEST
    chosen: dict[str, Any] = {"by": "best validation"}
    if not (record.recipe["keep_best"] and path.is_file()):
        path, chosen = run / CHECKPOINT, {"by": "last step"}
    if not path.is_file():
        raise InputError("The training has nothing to publish yet.", "Let it take some steps.")
    state = torch.load(path, map_location="cpu", weights_only=True)
    network = build_network(record.recipe["architecture"])
    network.load_state_dict(state["network" if path.name == BEST else "average"])
    facts = {**record.facts(), "chosen": {**chosen, "step": int(state["step"])}}
    recipe = record.recipe
    if "dice" in state:
        more.setdefault("measured", {"validation": state["dice"]})
    return write_model(
        network, name, recipe["architecture"], recipe["spacing_mm"], facts, folder, **more
    )


def write_model(
    network: torch.nn.Module,
    name: str,
    architecture: dict[str, Any],
    spacing_mm: float,
    training: dict[str, Any],
    folder: Path,
    **more: Any,
) -> Path:
    """Write weights and manifest of `network` into `folder`, and return the manifest's path.

    Title, description, licence, citation and measurements are for the author to fill in: they
    start with what is certain. `more` replaces these entries of the manifest.
    """
    weights = folder / f"{name}.pt"
    digest = save_weights(network, weights)
    usual: dict[str, Any] = {
        "title": name,
        "description": "A model trained with `elmed train`. Research use only.",
        "licence": "not stated",
        "citation": "not stated",
    }
    manifest = Manifest(
        name=name,
        architecture=architecture,
        spacing_mm=spacing_mm,
        weights=weights.name,
        sha256=digest,
        training=training,
        **{**usual, **more},
    )
    path = folder / f"{name}.json"
    with written_whole(path) as temporary:
        temporary.write_text(manifest.as_json(), encoding="utf-8")
    return path

"""Training state on disk: a run that was killed goes on from its last checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError
from ELMEDSegmentLib.training.recipe import Recipe
from ELMEDSegmentLib.training.saving import save_state

if TYPE_CHECKING:
    from pathlib import Path

    import torch

    from ELMEDSegmentLib.training.average import WeightAverage

NAME = "checkpoint.pt"

BEST = "best.pt"
"""The average of the weights at the best validation."""


def save_checkpoint(
    folder: Path,
    step: int,
    recipe: dict[str, Any],
    network: torch.nn.Module,
    average: WeightAverage,
    optimiser: torch.optim.Optimizer,
) -> None:
    """Write everything that the next step depends on; chance depends on seed and step alone.

    Raises:
        OutputError: the folder cannot be written to, or the disk is full.
    """
    state = {
        "step": step,
        "recipe": recipe,
        "network": network.state_dict(),
        "average": average.network.state_dict(),
        "optimiser": optimiser.state_dict(),
    }
    save_state(state, folder / NAME)


def load_checkpoint(
    folder: Path,
    recipe: dict[str, Any],
    network: torch.nn.Module,
    average: WeightAverage,
    optimiser: torch.optim.Optimizer,
) -> int:
    """Restore the state written by `save_checkpoint`; return its step, or 0 where there is none.

    Raises:
        InputError: the checkpoint was made with another recipe.
    """
    import torch

    path = folder / NAME
    if not path.is_file():
        return 0
    state = torch.load(path, map_location="cpu", weights_only=True)
    # Settings that came later had their usual value when the checkpoint was made.
    if {**Recipe().as_dict(), **state["recipe"]} != recipe:
        raise other_settings(folder)
    network.load_state_dict(state["network"])
    average.network.load_state_dict(state["average"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["step"])


def other_settings(folder: Path) -> InputError:
    """Return the error that tells of a run that cannot go on with these settings."""
    return InputError(
        f"'{folder}' holds a training run with other settings.",
        "Choose another output folder, or give the settings of that run.",
    )

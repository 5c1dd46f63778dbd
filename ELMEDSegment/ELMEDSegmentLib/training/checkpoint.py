"""Training state on disk: a run that was killed goes on from its last checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError
from ELMEDLib.files import written_whole

if TYPE_CHECKING:
    from pathlib import Path

    import torch

    from ELMEDSegmentLib.training.average import WeightAverage

NAME = "checkpoint.pt"


def save_checkpoint(
    folder: Path,
    step: int,
    recipe: dict[str, Any],
    network: torch.nn.Module,
    average: WeightAverage,
    optimiser: torch.optim.Optimizer,
) -> None:
    """Write everything that the next step depends on; chance depends on seed and step alone."""
    import torch

    state = {
        "step": step,
        "recipe": recipe,
        "network": network.state_dict(),
        "average": average.network.state_dict(),
        "optimiser": optimiser.state_dict(),
    }
    with written_whole(folder / NAME) as temporary:
        torch.save(state, temporary)


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
    if state["recipe"] != recipe:
        raise InputError(
            f"'{folder}' holds a training run with other settings.",
            "Choose another output folder, or give the settings of that run.",
        )
    network.load_state_dict(state["network"])
    average.network.load_state_dict(state["average"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["step"])

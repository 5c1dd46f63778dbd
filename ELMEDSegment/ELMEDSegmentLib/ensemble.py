"""Several networks that answer as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch


def ensemble_of(networks: Sequence[torch.nn.Module]) -> torch.nn.Module:
    """Return a network whose probabilities are the mean of those of `networks`.

    Networks that were trained on other patients err in other places: their mean errs less than
    each of them (Isensee et al. 2021, "nnU-Net", Nature Methods 18, ships its folds likewise). The
    members stay apart under `members`, so that a patient whom some of them know can be judged by
    the others alone.
    """
    import torch

    class Ensemble(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.members = torch.nn.ModuleList(networks)

        def forward(self, image: torch.Tensor) -> torch.Tensor:
            total: torch.Tensor | None = None
            for member in self.members:
                probabilities = member(image).float().sigmoid()
                total = probabilities if total is None else total + probabilities
            if total is None:
                raise ValueError("an ensemble without members has no answer")
            # Whoever calls takes the sigmoid, as of a single network.
            return torch.logit(total / len(self.members), eps=1e-6)

    return Ensemble()

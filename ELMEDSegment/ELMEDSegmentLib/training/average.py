"""The moving average of a network's weights, which generalises better than the last step's."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


class WeightAverage:
    """An exponential moving average of a network's parameters and buffers."""

    def __init__(self, network: torch.nn.Module, decay: float) -> None:
        self.network = copy.deepcopy(network).eval().requires_grad_(requires_grad=False)
        self.decay = decay

    def update(self, network: torch.nn.Module, step: int) -> None:
        """Move the average towards `network` after optimiser step number `step` (from 1)."""
        # Early on a long memory would keep the random start: average over what there is.
        decay = min(self.decay, step / (step + 10))
        for mean, new in zip(
            self.network.state_dict().values(), network.state_dict().values(), strict=True
        ):
            if mean.is_floating_point():
                mean.lerp_(new, 1 - decay)
            else:
                mean.copy_(new)

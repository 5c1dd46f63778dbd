"""How good the network is on patients that it was not trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDSegmentLib.evaluation import dice
from ELMEDSegmentLib.inference import predict
from ELMEDSegmentLib.labels import REGIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    import numpy as np
    import torch

    from ELMEDSegmentLib.training.samples import TrainingCase


def validate(
    network: torch.nn.Module,
    architecture: Mapping[str, Any],
    cases: Sequence[TrainingCase],
    look: Callable[[TrainingCase, np.ndarray], None] | None = None,
) -> dict[str, dict[str, float]]:
    """Return the Dice of each region for each of `cases`, on the working grid.

    This follows a training run; what a model card states is measured on the scan's own grid by
    `elmed evaluate`. `look`, where given, is shown every case with the probabilities
    `(region, z, y, x)`.
    """
    device = str(next(network.parameters()).device)
    scores = {}
    for case in cases:
        probabilities = predict(network, architecture, case.image, device)
        if look:
            look(case, probabilities)
        scores[case.name] = {
            region: dice(probabilities[index] > 0.5, case.regions[index] > 0.5)  # noqa: PLR2004
            for index, region in enumerate(REGIONS)
        }
    return scores

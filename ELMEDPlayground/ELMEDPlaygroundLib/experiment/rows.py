"""When loss and accuracy are written down: often at the beginning, then ever more rarely."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.data.dataset import Dataset
    from ELMEDPlaygroundLib.networks.design import NetworkDesign

DENSE_UNTIL = 200
"""So many rows come evenly; after that a row comes when the training has got 0.5 to 1 % longer."""

MOST_EXAMPLES, FEWEST_EXAMPLES = 1000, 200
OPERATIONS = 1e9
SHORTEST = 10


def due(step: int, every: int) -> bool:
    """Tell whether loss and accuracy are written down at a step; the step's number alone decides.

    Args:
        step: of the training.
        every: steps between rows near the beginning; before, they come at powers of two.
    """
    if step < every:
        return step & (step - 1) == 0
    times = step // (DENSE_UNTIL * every)
    return step % (every << times.bit_length()) == 0


def spacing(examples: int, batch: int) -> int:
    """Return the steps between rows, so that evaluating costs less than training."""
    return max(SHORTEST, 10 * math.ceil(examples / batch / 10))


def looked_at(data: Dataset, design: NetworkDesign) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices of train and test that the rows are about.

    All of them where there are at most 1,000 and the network is small; else as many as can be seen
    while the training goes on, evenly picked, the same ones each time.
    """
    affordable = int(OPERATIONS / max(design.operations, 1))
    most = min(max(affordable, FEWEST_EXAMPLES), MOST_EXAMPLES)
    return _some(data.train, most), _some(data.test, most)


def _some(indices: np.ndarray, most: int) -> np.ndarray:
    if len(indices) <= most:
        return indices
    return indices[np.linspace(0, len(indices) - 1, most).astype(np.int64)]

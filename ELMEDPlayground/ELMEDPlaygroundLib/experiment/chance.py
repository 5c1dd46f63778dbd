"""Everything that chance decides, decided by a seed, a purpose and the number of the step."""

from __future__ import annotations

import numpy as np

PURPOSES = {"weights": 10, "order": 11, "dropout": 12, "generate": 13, "samples": 14}


def generator(seed: int, purpose: str, step: int) -> np.random.Generator:
    """Return the generator for one thing that chance decides.

    Args:
        seed: of the experiment.
        purpose: what is decided.
        step: of the training, or the number of the epoch.
    """
    return np.random.default_rng([seed, PURPOSES[purpose], step])


def torch_seed(seed: int, step: int) -> int:
    """Return the seed that torch gets before a step, where dropout needs it."""
    return int(generator(seed, "dropout", step).integers(2**31))

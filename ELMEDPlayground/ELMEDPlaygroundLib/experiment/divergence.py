"""When a training goes wrong, and what to say then: it is no bug, and something can be done."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.experiment.settings import Settings

TOO_FAR = 100.0
"""A loss so many times the first one is a training that has run away."""

HIGH_RATE = {"sgd": 1.0, "momentum": 0.3, "adam": 0.1}
"""Learning rates above these are more than most small networks bear."""


def diverged(loss: float, first: float) -> bool:
    """Tell whether a loss says that the training has run away."""
    return not math.isfinite(loss) or loss > TOO_FAR * max(first, 1.0)


def explanation(loss: float, step: int, settings: Settings) -> str:
    """Return in plain words what happened, and what to try.

    Args:
        loss: the last one.
        step: at which it came.
        settings: of the training.
    """
    if math.isfinite(loss):
        what = f"At step {step} the loss is {loss:.3g}, far above where it began."
    else:
        what = f"At step {step} the loss is no longer a number: the weights have become too large."
    why = (
        "The training has diverged. It is no fault of the program: each step went too far, "
        "so that the next one had to go even further."
    )
    rate = settings.learning_rate
    smaller = min(rate / 10.0, HIGH_RATE[settings.optimiser])
    what_to_do = f"Try a smaller learning rate, such as {smaller:.2g} instead of {rate:.3g}"
    if settings.weight_decay > 0.1:  # noqa: PLR2004 - far above what is common
        what_to_do += f", and less weight decay than {settings.weight_decay:.2g}"
    back = "The weights are again those of the last point on the curve."
    return f"{what} {why} {what_to_do}. {back}"

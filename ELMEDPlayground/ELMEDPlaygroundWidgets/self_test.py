"""What the module's self-test trains, and what it holds the result against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDPlaygroundWidgets.readiness import whatIsMissing
from ELMEDPlaygroundWidgets.starting_point import startingSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

STEPS = 1500

SMALLEST_ACCURACY = 0.9
"""On points that the network was not trained on: clearly learnt, not just begun."""


def reasonToSkip() -> str:
    """Return why nothing can be trained here, "" when it can."""
    return whatIsMissing()


def spiral() -> tuple[dict[str, Any], int]:
    """Return the experiment, and for how many steps it is trained."""
    return startingSpec(), STEPS


def assertLearnt(answer: Mapping[str, Any]) -> None:
    """Hold the accuracy on held-out points against what is expected."""
    accuracy = answer["history"][-1]["test_accuracy"]
    if accuracy < SMALLEST_ACCURACY:
        raise AssertionError(f"after {STEPS} steps the test accuracy is only {accuracy:.2f}")

"""When to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ELMEDPlaygroundLib.experiment.settings import Criterion


def met(stop: Criterion, step: int, history: Sequence[dict[str, Any]]) -> str | None:
    """Return which part of a criterion is met: steps, accuracy, loss or patience; None for none.

    Args:
        stop: the criterion.
        step: of the training.
        history: rows with `step`, `train_loss`, `test_loss` and `test_accuracy`.
    """
    if stop.steps and step >= stop.steps:
        return "steps"
    if not history or step == 0:
        return None
    row = history[-1]
    if stop.accuracy and row["test_accuracy"] >= stop.accuracy:
        return "accuracy"
    if stop.loss and row["train_loss"] < stop.loss:
        return "loss"
    if stop.patience:
        best = min(history, key=lambda entry: entry["test_loss"])
        if step - best["step"] >= stop.patience:
            return "patience"
    return None


def sentence(reason: str | None, stop: Criterion, step: int) -> str | None:
    """Return a reason in plain words."""
    if reason is None:
        return None
    return {
        "steps": f"Stopped: {step:,} steps are done, as many as the criterion allows.",
        "accuracy": f"Stopped at step {step:,}: at least {stop.accuracy:.1%} of the held-out "
        "examples are right.",
        "loss": f"Stopped at step {step:,}: the loss on the training examples is below "
        f"{stop.loss:g}.",
        "patience": f"Stopped at step {step:,}: the loss on the held-out examples has not become "
        f"better for {stop.patience:,} steps.",
    }[reason]

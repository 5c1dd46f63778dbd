"""How wrong predictions are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.nn import functional

if TYPE_CHECKING:
    from torch import Tensor


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the mean of -ln(probability of the right class)."""
    return functional.cross_entropy(logits, targets)


def squared_error(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the mean over examples of the squared distance of the probabilities from the truth."""
    truth = functional.one_hot(targets, logits.shape[1]).to(logits.dtype)
    return (logits.softmax(1) - truth).square().sum(1).mean()


LOSSES = {"cross_entropy": cross_entropy, "squared_error": squared_error}

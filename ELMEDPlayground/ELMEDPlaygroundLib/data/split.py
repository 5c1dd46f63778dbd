"""Parting examples: what is learnt from, and what is held out."""

from __future__ import annotations

import numpy as np


def split(
    targets: np.ndarray,
    share: float,
    seed: int,
    groups: np.ndarray | None = None,
    test: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices to train with and those to test on; they never share an example.

    Without groups each class is parted by itself, so that both parts have all classes. With groups,
    whole groups are held out until the share is reached.

    Args:
        targets: (n,), classes.
        share: of the examples that is held out, 0 to 1.
        seed: of the drawing.
        groups: (n,), what has the same number stays together.
        test: (n,), bool, what is held out where that is decided already.

    Returns:
        Two arrays of int64, in the order in which they were drawn.
    """
    generator = np.random.default_rng([seed, 1])
    if test is not None:
        order = generator.permutation(len(targets))
        return order[~test[order]], order[test[order]]
    if groups is None:
        held_out = _held_out_examples(targets, share, generator)
    else:
        held_out = _held_out_groups(groups, share, generator)
    order = generator.permutation(len(targets))
    return order[~held_out[order]], order[held_out[order]]


def limited(train: np.ndarray, targets: np.ndarray, limit: int) -> np.ndarray:
    """Return at most `limit` of the indices (0 for all), the classes as evenly as they come."""
    if not limit or limit >= len(train):
        return train
    ranks = np.empty(len(train), np.int64)
    for label in np.unique(targets[train]):
        of_class = np.flatnonzero(targets[train] == label)
        ranks[of_class] = np.arange(len(of_class))
    return train[np.sort(np.argsort(ranks, kind="stable")[:limit])]


def _held_out_examples(
    targets: np.ndarray, share: float, generator: np.random.Generator
) -> np.ndarray:
    held_out = np.zeros(len(targets), bool)
    for label in np.unique(targets):
        of_class = generator.permutation(np.flatnonzero(targets == label))
        count = round(share * len(of_class))
        if len(of_class) > 1:
            count = min(max(count, 1), len(of_class) - 1)
        held_out[of_class[:count]] = True
    return held_out


def _held_out_groups(
    groups: np.ndarray, share: float, generator: np.random.Generator
) -> np.ndarray:
    names = generator.permutation(np.unique(groups))
    sizes = np.array([(groups == name).sum() for name in names])
    before = np.cumsum(sizes) - sizes
    chosen = before < share * len(groups)
    if len(names) > 1:
        chosen[-1] = False
    return np.isin(groups, names[chosen])

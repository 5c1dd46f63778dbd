"""What mere counting foretells: how often each character follows the few before it.

These models are what a network is held against. A bigram model looks at one character, a 5-gram
model at four. Where a history was seen seldom, shorter ones are listened to as well: interpolation
after I. Witten and T. Bell, The zero-frequency problem (IEEE Transactions on Information Theory 37,
1991).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.generative.text.corpus import Corpus


def loss_of_counting(corpus: Corpus, order: int, rows: np.ndarray) -> float:
    """Return how wrong counting is about characters that were held out, in nats a character.

    Args:
        corpus: what is counted in, without what is held out.
        order: how many characters are counted together; 2 for a bigram model.
        rows: int64 (m, length); of each the first character is only given. Nothing before it is
            looked at, as a network does not.
    """
    return float(-np.log(probabilities(corpus, order, rows)[:, 1:]).mean())


def probabilities(corpus: Corpus, order: int, rows: np.ndarray) -> np.ndarray:
    """Return what counting gives each character of rows (m, length), given those before it."""
    kinds = len(corpus.characters)
    found = np.full(rows.shape, 1.0 / kinds)
    for length in range(1, min(order, rows.shape[1]) + 1):
        starts = corpus.starts(length)
        seen = _numbers(corpus.codes, starts, length, kinds)
        grams, counts = np.unique(seen, return_counts=True)
        histories, first = np.unique(grams // kinds, return_index=True)
        totals = np.add.reduceat(counts, first)
        followers = np.diff(np.append(first, len(grams)))
        asked = _sliding(rows, length, kinds)
        count = _looked_up(asked, grams, counts)
        total = _looked_up(asked // kinds, histories, totals)
        kind = _looked_up(asked // kinds, histories, followers)
        part = found[:, length - 1 :]
        known = total > 0
        mixed = (count + kind * part) / np.maximum(total + kind, 1)
        found[:, length - 1 :] = np.where(known, mixed, part)
    return found


def _numbers(codes: np.ndarray, starts: np.ndarray, length: int, kinds: int) -> np.ndarray:
    """Return so many characters in a row as one number, for each start."""
    number = np.zeros(len(starts), np.int64)
    for place in range(length):
        number = number * kinds + codes[starts + place]
    return number


def _sliding(rows: np.ndarray, length: int, kinds: int) -> np.ndarray:
    """Return the number of each run of characters within rows, (m, one for each end)."""
    count = rows.shape[1] - length + 1
    number = np.zeros((len(rows), count), np.int64)
    for place in range(length):
        number = number * kinds + rows[:, place : place + count]
    return number


def _looked_up(asked: np.ndarray, names: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the values of names, 0 for those that there are not; the names are sorted."""
    place = np.minimum(np.searchsorted(names, asked), len(names) - 1)
    return np.where(names[place] == asked, values[place], 0)

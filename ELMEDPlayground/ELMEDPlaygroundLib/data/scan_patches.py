"""Cutting patches and slices out of scans, so that no held-out one touches one that is learnt.

Neighbouring slices are nearly the same picture: where they are dealt out by chance, a network is
tested on what it has learnt by heart. Here the volume is cut into blocks; whole blocks are held
out, every patch lies in one block, and stays away from its faces by half of the gap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ELMEDLib.errors import InputError

PLANES = {"axial": 0, "coronal": 1, "sagittal": 2}
"""The axis of `(z, y, x)` that a plane's slices are stacked along."""

AXES = 3
LAYOUTS = 60
FEWEST = 4
"""Examples of each class in each part: with fewer, accuracies mean nothing."""


@dataclass(frozen=True)
class Candidates:
    """Where examples may be taken.

    Attributes:
        low: int `(n, 3)`, the first voxel `(z, y, x)` of each one's box.
        high: int `(n, 3)`, the voxel after its last.
        plane: int `(n,)`, the axis across.
        target: int `(n,)`, its class.
        subject: int `(n,)`, whose it is.
    """

    low: np.ndarray
    high: np.ndarray
    plane: np.ndarray
    target: np.ndarray
    subject: np.ndarray

    def __len__(self) -> int:
        return len(self.target)

    def take(self, indices: np.ndarray) -> Candidates:
        """Return some of them."""
        return Candidates(
            self.low[indices],
            self.high[indices],
            self.plane[indices],
            self.target[indices],
            self.subject[indices],
        )


def boxes(
    centres: np.ndarray, plane: int, side: int, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Return low and high `(n, 3)` of patches around centres; `side` 0 is the whole slice."""
    low = centres - side // 2
    high = low + side
    if side == 0:
        low, high = np.zeros_like(centres), np.broadcast_to(shape, centres.shape).copy()
    low[:, plane], high[:, plane] = centres[:, plane], centres[:, plane] + 1
    return low, high


def part_by_subject(
    found: Candidates, share: float, generator: np.random.Generator
) -> tuple[Candidates, np.ndarray]:
    """Hold out whole subjects: return all candidates, and which are held out.

    Raises:
        InputError: there is one subject only.
    """
    names = generator.permutation(np.unique(found.subject))
    if len(names) < 2:  # noqa: PLR2004
        raise InputError(
            "One subject cannot be split by subject.",
            "Add a volume of another subject, or split by blocks.",
        )
    held = names[: min(max(round(share * len(names)), 1), len(names) - 1)]
    return found, np.isin(found.subject, held)


def part_by_blocks(
    found: Candidates,
    share: float,
    block: int,
    margin: int,
    whole_slices: bool,
    generator: np.random.Generator,
) -> tuple[Candidates, np.ndarray]:
    """Hold out whole blocks: return the candidates that lie in one block, and which are held out.

    Boxes of two different blocks are at least `2 * margin` voxels apart.

    Args:
        found: candidates of any place.
        share: that is held out, 0 to 1.
        block: edge of a block in voxels.
        margin: what a box keeps from its block's faces, in voxels.
        whole_slices: blocks are slabs across the one plane of all candidates.
        generator: draws where blocks begin and which are held out.

    Raises:
        InputError: no block holds a patch, or a class is not on both sides.
    """
    axes = [int(found.plane[0])] if whole_slices else list(range(AXES))
    best: tuple[float, np.ndarray, np.ndarray] | None = None
    classes = int(found.target.max()) + 1
    for _ in range(LAYOUTS):
        start = generator.integers(0, block, AXES)
        low, last = found.low[:, axes] - start[axes], found.high[:, axes] - 1 - start[axes]
        cell = low // block
        fits = (
            (cell == last // block).all(axis=1)
            & (low % block >= margin).all(axis=1)
            & (last % block <= block - 1 - margin).all(axis=1)
        )
        kept = np.flatnonzero(fits)
        if not len(kept):
            continue
        keys = np.column_stack([found.subject[kept], cell[kept]])
        _, number = np.unique(keys, axis=0, return_inverse=True)
        held = _drawn(number.ravel(), share, generator)
        score = _imbalance(found.target[kept], held, share, classes)
        if best is None or score < best[0]:
            best = (score, kept, held)
    if best is None:
        raise InputError(
            "No block of the volume holds a whole patch.", "Take smaller patches or a smaller gap."
        )
    return found.take(best[1]), best[2]


def drawn_evenly(
    targets: np.ndarray,
    held: np.ndarray,
    count: int,
    share: float,
    classes: tuple[str, ...],
    generator: np.random.Generator,
) -> np.ndarray:
    """Return indices of about `count` examples, as many of each class, in both parts.

    Raises:
        InputError: a class has too few examples in one part.
    """
    chosen = []
    for side, part in ((held, share), (~held, 1.0 - share)):
        wanted = max(round(count * part / len(classes)), FEWEST)
        for label, name in enumerate(classes):
            places = np.flatnonzero(side & (targets == label))
            if len(places) < FEWEST:
                raise InputError(
                    f"There are too few examples of the class '{name}' to train with and to test "
                    "on, when the two must not touch.",
                    "Take smaller patches, a smaller gap, or several subjects.",
                )
            chosen.append(generator.permutation(places)[:wanted])
    return generator.permutation(np.concatenate(chosen))


def cut(array: np.ndarray, low: np.ndarray, high: np.ndarray, plane: int) -> np.ndarray:
    """Return one patch `(channel, row, column)` of `array` `(channel, z, y, x)`.

    Head or front is up, and columns run as in the radiological convention.
    """
    block = array[:, low[0] : high[0], low[1] : high[1], low[2] : high[2]]
    patch: np.ndarray = block.take(0, axis=1 + plane)
    # Rows of the two upright planes run from foot to head in the array.
    return patch if plane == PLANES["axial"] else patch[:, ::-1]


def squared(slice_: np.ndarray, side: int) -> np.ndarray:
    """Return a slice `(channel, row, column)` in a square of `side` pixels, nothing cut off."""
    from scipy import ndimage

    _, rows, columns = slice_.shape
    edge = max(rows, columns)
    top, left = (edge - rows) // 2, (edge - columns) // 2
    pad = ((0, 0), (top, edge - rows - top), (left, edge - columns - left))
    full = np.pad(slice_, pad)
    sigma = max(edge / side / 2.355, 0.0) if edge > side else 0.0
    smooth = ndimage.gaussian_filter(full, (0, sigma, sigma))
    small: np.ndarray = ndimage.zoom(
        smooth, (1, side / edge, side / edge), order=1, grid_mode=True, mode="nearest"
    )
    return small[:, :side, :side]


def _drawn(number: np.ndarray, share: float, generator: np.random.Generator) -> np.ndarray:
    """Hold out blocks, in an order by chance, until the share is reached."""
    sizes = np.bincount(number)
    order = generator.permutation(len(sizes))
    before = np.cumsum(sizes[order]) - sizes[order]
    chosen = order[before < share * len(number)]
    return np.isin(number, chosen)


def _imbalance(targets: np.ndarray, held: np.ndarray, share: float, classes: int) -> float:
    """Return how far the classes' held-out shares are from what is wanted; 10 for each missing."""
    score = 0.0
    for label in range(classes):
        of_class = targets == label
        inside = int((of_class & held).sum())
        if min(inside, int(of_class.sum()) - inside) < FEWEST:
            score += 10.0
        else:
            score += abs(inside / of_class.sum() - share)
    return score

"""Batches for the generator of tumours: slices by chance, turned, scaled, brighter or darker."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional

from ELMEDPlaygroundLib.tumour.classes import CLASSES, OUTSIDE
from ELMEDPlaygroundLib.tumour.network import SliceDrawer, softened

Slices = dict[str, tuple[np.ndarray, np.ndarray, float]]
"""By source: images `(n, 4, 96, 80)`, classes `(n, 96, 80)`, and 1 where patients show them."""

SOURCES = {"patients": 0.35, "lesions": 0.40, "simulated": 0.25}
"""From where slices come, and the share of each."""

BATCH = 8

SKIPPED = 9
"""The usual brightness is taken from every so many slices."""

TURN, SCALE, STRETCH, SHIFT = 0.2, 0.12, 0.05, 0.06
GAIN, OFFSET = 0.08, 0.12
"""How far slices are turned (radians), scaled and moved, and brightness is changed, at most."""


def sample(
    slices: Slices,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return some slices of all sources, and their classes, one-hot."""
    images, classes = (
        torch.from_numpy(np.concatenate([entry[part][::SKIPPED] for entry in slices.values()]))
        for part in (0, 1)
    )
    onehot = functional.one_hot(classes.long(), len(CLASSES)).permute(0, 3, 1, 2).float()
    return images.float(), onehot


def usual(slices: Slices) -> torch.Tensor:
    """Return the usual brightness of each class, `(classes, 4)`: the least-squares fit."""
    images, onehot = sample(slices)
    inside = onehot[:, OUTSIDE] == 0
    shares = softened(onehot).permute(0, 2, 3, 1)[inside][:, OUTSIDE + 1 :]
    found = torch.linalg.lstsq(shares, images.permute(0, 2, 3, 1)[inside]).solution
    return torch.cat([torch.zeros(1, found.shape[1]), found])


def spread(network: SliceDrawer, slices: Slices) -> torch.Tensor:
    """Return how far slices differ from what is usual, `(4,)`: a standard deviation."""
    images, onehot = sample(slices)
    rest = images - network.expected(onehot)
    return rest.permute(0, 2, 3, 1)[onehot[:, OUTSIDE] == 0].std(0)


def drawn(
    slices: Slices, rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return a batch: images `(n, 4, 96, 80)`, classes one-hot, and whether patients show them."""
    images, classes, source = [], [], []
    for name in rng.choice(list(SOURCES), BATCH, p=list(SOURCES.values())):
        own_images, own_classes, own_source = slices[name]
        place = int(rng.integers(len(own_images)))
        images.append(own_images[place].astype(np.float32))
        classes.append(own_classes[place])
        source.append(own_source)
    return altered(
        torch.from_numpy(np.stack(images)),
        torch.from_numpy(np.stack(classes)).long(),
        torch.tensor(source),
        rng,
    )


def altered(
    images: torch.Tensor, classes: torch.Tensor, source: torch.Tensor, rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Turn, scale, mirror and move slices, and change the brightness of each contrast."""
    count = len(images)
    matrix = np.zeros((count, 2, 3), np.float32)
    angle = rng.uniform(-TURN, TURN, count)
    size = np.exp(rng.uniform(-SCALE, SCALE, (count, 1)))
    size = size * np.exp(rng.uniform(-STRETCH, STRETCH, (count, 2)))
    mirror = rng.choice([-1.0, 1.0], count)
    ratio = images.shape[2] / images.shape[3]
    matrix[:, 0, 0] = np.cos(angle) * size[:, 0] * mirror
    matrix[:, 0, 1] = -np.sin(angle) * size[:, 0] * ratio
    matrix[:, 1, 0] = np.sin(angle) * size[:, 1] * mirror / ratio
    matrix[:, 1, 1] = np.cos(angle) * size[:, 1]
    matrix[:, :, 2] = rng.uniform(-SHIFT, SHIFT, (count, 2))
    grid = functional.affine_grid(torch.from_numpy(matrix), list(images.shape), align_corners=False)
    onehot = functional.one_hot(classes, len(CLASSES)).permute(0, 3, 1, 2).float()
    inside = 1 - onehot[:, OUTSIDE : OUTSIDE + 1]
    moved = functional.grid_sample(images, grid, "bilinear", "zeros", align_corners=False)
    weight = functional.grid_sample(inside, grid, "bilinear", "zeros", align_corners=False)
    numbers = classes[:, None].float()
    numbers = functional.grid_sample(numbers, grid, "nearest", "zeros", align_corners=False)
    onehot = functional.one_hot(numbers[:, 0].long(), len(CLASSES)).permute(0, 3, 1, 2).float()
    gain = torch.from_numpy(rng.uniform(1 - GAIN, 1 + GAIN, (count, 4, 1, 1))).float()
    offset = torch.from_numpy(rng.uniform(-OFFSET, OFFSET, (count, 4, 1, 1))).float()
    moved = gain * moved / weight.clamp(min=0.3) + offset
    moved = moved * (1 - onehot[:, OUTSIDE : OUTSIDE + 1])
    layout = torch.channels_last
    return moved.to(memory_format=layout), onehot.to(memory_format=layout), source

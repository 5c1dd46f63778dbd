"""Running a network over a prepared study."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.progress import Progress, no_progress
from ELMEDSegmentLib.network import smallest_multiple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import torch

LARGEST_TILE_VOXELS = 160**3
"""Up to this size a study is one tile. A U-Net of the course's width then needs about 2.5 GB."""

LEFT_RIGHT = -1
"""The axis of `(channel, z, y, x)` along which a head is nearly its own mirror image."""

OVERLAP = 0.25
"""Share of a tile that it has in common with its neighbour."""


@dataclass(frozen=True)
class Way:
    """How a network goes over an image.

    Attributes:
        largest_tile: in voxels.
        mirror: ask the network again with left and right exchanged, and take the mean; twice the
            time.
        store: the device that keeps what the tiles give; the one that computes when None.
    """

    largest_tile: int = LARGEST_TILE_VOXELS
    mirror: bool = False
    store: str | None = None


IN_ONE_PIECE = Way()
"""In one piece where memory allows it, once."""


def predict(
    network: torch.nn.Module,
    architecture: Mapping[str, Any],
    image: np.ndarray,
    device: str = "cpu",
    progress: Progress = no_progress,
    way: Way = IN_ONE_PIECE,
) -> np.ndarray:
    """Return the probability of each region at each voxel.

    The brain is predicted in one piece where memory allows it: no overlap is computed twice and no
    voxel lacks context. Otherwise tiles overlap and are blended.

    Args:
        network: gives logits `(1, region, z, y, x)`.
        architecture: the network's description.
        image: float32 `(channel, z, y, x)`.
        device: PyTorch's name of the device; the network is there already.
        progress: told about every tile; may raise `CancelledError`.
        way: how it goes over the image.

    Returns:
        float32 `(region, z, y, x)`, 0 to 1.
    """
    import torch

    shape = image.shape[1:]
    tile = tile_shape(shape, smallest_multiple(architecture), way.largest_tile)
    corners = list(_tile_corners(shape, tile))
    store = way.store or device
    line = _window(tile) if len(corners) > 1 else np.ones(tile, np.float32)
    window = torch.from_numpy(line).to(store)
    total: torch.Tensor | None = None
    weight = torch.zeros(shape, device=store)
    with torch.inference_mode():
        for number, corner in enumerate(corners):
            progress("inference", number / len(corners), "Running the network")
            blocks = (slice(c, min(c + t, n)) for c, t, n in zip(corner, tile, shape, strict=True))
            here = (slice(None), *blocks)
            part = image[here]
            inside = (slice(None), *(slice(0, n) for n in part.shape[1:]))
            padded = np.zeros((len(image), *tile), np.float32)
            padded[inside] = part
            found = _run(network, padded, device, mirror=way.mirror)[inside].to(store)
            if total is None:
                total = torch.zeros((len(found), *shape), device=store)
            total[here] += found.mul_(window[inside[1:]])
            weight[here[1:]] += window[inside[1:]]
        if total is None:
            raise ValueError("an image without voxels cannot be predicted")
        progress("inference", 1.0, "Running the network")
        probabilities: np.ndarray = total.div_(weight).cpu().numpy()
    return probabilities


def _run(network: torch.nn.Module, tile: np.ndarray, device: str, *, mirror: bool) -> torch.Tensor:
    """Return the probabilities `(region, z, y, x)` of one padded tile `(channel, z, y, x)`."""
    import torch

    tensor = torch.from_numpy(tile)[None].to(device)
    # Half precision gains time and memory on CUDA alone; CPUs mostly emulate it.
    with torch.autocast("cuda", enabled=device.startswith("cuda")):
        probabilities = network(tensor).float().sigmoid()
        if mirror:
            mirrored = network(tensor.flip(LEFT_RIGHT)).float().sigmoid().flip(LEFT_RIGHT)
            probabilities = (probabilities + mirrored) / 2
    found: torch.Tensor = probabilities[0]
    return found


def largest_tile(wanted: int, field_of_view: Sequence[int]) -> int:
    """Return the voxels of a tile: `wanted`, but by default all that a network saw in training.

    Networks that normalise by the whole tile, such as SegResNet's groups, answer otherwise when
    they are shown another share of background than they learnt from.
    """
    if wanted != LARGEST_TILE_VOXELS or not field_of_view:
        return wanted
    return max(wanted, math.prod(field_of_view))


def tile_shape(shape: tuple[int, ...], multiple: int, largest: int) -> tuple[int, ...]:
    """Return the tile `(z, y, x)`: the whole padded image, or halved along its longest side."""
    tile = [-(-n // multiple) * multiple for n in shape]
    while np.prod(tile) > largest and max(tile) > multiple:
        longest = tile.index(max(tile))
        tile[longest] = -(-tile[longest] // (2 * multiple)) * multiple
    return tuple(tile)


def _tile_corners(shape: tuple[int, ...], tile: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield the first index `(z, y, x)` of tiles that cover `shape` with overlap."""
    lines = []
    for size, length in zip(shape, tile, strict=True):
        last = max(size - length, 0)
        step = max(int(length * (1 - OVERLAP)), 1)
        lines.append([*range(0, last, step), last])
    return itertools.product(*lines)


def _window(tile: tuple[int, ...]) -> np.ndarray:
    """Return blending weights `(z, y, x)` that fall linearly towards a tile's faces."""
    lines = []
    for length in tile:
        edge = max(int(length * OVERLAP), 1)
        distance = np.minimum(np.arange(length), np.arange(length)[::-1]) + 1
        lines.append(np.minimum(distance / edge, 1.0))
    weights: np.ndarray = (
        lines[0][:, None, None] * lines[1][None, :, None] * lines[2][None, None, :]
    )
    return weights.astype(np.float32)

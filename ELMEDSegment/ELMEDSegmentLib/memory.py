"""Running a network in whatever memory there is.

A run that does not fit is tried again with less: first in smaller tiles, then with what the tiles
give kept in the computer's own memory rather than the graphics card's, then on the CPU. Each step
is slower than the one before and gives nearly the same answer; the report says which were taken.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import OutOfMemoryError
from ELMEDLib.progress import Progress, no_progress
from ELMEDSegmentLib.inference import IN_ONE_PIECE, LARGEST_TILE_VOXELS, Way, predict, tile_shape
from ELMEDSegmentLib.network import smallest_multiple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    import torch

SMALLEST_TILE_VOXELS = 32**3
"""Tiles below this size would lack the context that a tumour is recognised by."""


@dataclass(frozen=True)
class Attempt:
    """One way to run a network.

    Attributes:
        device: that computes.
        tile: its size `(z, y, x)` in voxels.
        store: the device that keeps what the tiles give.
    """

    device: str
    tile: tuple[int, ...]
    store: str

    def sentence(self) -> str:
        """Say how the network was run, for the report."""
        where = {"cpu": "the CPU", "cuda": "the graphics card"}.get(
            self.device, "the graphics processor"
        )
        size = " x ".join(str(n) for n in self.tile)
        kept = ", kept in the computer's memory" if self.device != self.store else ""
        return f"on {where} in tiles of {size} voxels{kept}"


@dataclass(frozen=True)
class Prediction:
    """What a network found, and how it was run.

    Attributes:
        probabilities: float32 `(region, z, y, x)`, 0 to 1.
        device: that computed it in the end.
        warnings: a sentence when memory had run out, none else.
    """

    probabilities: np.ndarray
    device: str
    warnings: tuple[str, ...]


def predict_in_memory(
    network: torch.nn.Module,
    architecture: Mapping[str, Any],
    image: np.ndarray,
    device: str = "cpu",
    progress: Progress = no_progress,
    way: Way = IN_ONE_PIECE,
) -> Prediction:
    """Do what `inference.predict` does, and step down when memory runs out.

    The arguments are those of `predict`. The network is left on the device that computed last.

    Raises:
        OutOfMemoryError: the memory does not even suffice for the smallest tiles on the CPU.
    """
    multiple = smallest_multiple(architecture)
    report = _never_falling(progress)
    failed: Attempt | None = None
    for attempt in attempts(device, image.shape[1:], multiple, way.largest_tile):
        if failed is not None:
            _free(failed.device)
        try:
            network.to(attempt.device)
            probabilities = predict(
                network,
                architecture,
                image,
                attempt.device,
                report,
                replace(way, largest_tile=_voxels(attempt.tile), store=attempt.store),
            )
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            # The traceback holds the tensors of the run that failed.
            error.__traceback__ = None
            failed = attempt
            continue
        warnings = () if failed is None else (_warning(failed, attempt),)
        return Prediction(probabilities, attempt.device, warnings)
    raise OutOfMemoryError(
        "There is not enough memory to run the network, not even in small pieces on the CPU.",
        "Close other programs, or choose a smaller model, and try again.",
    )


def attempts(
    device: str, shape: tuple[int, ...], multiple: int, largest_tile: int = LARGEST_TILE_VOXELS
) -> Iterator[Attempt]:
    """Yield the ways to run a network over an image of `shape` `(z, y, x)`, the fastest first.

    Args:
        device: that the user has chosen.
        shape: of the image.
        multiple: what a tile's sides must be a multiple of.
        largest_tile: in voxels.
    """
    tiles = list(_tiles(shape, multiple, largest_tile))
    for tile in tiles:
        yield Attempt(device, tile, device)
    if device != "cpu":
        yield Attempt(device, tiles[-1], "cpu")
        for tile in tiles:
            yield Attempt("cpu", tile, "cpu")


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an error says that memory ran out, as PyTorch's back ends say it."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    # MPS and the CPU have no class of their own for it.
    text = str(error).lower()
    signs = ("out of memory", "can't allocate memory", "not enough memory")
    return isinstance(error, RuntimeError) and any(sign in text for sign in signs)


def _tiles(shape: tuple[int, ...], multiple: int, largest_tile: int) -> Iterator[tuple[int, ...]]:
    """Yield tiles from the largest to the smallest, each about half of the one before."""
    tile = tile_shape(shape, multiple, largest_tile)
    yield tile
    while _voxels(tile) > SMALLEST_TILE_VOXELS:
        smaller = tile_shape(shape, multiple, _voxels(tile) // 2)
        if smaller == tile:
            return
        tile = smaller
        yield tile


def _voxels(tile: tuple[int, ...]) -> int:
    product = 1
    for side in tile:
        product *= side
    return product


def _never_falling(progress: Progress) -> Progress:
    """Return a progress function that stays where it is while a second attempt catches up."""
    reached = 0.0

    def report(stage: str, fraction: float, message: str) -> None:
        nonlocal reached
        reached = max(reached, fraction)
        progress(stage, reached, message)

    return report


def _free(device: str) -> None:
    """Give back what the failed run held."""
    import torch

    gc.collect()
    if device == "cuda":
        torch.cuda.empty_cache()
    elif device == "mps":
        torch.mps.empty_cache()


def _warning(failed: Attempt, used: Attempt) -> str:
    where = "computer" if failed.device == "cpu" else "graphics card"
    return (
        f"The memory of the {where} ran out: the network was run {used.sentence()}, "
        "which takes longer and can differ slightly at the borders of the tiles."
    )

"""Examples before they are split."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np

Maker = TypeVar("Maker", bound=Callable[..., "Examples"])


@dataclass(frozen=True)
class Examples:
    """Examples with their classes.

    Attributes:
        inputs: float32; points (n, 2), or images (n, channel, y, x).
        targets: int64 (n,).
        classes: names.
        groups: int64 (n,); what has the same number is never split between train and test, such as
            the slices of one block of a scan. None when each example stands alone.
        test: bool (n,), which ones are held out where that is decided already; None otherwise.
    """

    inputs: np.ndarray
    targets: np.ndarray
    classes: tuple[str, ...]
    groups: np.ndarray | None = None
    test: np.ndarray | None = None


def reads(*options: str, images: bool = False) -> Callable[[Maker], Maker]:
    """Say of a function that makes examples what it reads of the spec beside the common things.

    Args:
        options: the names.
        images: whether it makes images, which can be put on a canvas, shifted and marked.
    """

    def mark(make: Maker) -> Maker:
        make.options = options  # type: ignore[attr-defined]
        make.images = images  # type: ignore[attr-defined]
        return make

    return mark

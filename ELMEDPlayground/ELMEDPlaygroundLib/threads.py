"""How many threads PyTorch computes with: few for what is small, its own number for the rest.

The tasks of a worker share one PyTorch: what one of them chose must not hold up the others, nor
change the last digits of what they compute.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@cache
def own_number() -> int:
    """Return how many PyTorch takes by itself; it must be asked before anybody chooses."""
    import torch

    return int(torch.get_num_threads())


@contextmanager
def threads(count: int = 0) -> Iterator[None]:
    """Compute with so many threads, 0 for PyTorch's own number; afterwards all is as before.

    It can be put before a task as a decorator, too. Without PyTorch, whoever needs it says so.
    """
    try:
        import torch
    except ImportError:
        yield
        return
    own, before = own_number(), torch.get_num_threads()
    torch.set_num_threads(count or own)
    try:
        yield
    finally:
        torch.set_num_threads(before)

"""The devices that a network can run on: what is there, and whether it works."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass

from ELMEDLib.errors import InputError

DEVICES = ("auto", "cpu", "cuda", "mps")

GIGABYTE = 1024.0**3

ACCELERATORS_FIRST = ("cuda", "mps", "cpu")


@dataclass(frozen=True)
class FoundDevice:
    """A device as a list shows it.

    Attributes:
        name: PyTorch's name of its kind ("cpu", "cuda" or "mps").
        title: its maker's name, as far as the system tells it.
        memory_gb: all its memory, None where the system does not tell.
        problem: why it cannot be used; "" when one operation on it gave the right answer.
    """

    name: str
    title: str
    memory_gb: float | None
    problem: str

    @property
    def works(self) -> bool:
        """Whether it can be used."""
        return not self.problem

    def sentence(self) -> str:
        """Return what there is to say about it, in a line."""
        memory = f", {self.memory_gb:.0f} GB" if self.memory_gb else ""
        return f"{self.title}{memory}" + (f" ({self.problem})" if self.problem else "")


def find_devices() -> list[FoundDevice]:
    """Return every kind of device in the order in which "auto" takes them, each tried."""
    return [_find(name) for name in ACCELERATORS_FIRST]


def choose_device(wanted: str = "auto") -> str:
    """Return PyTorch's name of the device to use, after trying one operation on it.

    Args:
        wanted: one of `DEVICES`; "auto" takes the first accelerator that works, else the CPU.

    Raises:
        InputError: the wanted device is unknown, or is not there or does not work.
    """
    if wanted not in DEVICES:
        raise InputError(
            f"The device '{wanted}' is unknown.", f"Choose one of {', '.join(DEVICES)}."
        )
    for name in ACCELERATORS_FIRST if wanted == "auto" else (wanted,):
        if not _problem(name):
            return name
    raise InputError(
        f"The device '{wanted}' is not there or does not work with this PyTorch.",
        "Choose 'auto' or 'cpu'.",
    )


def named_device(name: str) -> str:
    """Return a device given by any name of PyTorch's, such as "cuda:1", or one of `DEVICES`.

    Raises:
        InputError: it is not there, or does not work.
    """
    if name in DEVICES:
        return choose_device(name)
    import torch

    try:
        torch.ones(2, device=name)
    except (RuntimeError, NotImplementedError, AssertionError) as error:
        raise InputError(
            f"The device '{name}' is not there or does not work with this PyTorch.",
            f"Choose one of {', '.join(DEVICES)}.",
        ) from error
    return name


def usable_cores() -> int:
    """Return the number of CPU cores that this process may use, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def threads_beside_a_window() -> int:
    """Return how many threads leave the application that asks one core for its window."""
    return max(1, usable_cores() - 1)


def _find(name: str) -> FoundDevice:
    problem = _problem(name)
    title, memory = {"cpu": _cpu, "cuda": _cuda, "mps": _mps}[name](there=not problem)
    return FoundDevice(name, title, memory, problem)


def _problem(name: str) -> str:
    """Return why the device cannot be used, "" when one operation on it gave the right answer."""
    import torch

    if name == "cuda" and not torch.cuda.is_available():
        return "not there, or this PyTorch is made without CUDA"
    if name == "mps" and not torch.backends.mps.is_available():
        return "not there, or this PyTorch is made without MPS"
    try:
        works = torch.ones(2, device=name).sum().item() == 2  # noqa: PLR2004
    except (RuntimeError, NotImplementedError) as error:
        return f"one operation on it failed: {str(error).splitlines()[0]}"
    return "" if works else "one operation on it gave a wrong answer"


def _cpu(*, there: bool) -> tuple[str, float | None]:  # noqa: ARG001 - it always is
    cores = usable_cores()
    name = platform.processor() or platform.machine() or "CPU"
    title = f"CPU {name}, {cores} core{'s' if cores > 1 else ''}"
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIGABYTE
    except (AttributeError, ValueError, OSError):  # Windows has no such call
        return title, None
    return title, memory


def _cuda(*, there: bool) -> tuple[str, float | None]:
    if not there:
        return "NVIDIA graphics card", None
    import torch

    card = torch.cuda.get_device_properties(0)
    return card.name, card.total_memory / GIGABYTE


def _mps(*, there: bool) -> tuple[str, float | None]:
    if not there:
        return "Apple graphics processor", None
    import torch

    return "Apple graphics processor", torch.mps.recommended_max_memory() / GIGABYTE

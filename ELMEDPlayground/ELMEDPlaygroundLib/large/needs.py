"""What running a model takes, beside what there is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

GIGABYTE = 1024.0**3
OVERHEAD = {"image": 2.0, "text": 1.3, "dictation": 1.3}
"""How much memory a run takes, as a multiple of the weights: intermediate results come on top.
A picture of 512 x 512 needs about as much again as the network. A rule of thumb, not a promise."""


@dataclass(frozen=True)
class Needs:
    """Memory of a device, in GB.

    Attributes:
        device: PyTorch's name of it.
        title: its maker's name.
        needed_gb: estimated.
        available_gb: free now, None where the system does not tell.
    """

    device: str
    title: str
    needed_gb: float
    available_gb: float | None

    @property
    def enough(self) -> bool:
        """Whether there is enough, as far as that is known."""
        return self.available_gb is None or self.needed_gb <= self.available_gb


def needs_of(kind: str, weights_bytes: int, wanted: str = "auto") -> Needs:
    """Estimate what a model needs.

    Args:
        kind: name of the kind of model.
        weights_bytes: of the weights on disk.
        wanted: the device, "auto" for the best one.

    Raises:
        InputError: the device is not there.
    """
    from ELMEDSegmentLib.device import choose_device, find_devices

    device = choose_device(wanted)
    title = next(found.title for found in find_devices() if found.name == device)
    needed = OVERHEAD[kind] * weights_bytes / GIGABYTE
    return Needs(device, title, needed, free_gb(device))


def free_gb(device: str) -> float | None:
    """Return the free memory of a device in GB, None where the system does not tell."""
    if device == "cuda":
        import torch

        return float(torch.cuda.mem_get_info()[0]) / GIGABYTE
    table = Path("/proc/meminfo")
    if table.is_file():
        for line in table.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) / 1024.0**2
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIGABYTE
    except (AttributeError, ValueError, OSError):  # Windows has no such call
        return None

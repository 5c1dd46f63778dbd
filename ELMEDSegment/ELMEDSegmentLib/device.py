"""The device that a network runs on."""

from __future__ import annotations

from ELMEDLib.errors import InputError

DEVICES = ("auto", "cpu", "cuda", "mps")


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
    candidates = ("cuda", "mps", "cpu") if wanted == "auto" else (wanted,)
    for device in candidates:
        if _works(device):
            return device
    raise InputError(
        f"The device '{wanted}' is not there or does not work with this PyTorch.",
        "Choose 'auto' or 'cpu'.",
    )


def _works(device: str) -> bool:
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        return False
    if device == "mps" and not torch.backends.mps.is_available():
        return False
    try:
        return bool(torch.ones(2, device=device).sum().item() == 2)  # noqa: PLR2004
    except (RuntimeError, NotImplementedError):
        return False

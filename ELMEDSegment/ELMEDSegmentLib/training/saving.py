"""Writing into a training run's folder, with errors that a user can act on."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import OutputError
from ELMEDLib.files import written_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADVICE = "Free some space or see to the folder; the same settings then go on where it stopped."


@contextmanager
def told_when_full(folder: Path) -> Iterator[None]:
    """Turn the many ways in which a disk refuses into one sentence.

    Raises:
        OutputError: what was to be written in the block could not be.
    """
    try:
        yield
    except OSError as error:
        what = error.strerror or "the disk refused"
        raise OutputError(f"'{folder}' cannot be written to: {what}.", ADVICE) from error
    except RuntimeError as error:
        # PyTorch's own words for a disk that takes no more.
        if "write" not in str(error).lower() and "unexpected pos" not in str(error):
            raise
        raise OutputError(
            f"'{folder}' cannot be written to; the disk may be full.", ADVICE
        ) from error


def save_state(state: Any, path: Path) -> None:
    """Write tensors and numbers as a file that is whole or not there.

    Raises:
        OutputError: the folder cannot be written to, or the disk is full.
    """
    import torch

    with told_when_full(path.parent), written_whole(path) as temporary:
        torch.save(state, temporary)


def make_folder(folder: Path) -> None:
    """Make the folder of a run, and try whether it can be written to.

    Raises:
        OutputError: it cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial = folder / ".elmed-trial"
        trial.write_bytes(b"")
        trial.unlink()
    except OSError as error:
        raise OutputError(
            f"The output folder '{folder}' cannot be written to: {error.strerror or error}.",
            "Choose a folder that you may write to.",
        ) from error

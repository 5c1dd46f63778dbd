"""Files that are whole or not there."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ELMEDLib.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FULL = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))
"""What the system says when a disk, or the user's share of it, is full."""


@contextmanager
def written_whole(path: Path | str) -> Iterator[Path]:
    """Give a temporary path beside `path`, and rename it to `path` when the block succeeds.

    An existing file stays as it is until the new one is complete; if the block raises, nothing new
    is left behind. The temporary name keeps the extension (also `.nii.gz`, `.seg.nrrd`), because
    writers choose the format by it. The folder is created when it is missing.

    Raises:
        OutputError: the folder cannot be made or written to, the disk is full, or the file that is
            there cannot be replaced.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise OutputError(
                f"'{path}' is a folder, not a file.", "Give the output a file name inside it."
            )
        extension = "".join(path.suffixes[-2:])
        handle, name = tempfile.mkstemp(prefix=".elmed-", suffix=extension, dir=path.parent)
    except OSError as error:
        raise OutputError(
            f"'{path}' cannot be written: {error.strerror or error}.",
            "Choose a folder that exists and that you may write to.",
        ) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        _put_in_place(temporary, path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in FULL:
            raise OutputError(
                f"'{path}' cannot be written: the disk is full.",
                "Free some space, or choose a folder on another disk.",
            ) from error
        raise


def _put_in_place(temporary: Path, path: Path) -> None:
    # mkstemp makes files private; results get the permissions that any new file would get.
    mask = os.umask(0)
    os.umask(mask)
    with suppress(OSError):  # not every disk knows permissions
        temporary.chmod(0o666 & ~mask)
    try:
        temporary.replace(path)
    except OSError as error:
        # On Windows, a table that is open in a spreadsheet cannot be replaced.
        raise OutputError(
            f"'{path}' cannot be replaced: {error.strerror or error}.",
            "Close it in other programs, or choose another name.",
        ) from error


def check_writable(path: Path | str) -> None:
    """Tell before long work what `written_whole` would tell after it; nothing is made.

    Raises:
        OutputError: `path` is a folder, or the folder that it would lie in cannot be written to.
    """
    path = Path(path)
    if path.is_dir():
        raise OutputError(
            f"'{path}' is a folder, not a file.", "Give the output a file name inside it."
        )
    there = next(folder for folder in path.absolute().parents if folder.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise OutputError(
            f"'{path}' cannot be written into '{there}'.",
            "Choose a folder that exists and that you may write to.",
        )


def spare_inputs(outputs: Iterable[Path | str], inputs: Iterable[Path | str]) -> None:
    """Refuse outputs that would take the place of what is read, or of one another.

    Raises:
        OutputError: an output is one of the inputs, or is given twice.
    """
    read = {_place(path) for path in inputs}
    written = set()
    for path in outputs:
        if _place(path) in read:
            raise OutputError(
                f"'{path}' is one of the files that are read, and would be replaced.",
                "Give the output another name.",
            )
        if _place(path) in written:
            raise OutputError(
                f"'{path}' is given for two outputs.", "Give each of them a name of its own."
            )
        written.add(_place(path))


def _place(path: Path | str) -> str:
    return os.path.normcase(os.path.realpath(path))

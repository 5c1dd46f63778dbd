"""Files that are whole or not there."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ELMEDLib.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def written_whole(path: Path | str) -> Iterator[Path]:
    """Give a temporary path beside `path`, and rename it to `path` when the block succeeds.

    An existing file stays as it is until the new one is complete; if the block raises, nothing new
    is left behind. The temporary name keeps the extension (also `.nii.gz`, `.seg.nrrd`), because
    writers choose the format by it. The folder is created when it is missing.

    Raises:
        OutputError: the folder cannot be made or written to.
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
        # mkstemp makes files private; results get the permissions that any new file would get.
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise

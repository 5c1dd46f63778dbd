"""A download that is not complete yet: what is here of it, and what it is part of."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING

from ELMEDLib.errors import OutputError
from ELMEDLib.files import written_whole
from ELMEDSegmentLib.store import user_models_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = ".downloads"


@dataclass(frozen=True)
class Origin:
    """What a server said about the file when the download began.

    Attributes:
        url: that was asked for.
        validator: a strong ETag or a date, by which the server knows the same file again; "" when
            it gave none.
        total: bytes of the whole file, None when the server did not say.
    """

    url: str
    validator: str
    total: int | None


class Partial:
    """The file of one address as far as it has come."""

    def __init__(self, url: str) -> None:
        folder = user_models_folder() / FOLDER
        name = hashlib.sha256(url.encode()).hexdigest()[:16]
        self.url = url
        self.path = folder / f"{name}.part"
        self._origin = folder / f"{name}.json"
        self._lock = folder / f"{name}.lock"

    @property
    def size(self) -> int:
        """The bytes that are here."""
        return self.path.stat().st_size if self.path.is_file() else 0

    @property
    def origin(self) -> Origin | None:
        """What the bytes are part of, None when that is not known."""
        try:
            origin = Origin(**json.loads(self._origin.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return origin if origin.url == self.url else None

    def begin(self, origin: Origin) -> None:
        """Forget what is here, and begin anew."""
        self.path.unlink(missing_ok=True)
        with written_whole(self._origin) as temporary:
            temporary.write_text(json.dumps(asdict(origin)), encoding="utf-8")

    def open(self) -> IO[bytes]:
        """Open the file to add to it."""
        return self.path.open("ab")

    def discard(self) -> None:
        """Remove what is here."""
        for path in (self.path, self._origin):
            path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep other processes from writing the same file; the system lets go when this one ends.

        Raises:
            OutputError: another process downloads this file, or the folder cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._lock, os.O_RDWR | os.O_CREAT)
        except OSError as error:
            raise OutputError(
                f"The models' folder cannot be written: {error.strerror or error}.",
                "Free some space, or see to it that you may write there.",
            ) from error
        try:
            _lock(handle)
            yield
        finally:
            os.close(handle)


def _lock(handle: int) -> None:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise OutputError(
            "This model is being downloaded already, by another window or program.",
            "Wait until it is there.",
        ) from error

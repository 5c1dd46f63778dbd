"""Archives are unpacked without trusting what they say.

Nothing is written outside the folder, links are refused, only kinds of files that models consist
of are taken, and sizes are counted while they are written: an archive's own statements about them
may be lies.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ELMEDLib.errors import ModelError

if TYPE_CHECKING:
    from ELMEDLib.progress import Progress

TAKEN = frozenset(
    {"", ".csv", ".json", ".md", ".pt", ".pth", ".rst", ".ts", ".txt", ".yaml", ".yml"}
)
"""Extensions of files that a model may need, or that state its terms. Programs are left out."""

BLOCK = 1 << 20

ENCRYPTED = 0x1


@dataclass(frozen=True)
class Limits:
    """What an archive may hold at most.

    Attributes:
        total_bytes: of all its files.
        files: their number.
        ratio: of all its files' bytes to the archive's own, beyond `spare_bytes`.
        spare_bytes: that any archive may hold.
    """

    total_bytes: int = 4 * 1024**3
    files: int = 1000
    ratio: int = 100
    spare_bytes: int = 64 * 1024**2

    def bytes_for(self, archive: Path) -> int:
        """Return what `archive` may grow to: weights hardly shrink when they are packed."""
        return min(self.total_bytes, self.ratio * archive.stat().st_size + self.spare_bytes)


USUAL = Limits()


def unpack(archive: Path, folder: Path, progress: Progress, limits: Limits = USUAL) -> list[Path]:
    """Unpack a zip file into an empty folder, and return the files that were written.

    Args:
        archive: zip file.
        folder: exists, and is empty.
        progress: told about every file; may raise `CancelledError`.
        limits: beyond which the archive is refused.

    Raises:
        ModelError: the archive is damaged, too large, or tries to write where it must not.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = opened.infolist()
            left = limits.bytes_for(archive)
            _check(members, limits.files, left)
            taken = [each for each in members if _is_taken(each)]
            written: list[Path] = []
            for number, member in enumerate(taken):
                progress("unpacking", number / len(taken), "Unpacking the model")
                path = folder / PurePosixPath(member.filename)
                path.parent.mkdir(parents=True, exist_ok=True)
                left -= _write(opened, member, path, left)
                written.append(path)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ModelError(
            "The model's archive is damaged, or is not a zip file.", "Download it again."
        ) from error
    progress("unpacking", 1.0, "Unpacking the model")
    return written


def _check(members: list[zipfile.ZipInfo], most_files: int, most_bytes: int) -> None:
    if len(members) > most_files:
        raise _refused(f"holds more than {most_files} files")
    if sum(member.file_size for member in members) > most_bytes:
        raise _too_large()
    seen = set()
    for member in members:
        parts = PurePosixPath(member.filename).parts
        # "C:x" and "x:stream" mean something else on Windows; "\" separates folders there.
        strange = any(part in ("..", "/") or ":" in part or "\\" in part for part in parts)
        if strange or not parts or member.filename.startswith("/") or "\0" in member.filename:
            raise _refused("wants to write outside its own folder")
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise _refused("holds a link or a device instead of a file")
        if member.flag_bits & ENCRYPTED:
            raise _refused("is encrypted")
        name = "/".join(parts).casefold()
        if name in seen:
            raise _refused("holds two files of one name")
        seen.add(name)


def _is_taken(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not member.is_dir() and not hidden and path.suffix.lower() in TAKEN


def _write(opened: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, left: int) -> int:
    """Write one file, and return its bytes; `left` is what it may have at most."""
    count = 0
    with opened.open(member) as source, path.open("xb") as target:
        while block := source.read(BLOCK):
            count += len(block)
            if count > left:
                raise _too_large()
            target.write(block)
    return count


def _too_large() -> ModelError:
    return _refused("is larger than any model when it is unpacked")


def _refused(what: str) -> ModelError:
    return ModelError(
        f"The model's archive {what}.", "Do not use it; take the model from its makers."
    )

"""Downloads that go on where they were interrupted."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from http.client import HTTPException
from typing import TYPE_CHECKING

from ELMEDLib.errors import DownloadError, OutputError
from ELMEDSegmentLib.models.connection import InterruptedDownloadError, ask
from ELMEDSegmentLib.models.partial import Origin, Partial

if TYPE_CHECKING:
    from http.client import HTTPResponse
    from pathlib import Path

    from ELMEDLib.progress import Progress
    from ELMEDSegmentLib.models.entries import Download

BLOCK = 1 << 16
MEGABYTE = 1_000_000
GIGABYTE = 1_000_000_000

OK, PARTIAL_CONTENT = 200, 206


@dataclass(frozen=True)
class Patience:
    """How long a server is waited for.

    Attributes:
        silence_s: seconds without a byte after which a connection is given up.
        tries: in a row that brought nothing before the download is given up.
        pause_s: before the second try; longer before each further one.
    """

    silence_s: float = 30.0
    tries: int = 4
    pause_s: float = 1.0


USUAL = Patience()


def download(
    what: Download, partial: Partial, progress: Progress, patience: Patience = USUAL
) -> Path:
    """Download a file, going on with what an earlier try has left, and return its path.

    What has come stays when the download fails or is cancelled, and the next call goes on with it
    if the server still has the same file. The content is not checked here.

    Args:
        what: the address, and the size that was consented to.
        partial: of that address; held by the caller.
        progress: told about the bytes that have come; may raise `CancelledError`.
        patience: with the server.

    Raises:
        DownloadError: the server cannot be reached, refuses, or gives another file than announced.
        OutputError: the file cannot be written.
    """
    failures = 0
    while True:
        before = partial.size
        try:
            if _continue(what, partial, progress, patience):
                return partial.path
            reason = "the connection ended too early"
        except InterruptedDownloadError as error:
            reason = str(error)
        failures = 1 if partial.size > before else failures + 1
        if failures >= patience.tries:
            raise DownloadError(
                f"The download was interrupted ({reason}).",
                "Check the connection to the internet and try again: it goes on where it stopped.",
            )
        _pause(failures * patience.pause_s, partial.size, what, progress)


def _continue(what: Download, partial: Partial, progress: Progress, patience: Patience) -> bool:
    """Ask for what is missing and add it; return whether the file is complete."""
    origin, start = partial.origin, partial.size
    if origin and start and start == origin.total:
        return True
    headers = _headers(origin, start)
    response = ask(what.url, headers, patience.silence_s)
    if response is None:
        # What is here is longer than the server's file, or is no part of it.
        partial.discard()
        return False
    with response:
        if response.status == PARTIAL_CONTENT and headers:
            total = _check_range(response, start, origin)
        elif response.status == OK:
            total = _length(response)
            start = 0
            partial.begin(Origin(what.url, _validator(response), total))
        else:
            raise DownloadError(
                f"The server answers {response.status}, which is not a file.", "Try again later."
            )
        _check_size(total, what)
        _add(response, partial, what, total, progress)
    return total is None or partial.size == total


def _headers(origin: Origin | None, start: int) -> dict[str, str]:
    """Return the headers that ask for the rest; none, where the server could not know it again."""
    if origin is None or not start or not origin.validator:
        return {}
    return {"Range": f"bytes={start}-", "If-Range": origin.validator}


def _validator(response: HTTPResponse) -> str:
    tag: str = response.headers.get("ETag", "")
    # Weak tags mark files that are alike, not the same byte by byte.
    if tag and not tag.startswith("W/"):
        return tag
    return str(response.headers.get("Last-Modified", ""))


def _length(response: HTTPResponse) -> int | None:
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isdigit() else None


def _check_range(response: HTTPResponse, start: int, origin: Origin | None) -> int | None:
    """Return the whole file's size that a partial answer states."""
    match = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
    total = int(match[2]) if match and match[2].isdigit() else None
    known = origin.total if origin else None
    if match is None or int(match[1]) != start or (known and total and known != total):
        raise DownloadError(
            "The server gives another part of the file than it was asked for.",
            "Try again later; if it happens again, tell the model's makers.",
        )
    return total or known


def _check_size(size: int | None, what: Download) -> None:
    if size is not None and size > what.limit:
        raise DownloadError(
            f"The server offers a file of {megabytes(size)}, and "
            f"{megabytes(what.size_bytes or what.limit)} "
            f"{'were announced' if what.size_bytes else 'are allowed'}.",
            "Do not use it; ask the model's makers whether they have changed it.",
        )


def _add(
    response: HTTPResponse, partial: Partial, what: Download, total: int | None, progress: Progress
) -> None:
    count = partial.size
    with partial.open() as file:
        while True:
            _tell(count, total or what.size_bytes, progress)
            try:
                block = response.read1(BLOCK)
            except (OSError, HTTPException) as error:
                raise InterruptedDownloadError(str(error) or "the connection broke") from error
            if not block:
                return
            count += len(block)
            _check_size(count, what)
            try:
                file.write(block)
            except OSError as error:
                raise OutputError(
                    f"The download cannot be written: {error.strerror or error}.",
                    "Free some space and try again: it goes on where it stopped.",
                ) from error


def _tell(count: int, total: int | None, progress: Progress) -> None:
    share = min(count / total, 1.0) if total else 0.0
    of = f" of {megabytes(total)}" if total else ""
    progress("downloading", share, f"Downloading: {megabytes(count)}{of}")


def _pause(seconds: float, count: int, what: Download, progress: Progress) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        share = min(count / what.size_bytes, 1.0) if what.size_bytes else 0.0
        progress("waiting", share, "The connection was interrupted; trying again")
        time.sleep(min(left, 0.1))


def megabytes(count: int) -> str:
    """Return a number of bytes for people."""
    if count >= GIGABYTE:
        return f"{count / GIGABYTE:.1f} GB"
    return f"{count / MEGABYTE:.1f} MB"

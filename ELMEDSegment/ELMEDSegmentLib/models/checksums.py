"""Whether a file is the one that its maker published, or at least the one of the first time."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import ModelError
from ELMEDLib.files import written_whole
from ELMEDSegmentLib.store import user_models_folder

if TYPE_CHECKING:
    from pathlib import Path

    from ELMEDSegmentLib.models.entries import Download

FIRST_INSTALLS = "first-installs.json"
"""Remembers the checksum of each address's file; it outlives the model's removal."""

TRUST_WORDS = {
    "sha256": "SHA-256 as published",
    "md5": "MD5 as published; SHA-256 recorded",
    "first": "none published; recorded at the first installation",
    "same": "none published; same as at the first installation",
    "own": "recorded when it was added from disk",
}
"""How a model's file is known, in the words that lists show."""


@dataclass(frozen=True)
class Digests:
    """The checksums of a file, as hexadecimal digits."""

    sha256: str
    md5: str


def digests_of(path: Path) -> Digests:
    """Return a file's checksums."""
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            sha256.update(block)
            md5.update(block)
    return Digests(sha256.hexdigest(), md5.hexdigest())


def check_digests(download: Download, found: Digests) -> str:
    """Hold a downloaded file against what is known of it, and return a key of `TRUST_WORDS`.

    Raises:
        ModelError: it is not the published file, or not the file of the first installation.
    """
    for name in ("sha256", "md5"):
        published = getattr(download, name)
        if published and published != getattr(found, name):
            raise ModelError(
                "The downloaded file is damaged, or is not the one that was published: its "
                f"{name.upper()} is another one.",
                "Try again; if it happens again, do not use this model, and tell its makers.",
            )
    first = _first_installs().get(download.url)
    if first and first["sha256"] != found.sha256:
        raise ModelError(
            f"The file at this address is not the one that was first installed on {first['on']}.",
            "Ask the model's makers whether they have changed it. To accept it, forget the old "
            "one: elmed models remove NAME --forget.",
        )
    if download.sha256:
        return "sha256"
    if download.md5:
        return "md5"
    return "same" if first else "first"


def remember_first(url: str, sha256: str) -> None:
    """Record the checksum of what an address gave, unless there is a record."""
    known = _first_installs()
    if url not in known:
        today = datetime.now(timezone.utc).date().isoformat()
        _write({**known, url: {"sha256": sha256, "on": today}})


def forget_first(url: str) -> None:
    """Accept at the next installation whatever the address then gives."""
    known = _first_installs()
    if known.pop(url, None):
        _write(known)


def _first_installs() -> dict[str, Any]:
    path = user_models_folder() / FIRST_INSTALLS
    if not path.is_file():
        return {}
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        if all(isinstance(each["sha256"], str) for each in known.values()):
            return dict(known)
    except (OSError, ValueError, AttributeError, TypeError, KeyError) as error:
        raise _damaged(path) from error
    raise _damaged(path)


def _damaged(path: Path) -> ModelError:
    # Going on as if nothing had been recorded would accept any file.
    return ModelError(
        f"The record of first installations '{path}' is damaged.",
        "Delete the file if you trust the places that your models come from.",
    )


def _write(known: dict[str, Any]) -> None:
    with written_whole(user_models_folder() / FIRST_INSTALLS) as temporary:
        temporary.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")

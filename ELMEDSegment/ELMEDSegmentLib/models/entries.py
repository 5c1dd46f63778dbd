"""The catalogue: models that are known by name, where they come from, and on what terms.

`Resources/Catalogue/models.json` is described by `models.schema.json` beside it. What the models'
makers do not state is null there, and shown as not stated.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ELMEDLib.errors import ModelError
from ELMEDSegmentLib.store import NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

CATALOGUE_FILE = Path(__file__).resolve().parents[2] / "Resources" / "Catalogue" / "models.json"

CATALOGUE_VARIABLE = "ELMED_CATALOGUE"
"""Names another catalogue, for institutions that keep copies of models, and for tests."""

FORMAT = 1

LAYOUTS = ("weights", "monai-bundle", "auto3dseg", "torchscript", "elmed")
"""What a file holds; see `adopt`."""

LOOPBACK = ("127.0.0.1", "::1", "localhost")

LARGEST_DOWNLOAD = 2 * 1024**3
"""Bytes of a download whose size its maker does not state."""

TOLERATED_EXCESS = 1.1
"""How much larger than stated a download may be: stated sizes are rounded."""


@dataclass(frozen=True)
class Download:
    """Where a model's file comes from, and how it is known to be the right one.

    Attributes:
        url: HTTPS; HTTP on this computer alone.
        layout: one of `LAYOUTS`.
        size_bytes: None when it is not stated.
        size_source: who states it.
        sha256, md5: what the maker publishes; "" when he does not.
        checksum_source: where it is published.
    """

    url: str
    layout: str
    size_bytes: int | None = None
    size_source: str = ""
    sha256: str = ""
    md5: str = ""
    checksum_source: str = ""

    @property
    def limit(self) -> int:
        """The bytes at which a download is refused."""
        if self.size_bytes is None:
            return LARGEST_DOWNLOAD
        return round(self.size_bytes * TOLERATED_EXCESS)


@dataclass(frozen=True)
class Entry:
    """A model of the catalogue.

    Attributes:
        name, title, version, description: what it is.
        licence: its terms, in a few words.
        licence_url: where they can be read; "" when that is not stated.
        citation: what users cite.
        sources: where these statements come from.
        download: None for a model that comes with ELMED.
        manifest: what its maker states about the network, as entries of a manifest.
        notes: what is not stated and had to be assumed, a sentence each.
    """

    name: str
    title: str
    version: str
    description: str
    licence: str
    licence_url: str
    citation: str
    sources: tuple[str, ...]
    download: Download | None
    manifest: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def catalogue_file() -> Path:
    """Return the catalogue in use."""
    named = os.environ.get(CATALOGUE_VARIABLE)
    return Path(named) if named else CATALOGUE_FILE


def read_catalogue(path: Path | None = None) -> list[Entry]:
    """Read the catalogue.

    Raises:
        ModelError: it is missing, or not a catalogue that this version understands.
    """
    path = path or catalogue_file()
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _unusable(path, "cannot be read") from error
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise _unusable(path, f"is not of format {FORMAT}")
    try:
        entries = [_entry(each) for each in values["models"]]
    except (TypeError, KeyError, ValueError) as error:
        raise _unusable(path, f"has an entry that is not understood ({error})") from error
    names = [entry.name for entry in entries]
    if len(set(names)) < len(names):
        raise _unusable(path, "names a model twice")
    return entries


def find_entry(name: str) -> Entry:
    """Return the catalogue's model of this name.

    Raises:
        ModelError: there is none.
    """
    entries = read_catalogue()
    for entry in entries:
        if entry.name == name:
            return entry
    raise ModelError(
        f"The catalogue has no model '{name}'.",
        f"It has {', '.join(entry.name for entry in entries)}.",
    )


def is_allowed_url(url: str) -> bool:
    """Tell whether a URL is safe to ask: HTTPS, or HTTP on this computer."""
    parts = urlsplit(url)
    if parts.username or parts.password or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url))


def is_loopback(url: str) -> bool:
    """Tell whether a URL names this computer."""
    return urlsplit(url).hostname in LOOPBACK


def _entry(values: dict[str, Any]) -> Entry:
    if not NAME.fullmatch(values["name"]):
        raise ValueError(f"the name {values['name']!r}")
    licence = values["licence"]
    download = values["download"]
    return Entry(
        name=values["name"],
        title=str(values["title"]),
        version=str(values["version"]),
        description=str(values["description"]),
        licence=str(licence["name"]),
        licence_url=licence.get("url") or "",
        citation=str(values["citation"]),
        sources=tuple(values["sources"]),
        download=None if download is None else _download(download),
        manifest=dict(values.get("manifest") or {}),
        notes=tuple(values.get("notes", ())),
    )


def _download(values: dict[str, Any]) -> Download:
    download = Download(
        url=str(values["url"]),
        layout=values["layout"],
        size_bytes=values["size_bytes"],
        size_source=values.get("size_source") or "",
        sha256=(values["sha256"] or "").lower(),
        md5=(values.get("md5") or "").lower(),
        checksum_source=values.get("checksum_source") or "",
    )
    if not is_allowed_url(download.url):
        raise ValueError(f"the address {download.url}, which is not HTTPS")
    if download.layout not in LAYOUTS:
        raise ValueError(f"the layout {download.layout!r}")
    size = download.size_bytes
    if size is not None and not (isinstance(size, int) and 0 < size <= LARGEST_DOWNLOAD):
        raise ValueError(f"the size {size!r}")
    for digest, digits in ((download.sha256, 64), (download.md5, 32)):
        if digest and not re.fullmatch(rf"[0-9a-f]{{{digits}}}", digest):
            raise ValueError(f"the checksum {digest!r}")
    return download


def _unusable(path: Path, what: str) -> ModelError:
    return ModelError(
        f"The catalogue of models '{path.name}' {what}.",
        "Install the extension again, or choose another catalogue.",
    )

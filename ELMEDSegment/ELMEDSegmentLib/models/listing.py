"""Which models there are: bundled, installed, or to be had."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import ModelError
from ELMEDSegmentLib import store
from ELMEDSegmentLib.catalogue import bundled_models
from ELMEDSegmentLib.manifest import Manifest, read_manifest
from ELMEDSegmentLib.models.checksums import TRUST_WORDS
from ELMEDSegmentLib.models.entries import Entry, read_catalogue
from ELMEDSegmentLib.models.records import record_of

if TYPE_CHECKING:
    from pathlib import Path

BUNDLED, INSTALLED, UPDATE, AVAILABLE, DAMAGED = (
    "bundled",
    "installed",
    "update available",
    "available",
    "damaged",
)


@dataclass(frozen=True)
class Row:
    """A model as lists show it.

    Attributes:
        name, title, version: what it is; the version that is here, or could be had.
        state: one of `BUNDLED`, `INSTALLED`, `UPDATE`, `AVAILABLE`, `DAMAGED`.
        size_bytes: on this disk, or of the download; None when that is not stated.
        licence, source: terms, and where it comes from.
        checksum: how the file is known, in words.
        details: what else is known, a line each.
    """

    name: str
    title: str
    version: str
    state: str
    size_bytes: int | None
    licence: str
    source: str
    checksum: str
    details: list[str] = field(default_factory=list)

    @property
    def size(self) -> str:
        """The size in words."""
        return "not stated" if self.size_bytes is None else f"{self.size_bytes / 1e6:.1f} MB"

    def as_dict(self) -> dict[str, Any]:
        """Return the row as values that JSON can hold."""
        return asdict(self)


def all_models() -> list[Row]:
    """Return all models: bundled ones, the catalogue's, and others that the user has added.

    Raises:
        ModelError: the catalogue cannot be read.
    """
    entries = {entry.name: entry for entry in read_catalogue()}
    bundled = {each.name: each.manifest for each in bundled_models()}
    rows = [_bundled(path, entries.pop(name, None)) for name, path in bundled.items()]
    mine = {path.stem: path for path in store.user_manifests() if path.stem not in bundled}
    for entry in entries.values():
        path = mine.pop(entry.name, None)
        if path:
            rows.append(_installed(path, entry))
        elif entry.download:
            rows.append(_available(entry))
    return rows + [_installed(path, None) for path in mine.values()]


def find_row(name: str) -> Row:
    """Return the model of this name.

    Raises:
        ModelError: there is none.
    """
    rows = all_models()
    for row in rows:
        if row.name == name:
            return row
    raise ModelError(
        f"There is no model '{name}'.", f"There are {', '.join(row.name for row in rows)}."
    )


def _bundled(path: Path, entry: Entry | None) -> Row:
    manifest = read_manifest(path)
    return Row(
        manifest.name,
        manifest.title,
        manifest.version or (entry.version if entry else ""),
        BUNDLED,
        (path.parent / manifest.weights).stat().st_size,
        manifest.licence,
        "comes with ELMED",
        "SHA-256 in its manifest",
        [*_described(manifest), *(_statements(entry) if entry else [])],
    )


def _installed(path: Path, entry: Entry | None) -> Row:
    name = path.stem
    size = store.bytes_of(name)
    try:
        manifest = read_manifest(path)
    except ModelError as error:
        return Row(name, name, "", DAMAGED, size, "", "", "", [str(error)])
    record = record_of(path)
    version = record.version if record else manifest.version
    newer = entry is not None and entry.download is not None and version != entry.version
    details = _described(manifest)
    if record:
        details.append(f"Installed: {record.installed}. SHA-256 of the weights: {manifest.sha256}")
    if newer and entry:
        details.insert(0, f"Version {entry.version} can be had.")
    return Row(
        name,
        manifest.title,
        manifest.version,
        UPDATE if newer else INSTALLED,
        size,
        manifest.licence,
        manifest.source or "made on this computer",
        TRUST_WORDS[record.trust] if record else "SHA-256 in its manifest",
        [*details, *(_statements(entry) if entry else [])],
    )


def _available(entry: Entry) -> Row:
    what = entry.download
    if what is None:
        raise ValueError("a model that is not downloaded is not to be had")
    kinds = [name for name, digest in (("SHA-256", what.sha256), ("MD5", what.md5)) if digest]
    return Row(
        entry.name,
        entry.title,
        entry.version,
        AVAILABLE,
        what.size_bytes,
        entry.licence,
        what.url,
        f"{kinds[0]} published" if kinds else "none published",
        [entry.description, f"Citation: {entry.citation}", *_statements(entry)],
    )


def _described(manifest: Manifest) -> list[str]:
    takes, gives = ", ".join(manifest.channels), ", ".join(manifest.labels or manifest.regions)
    name = manifest.architecture["name"]
    lines = [
        manifest.description,
        f"Network: {name}; takes {takes}; gives {gives}; voxels of {manifest.spacing_mm:g} mm.",
        f"Citation: {manifest.citation}",
        *(f"Note: {note}" for note in manifest.notes),
    ]
    return [line for line in lines if line]


def _statements(entry: Entry) -> list[str]:
    what = entry.download
    lines = []
    if what:
        lines.append(f"Size: {what.size_source or 'not stated by its makers'}.")
        lines += [
            f"Published {kind}: {digest} ({what.checksum_source})"
            for kind, digest in (("SHA-256", what.sha256), ("MD5", what.md5))
            if digest
        ]
    lines += [f"Note: {note}" for note in entry.notes]
    return [*lines, *(f"Source: {source}" for source in entry.sources)]

"""Models come here: from the catalogue after consent, or from disk."""

from __future__ import annotations

import json
import re
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import ConsentError, InputError, ModelError
from ELMEDLib.progress import Progress, no_progress, within
from ELMEDSegmentLib import store
from ELMEDSegmentLib.catalogue import bundled_models
from ELMEDSegmentLib.models import checksums, torchscript
from ELMEDSegmentLib.models.adopt import adopt, find_draft
from ELMEDSegmentLib.models.download import USUAL, Patience, download, megabytes
from ELMEDSegmentLib.models.entries import Download, Entry, read_catalogue
from ELMEDSegmentLib.models.partial import Partial
from ELMEDSegmentLib.models.records import Record
from ELMEDSegmentLib.models.unpack import unpack
from ELMEDSegmentLib.network import TORCHSCRIPT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DOWNLOADED, UNPACKED = 0.85, 0.92
"""Shares of the whole way until the file is here, and until it is unpacked."""

ARCHIVES = (".zip",)


@dataclass(frozen=True)
class Consent:
    """What somebody has agreed to: this file, from this address, under this licence."""

    url: str
    size_bytes: int | None
    licence: str


def consent_needed(entry: Entry) -> Consent:
    """Return what must be agreed to before a model is downloaded.

    Raises:
        InputError: it comes with ELMED and is not downloaded.
    """
    what = _download_of(entry)
    return Consent(what.url, what.size_bytes, entry.licence)


def consent_question(entry: Entry) -> str:
    """Return the question that names size, source, licence and checksum of a download."""
    what = _download_of(entry)
    unknown = what.size_source or "not stated by its makers"
    size = f"Size: {unknown}; beyond {megabytes(what.limit)} it is refused."
    if what.size_bytes:
        source = f" ({what.size_source})" if what.size_source else ""
        size = f"Size: {megabytes(what.size_bytes)}{source}."
    published = [name for name in ("sha256", "md5") if getattr(what, name)]
    names = {"sha256": "SHA-256", "md5": "MD5"}
    checked = (
        f"The file is held against the published {names[published[0]]}."
        if published
        else "No checksum is published: the file is accepted as it comes, and recorded."
    )
    licence = f"{entry.licence} ({entry.licence_url})" if entry.licence_url else entry.licence
    run = f"\n{torchscript.WARNING}" if what.layout == "torchscript" else ""
    return (
        f"Download {entry.title} {entry.version}?\n"
        f"From: {what.url}\n{size}\nLicence: {licence}\n{checked}{run}"
    )


def install_entry(
    entry: Entry,
    consent: Consent | None,
    progress: Progress = no_progress,
    patience: Patience = USUAL,
) -> Path:
    """Download a model of the catalogue, check it, and install it beside older versions.

    Args:
        entry: of the catalogue.
        consent: what the user agreed to; must be what is needed.
        progress: told about every stage; may raise `CancelledError`.
        patience: with the server.

    Returns:
        The manifest of the installed model.

    Raises:
        ConsentError: the user did not agree to exactly this.
        DownloadError: the file cannot be had.
        ModelError: it is damaged, not what was published, or no model that ELMED can use.
        OutputError: it cannot be written.
    """
    what = _download_of(entry)
    if consent != consent_needed(entry):
        raise ConsentError(
            f"Nobody has agreed to download {entry.title} from {what.url}.",
            "Agree to size, source and licence first.",
        )
    partial = Partial(what.url)
    with partial.held():
        path = download(what, partial, within(progress, 0.0, DOWNLOADED), patience)
        progress("checking", DOWNLOADED, "Checking the file")
        found = checksums.digests_of(path)
        try:
            trust = checksums.check_digests(what, found)
            manifest = _install(
                entry.name,
                path,
                {**facts_of(entry), "source": what.url},
                Record(what.url, entry.version, found.sha256, trust, ""),
                progress,
                what.layout,
            )
        except ModelError:
            # It would be damaged at the next try as well.
            partial.discard()
            raise
        checksums.remember_first(what.url, found.sha256)
        partial.discard()
    return manifest


def add_from_disk(
    path: Path,
    stated: Mapping[str, Any],
    progress: Progress = no_progress,
    *,
    may_run: bool = False,
) -> Path:
    """Install a model from a file or folder: nothing is downloaded.

    A file of the catalogue that was downloaded by hand is known by its name, and checked as if it
    had come from its address.

    Args:
        path: a MONAI bundle or an archive of one, a checkpoint of Auto3DSeg or its archive, a
            TorchScript file, or an ELMED manifest.
        stated: what the user says about it, entries of a manifest; "name" may be one.
        progress: told about every stage; may raise `CancelledError`.
        may_run: whether the user agreed to run it, if it is a TorchScript program.

    Returns:
        The manifest of the installed model.
    """
    if not path.exists():
        raise InputError(f"'{path}' does not exist.", "Check the path and its spelling.")
    entry = _entry_of_file(path)
    facts: dict[str, Any] = {"source": path.name}
    trust, digest, layout, version = "own", "", "", ""
    if path.is_file():
        digests = checksums.digests_of(path)
        digest = digests.sha256
        if entry and entry.download:
            trust = checksums.check_digests(entry.download, digests)
            layout, version = entry.download.layout, entry.version
            facts = {**facts_of(entry), "source": f"{entry.download.url} (from disk)"}
    facts |= {key: value for key, value in stated.items() if value}
    name = str(facts.get("name") or _name_from(path))
    facts.setdefault("name", name)
    if any(each.name == name for each in bundled_models()):
        raise InputError(
            f"A model that comes with ELMED is called '{name}'.", "Choose another name."
        )
    record = Record("", version, digest, trust, "", agreed_to_run=may_run)
    return _install(name, path, facts, record, progress, layout)


def remove_model(name: str, *, only_old: bool = False, forget: bool = False) -> int:
    """Delete an installed model, and what was left of a download of it.

    Args:
        name: of the model.
        only_old: delete its older versions alone.
        forget: forget the checksum of the first installation, too; then the model need not be
            installed any more.

    Returns:
        How many versions were deleted.

    Raises:
        InputError: it is not installed.
        OutputError: it cannot be deleted.
    """
    downloads = {entry.name: entry.download for entry in read_catalogue()}
    what = downloads.get(name)
    known = False
    if what and not only_old:
        known = Partial(what.url).size > 0 or forget
        Partial(what.url).discard()
        if forget:
            checksums.forget_first(what.url)
    if known and name not in {path.stem for path in store.user_manifests()}:
        return 0
    return store.remove(name, only_old=only_old)


def facts_of(entry: Entry) -> dict[str, Any]:
    """Return what the catalogue says of a model, as entries of a manifest."""
    return {
        **entry.manifest,
        "name": entry.name,
        "title": f"{entry.title} {entry.version}",
        "description": entry.description,
        "licence": entry.licence,
        "citation": entry.citation,
        "version": entry.version,
        "notes": list(entry.notes),
    }


def _install(
    name: str,
    path: Path,
    facts: Mapping[str, Any],
    record: Record,
    progress: Progress,
    layout: str,
) -> Path:
    may_run = record.agreed_to_run or layout == "torchscript"
    is_archive = path.suffix.lower() in ARCHIVES or layout in ("monai-bundle", "auto3dseg", "elmed")

    def write(folder: Path) -> Path:
        with _opened(path, progress, unpacked=is_archive and path.is_file()) as opened:
            progress("reading", UNPACKED, "Reading the model")
            manifest = adopt(find_draft(opened), facts, folder, may_run=may_run)
        values = json.loads(manifest.read_text(encoding="utf-8"))
        agreed = may_run and values["architecture"]["name"] == TORCHSCRIPT
        Record(
            record.url, record.version, record.sha256, record.trust, values["sha256"], agreed
        ).write(folder)
        return manifest

    manifest = store.install(name, write)
    progress("installing", 1.0, "Installed")
    return manifest


@contextmanager
def _opened(path: Path, progress: Progress, *, unpacked: bool) -> Iterator[Path]:
    """Give the file or folder itself, or the folder that an archive was unpacked into."""
    if not unpacked:
        yield path
        return
    models = store.user_models_folder()
    models.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=store.UNFINISHED, dir=models) as folder:
        unpack(path, Path(folder), within(progress, DOWNLOADED, UNPACKED))
        yield Path(folder)


def _download_of(entry: Entry) -> Download:
    if entry.download is None:
        raise InputError(f"{entry.title} comes with ELMED.", "It is there already: choose it.")
    return entry.download


def _entry_of_file(path: Path) -> Entry | None:
    """Return the catalogue's model whose file this is by its name."""
    for entry in read_catalogue():
        if entry.download and entry.download.url.rpartition("/")[2] == path.name:
            return entry
    return None


def _name_from(path: Path) -> str:
    text = re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem if path.is_file() else path.name)
    return text.strip("-._")[:64] or "model"

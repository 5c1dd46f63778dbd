"""Models from the hub: asked about, and downloaded, after consent alone.

Two questions are put to the user: whether the site may be asked about a model (its name is all that
is sent), and whether the files of the size that it states may be downloaded. Files come through
ELMED's own download: HTTPS, resumable, each of the size and, where the site states one, the SHA-256
that was announced. Configuration, vocabulary and safetensors files are taken, and nothing that can
carry code.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from ELMEDLib.errors import ConsentError, DownloadError, InputError, ModelError
from ELMEDLib.progress import Progress, within
from ELMEDPlaygroundLib.large.folder import PRECISIONS, Facts, look
from ELMEDPlaygroundLib.large.licences import NOT_STATED, licence_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ELMEDPlaygroundLib.large.kinds import Kind

SITE = "https://huggingface.co"
SITE_VARIABLE = "HF_ENDPOINT"
"""Names another site, for those who have a mirror, as it does for the hub's own programs."""

NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
COMMIT = re.compile(r"[0-9a-f]{40}")
PLAIN_PART = re.compile(r"[A-Za-z0-9_][\w.-]{0,150}")
TAKEN = (".safetensors", ".json", ".txt", ".md")
WHOLE = ("LICENSE", "LICENCE")
DEEPEST = 2
LARGEST_ANSWER = 20_000_000
SILENCE_S = 30.0


@dataclass(frozen=True)
class HubFile:
    """A file of a model on the hub; `sha256` is "" where the site states none."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class HubModel:
    """A model as the hub describes it, in the version that is its newest now."""

    name: str
    commit: str
    licence: str
    files: tuple[HubFile, ...]

    def facts(self, site: str) -> Facts:
        """Return what is known of it before it is downloaded."""
        weights = [file for file in self.files if file.name.endswith(".safetensors")]
        return Facts(
            name=self.name,
            title=self.name.partition("/")[2],
            size_bytes=sum(file.size_bytes for file in self.files),
            weights_bytes=sum(file.size_bytes for file in weights),
            licence=self.licence,
            where=host_of(site),
        )


def site_address() -> str:
    """Return the address of the hub: the usual one, or the one that the environment names."""
    return os.environ.get(SITE_VARIABLE, "").strip().rstrip("/") or SITE


def host_of(site: str) -> str:
    """Return the name of a site as it stands in a question to the user."""
    return urlsplit(site).netloc


def ask_about(name: str, kind: Kind, consent: str, site: str = "") -> HubModel:
    """Ask the hub about a model.

    Args:
        name: "owner/model".
        kind: what it is meant to be.
        consent: the site that the user agreed to ask.
        site: its address; the usual one when it is "".

    Raises:
        ConsentError: the user has agreed to no site, or to another one.
        InputError: the name is none, or the model is not of the kind.
        DownloadError: the site cannot be reached, or does not know the model.
        ModelError: there are no safetensors weights.
    """
    site = site or site_address()
    _check_consent(consent, site)
    name = check_name(name)
    answer = _get_json(f"{site}/api/models/{quote(name)}?blobs=true")
    commit = str(answer.get("sha", ""))
    if not COMMIT.fullmatch(commit):
        raise DownloadError("The site does not tell the model's version.", "Try again later.")
    files = tuple(_files(answer.get("siblings"), kind))
    licence = licence_in(answer.get("cardData")) or NOT_STATED
    names = {file.name for file in files}
    if kind.config not in names:
        raise InputError(
            f"'{name}' is no model of this kind: it has no '{kind.config}'.",
            f"Choose another one, such as {kind.example}.",
        )
    if not any(file.endswith(".safetensors") for file in names):
        raise ModelError(
            f"'{name}' has no weights in the safetensors format.",
            "Choose another model: other formats can carry code, and are not read.",
        )
    return HubModel(name, commit, licence, files)


def fetch(model: HubModel, kind: Kind, consent: str, progress: Progress, site: str = "") -> Path:
    """Download a model's files into the user's folder of models, and return the model's folder.

    Files that are there already are not asked for again.

    Args:
        model: as the hub described it.
        kind: what it is meant to be.
        consent: the site that the user agreed to download from.
        progress: told how far it is.
        site: its address; the usual one when it is "".

    Raises:
        ConsentError: the user has agreed to no site, or to another one.
        DownloadError: a file cannot be had, or is not of the announced size.
        ModelError: a file is not the announced one, or the model cannot be used safely.
    """
    site = site or site_address()
    _check_consent(consent, site)
    folder = _folder_of(model)
    total = sum(file.size_bytes for file in model.files) or 1
    done = 0
    for file in model.files:
        share = within(progress, done / total, (done + file.size_bytes) / total)
        _fetch_file(model, file, folder, site, share)
        done += file.size_bytes
    look(folder, kind)
    return folder


def check_name(name: object) -> str:
    """Return a model's name on the hub.

    Raises:
        InputError: it is none.
    """
    text = str(name or "").strip()
    if not NAME.fullmatch(text) or ".." in text:
        raise InputError(
            "This is no name of a model on the hub.", "Give it as owner/model, such as openai/gpt."
        )
    return text


def _check_consent(consent: str, site: str) -> None:
    if consent != host_of(site):
        raise ConsentError(
            f"Nothing was asked of {host_of(site)}: you have not agreed to it.",
            "Agree to it when you are asked, or use a model from a folder.",
        )


def _files(siblings: object, kind: Kind) -> Iterator[HubFile]:
    """Return the files that a model of the kind needs; what makes no sense is left out."""
    entries = siblings if isinstance(siblings, list) else []
    for entry in (one for one in entries if isinstance(one, dict)):
        name = str(entry.get("rfilename", ""))
        size = entry.get("size")
        parts = PurePosixPath(name).parts
        plain = all(PLAIN_PART.fullmatch(part) for part in parts)
        deepest = DEEPEST if kind.name == "image" else 1
        wanted = name.endswith(TAKEN) or name in WHOLE
        double = name.endswith(".safetensors") and (
            any(mark in name for mark in PRECISIONS) or (kind.name == "image" and len(parts) == 1)
        )
        if not isinstance(size, int) or size < 0:
            continue
        if plain and len(parts) <= deepest and wanted and not double:
            lfs = entry.get("lfs")
            sha256 = str(lfs.get("sha256", "")) if isinstance(lfs, dict) else ""
            yield HubFile(name, size, sha256)


def _folder_of(model: HubModel) -> Path:
    from ELMEDSegmentLib.store import user_models_folder

    return user_models_folder() / ".large" / model.name.replace("/", "--") / model.commit[:12]


def _fetch_file(
    model: HubModel, file: HubFile, folder: Path, site: str, progress: Progress
) -> None:
    from ELMEDSegmentLib.models.checksums import digests_of
    from ELMEDSegmentLib.models.download import download
    from ELMEDSegmentLib.models.entries import Download
    from ELMEDSegmentLib.models.partial import Partial

    goal = folder / file.name
    if goal.is_file() and goal.stat().st_size == file.size_bytes:
        return
    url = f"{site}/{quote(model.name)}/resolve/{model.commit}/{quote(file.name)}"
    # An empty file has no size that could be exceeded.
    what = Download(url, "", size_bytes=file.size_bytes or None, sha256=file.sha256)
    partial = Partial(url)
    with partial.held():
        path = download(what, partial, progress)
        wrong = path.stat().st_size != file.size_bytes
        if not wrong and file.sha256:
            wrong = digests_of(path).sha256 != file.sha256
        if wrong:
            partial.discard()
            raise ModelError(
                f"'{file.name}' is not the file that the site announced.",
                "Try again later; if it happens again, do not use this model.",
            )
        goal.parent.mkdir(parents=True, exist_ok=True)
        path.replace(goal)
        partial.discard()


def _get_json(url: str) -> dict[str, Any]:
    from ELMEDSegmentLib.models.connection import InterruptedDownloadError, ask

    try:
        response = ask(url, {}, SILENCE_S)
        if response is None:
            raise ValueError("an empty answer")
        with response:
            answer = json.loads(response.read(LARGEST_ANSWER))
        if not isinstance(answer, dict):
            raise TypeError("no description")
    except InterruptedDownloadError as error:
        raise DownloadError(
            f"{host_of(url)} cannot be reached ({error}).",
            "Check the connection to the internet, or use a model from a folder.",
        ) from error
    except (ValueError, TypeError, OSError, RecursionError, HTTPException) as error:
        raise DownloadError(
            f"{host_of(url)} gives an answer that makes no sense.", "Try again later."
        ) from error
    return answer

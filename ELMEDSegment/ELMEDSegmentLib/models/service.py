"""The tasks of the worker that concern models, and what the command line shares with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import ConsentError
from ELMEDSegmentLib.models.entries import find_entry
from ELMEDSegmentLib.models.install import Consent, add_from_disk, install_entry
from ELMEDSegmentLib.models.listing import find_row

if TYPE_CHECKING:
    from ELMEDLib.progress import Progress

STATED = (
    "name",
    "title",
    "licence",
    "citation",
    "channels",
    "regions",
    "labels",
    "outputs",
    "spacing_mm",
    "normalisation",
    "axes",
    "field_of_view",
    "architecture",
)
"""What a user may say about a model from disk."""


def install_model(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Download and install a model of the catalogue, also over an older version.

    Args:
        arguments: `name`, and `consent` (`url`, `size_bytes` and `licence`, as they were shown).
        progress: told about every stage; may raise `CancelledError`.

    Returns:
        `manifest` (path) and what `listing.Row` says.

    Raises:
        ELMEDError: see `install.install_entry`; what was installed before is unchanged then.
    """
    given = arguments.get("consent")
    if not isinstance(given, dict):
        raise ConsentError(
            "Nobody has agreed to this download.", "Agree to size, source and licence first."
        )
    consent = Consent(given.get("url", ""), given.get("size_bytes"), given.get("licence", ""))
    manifest = install_entry(find_entry(arguments["name"]), consent, progress)
    return _answer(manifest)


def add_model(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Install a model from disk.

    Args:
        arguments: `path`, optionally `stated` (see `STATED`) and `agreed_to_run`.
        progress: told about every stage; may raise `CancelledError`.

    Returns:
        As `install_model`.

    Raises:
        ELMEDError: see `install.add_from_disk`.
    """
    given = arguments.get("stated") or {}
    stated = {key: given[key] for key in STATED if given.get(key)}
    agreed = arguments.get("agreed_to_run") is True
    manifest = add_from_disk(Path(arguments["path"]), stated, progress, may_run=agreed)
    return _answer(manifest)


def _answer(manifest: Path) -> dict[str, Any]:
    return {"manifest": str(manifest), **find_row(manifest.stem).as_dict()}

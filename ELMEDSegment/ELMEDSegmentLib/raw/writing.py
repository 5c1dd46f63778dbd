"""A prepared study as files: volumes, the brain's mask, transforms, and what was done."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import SimpleITK as sitk

from ELMEDLib.errors import OutputError
from ELMEDLib.files import written_whole
from ELMEDSegmentLib.raw.steps import as_transform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ELMEDSegmentLib.raw.aligning import Aligned

BRAIN, RECORD = "brain", "preparation.json"


def write_aligned(aligned: Aligned, folder: Path | str) -> dict[str, str]:
    """Write what was made of a study into `folder`; return the files by name.

    The names are the channels (registered volumes without skull, on one grid), "brain" (mask on
    that grid), "<channel>.tfm" (ITK transforms from the prepared study's space to a scan's, which
    Slicer applies to the scan to move it onto the reference) and "preparation.json" (all steps).
    Nothing is written for a study that was not prepared.

    Raises:
        OutputError: the folder cannot be written.
    """
    if aligned.history is None or aligned.brain is None:
        return {}
    folder = Path(folder)
    files: dict[str, Path] = {}
    for name, image in {**aligned.study.images, BRAIN: aligned.brain}.items():
        files[name] = folder / f"{name}.nii.gz"
        with written_whole(files[name]) as temporary, _telling(folder):
            sitk.WriteImage(image, str(temporary), useCompression=True)
    for channel in aligned.registrations:
        path = files[f"{channel}.tfm"] = folder / f"{channel}.tfm"
        with written_whole(path) as temporary, _telling(folder):
            sitk.WriteTransform(as_transform(aligned.history.inverse(channel)), str(temporary))
    files[RECORD] = folder / RECORD
    with written_whole(files[RECORD]) as temporary:
        record = {**aligned.history.as_dict(), "warnings": aligned.warnings}
        temporary.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    return {name: str(path) for name, path in files.items()}


@contextmanager
def _telling(folder: Path) -> Iterator[None]:
    """Say in words that a file could not be written."""
    try:
        yield
    except RuntimeError as error:
        raise OutputError(
            f"The prepared study cannot be written into '{folder}'.",
            "Choose another folder or free some space.",
        ) from error

"""Preparation of a study given as files, as the worker and the command line ask for it."""

from __future__ import annotations

from typing import Any

from ELMEDLib.errors import InputError
from ELMEDLib.progress import Progress, within


def prepare_files(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Register a study's volumes, extract the brain, and write what came of it.

    Args:
        arguments: `volumes` (path by channel), `output` (folder), and optionally `reference`
            (channel), `prepare`, `brain_extraction` and `device` (of `aligning.Aligning`).
        progress: told about every stage; may raise `CancelledError`.

    Returns:
        `files` by name (see `writing.write_aligned`), `steps` and `warnings`, sentences.

    Raises:
        ELMEDError: the study or the folder cannot be used.
    """
    from ELMEDSegmentLib.device import choose_device
    from ELMEDSegmentLib.inputs.study import read_study
    from ELMEDSegmentLib.labels import CHANNELS
    from ELMEDSegmentLib.raw.aligning import Aligning, align
    from ELMEDSegmentLib.raw.writing import write_aligned

    progress("reading", 0.0, "Reading the volumes")
    volumes = {name: path for name, path in arguments["volumes"].items() if path}
    if not volumes:
        raise InputError("There is no volume to prepare.", "Give at least one volume.")
    channels = tuple(name for name in CHANNELS if name in volumes)
    study = read_study(volumes, channels, arguments.get("reference"), preparing=True)
    options = Aligning(
        prepare=arguments.get("prepare") or "auto",
        brain_extraction=arguments.get("brain_extraction") or "auto",
        device=choose_device(arguments.get("device") or "auto"),
    )
    aligned = align(study, options, within(progress, 0.1, 0.9))
    progress("writing", 0.9, "Writing the prepared volumes")
    files = write_aligned(aligned, arguments["output"])
    progress("writing", 1.0, "Done")
    warnings = [*study.warnings, *aligned.warnings]
    return {"files": files, "steps": aligned.sentences, "warnings": warnings}

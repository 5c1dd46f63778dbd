"""A simulated study as a folder: four volumes, the truth, and what made them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import OutputError
from ELMEDLib.files import written_whole
from ELMEDSegmentLib.labels import CHANNELS, LABELS

if TYPE_CHECKING:
    from ELMEDSegmentLib.simulate.study import SimulatedStudy


def write_study(study: SimulatedStudy, folder: Path | str, command: str = "") -> list[Path]:
    """Write `t1`, `t1c`, `t2`, `flair` and `seg` (`.nii.gz`) and `study.json` into `folder`.

    Files that are there are replaced, each when its successor is complete.

    Returns:
        the paths written.

    Raises:
        OutputError: the folder cannot be made or written to, or holds another study.
    """
    folder = Path(folder)
    check_folder(folder)
    # First what says that the rest is simulated, so that an interrupted folder may be filled again.
    facts = folder / "study.json"
    with written_whole(facts) as temporary:
        temporary.write_text(json.dumps(_facts(study, command), indent=2) + "\n", encoding="utf-8")
    written = []
    for name, image in {**study.images, "seg": study.labels}.items():
        path = folder / f"{name}.nii.gz"
        with written_whole(path) as temporary:
            _write_image(image, temporary, path)
        written.append(path)
    return [*written, facts]


def check_folder(folder: Path) -> None:
    """Refuse a folder in which a simulated study would replace files of another kind.

    Raises:
        OutputError: it is a file, or holds a study that does not say that it is simulated.
    """
    if folder.is_file():
        raise OutputError(f"'{folder}' is a file, not a folder.", "Name a folder, or a new one.")
    if not any((folder / f"{name}.nii.gz").exists() for name in (*CHANNELS, "seg")):
        return
    try:
        known = json.loads((folder / "study.json").read_text(encoding="utf-8"))["simulated"] is True
    except (OSError, ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise OutputError(
            f"'{folder}' holds a study that is not known to be simulated, and would be replaced.",
            "Choose another folder.",
        )


def _write_image(image: sitk.Image, temporary: Path, path: Path) -> None:
    try:
        sitk.WriteImage(image, str(temporary), useCompression=True, compressionLevel=9)
    except RuntimeError as error:
        raise OutputError(
            f"'{path}' cannot be written.", "Check that the disk has room and may be written to."
        ) from error


def _facts(study: SimulatedStudy, command: str) -> dict[str, object]:
    voxel_ml = float(np.prod(study.labels.GetSpacing())) / 1000
    counts = np.bincount(sitk.GetArrayViewFromImage(study.labels).ravel(), minlength=4)
    return {
        "simulated": True,
        "description": "Simulated glioma patient, not a real one.",
        "seed": study.seed,
        "anatomy": study.anatomy,
        "kind": study.kind,
        "command": command,
        "labels": LABELS,
        "volumes_ml": {name: round(float(counts[v]) * voxel_ml, 2) for name, v in LABELS.items()},
    }

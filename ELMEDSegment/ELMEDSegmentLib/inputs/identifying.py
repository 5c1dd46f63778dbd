"""Which volume of a folder is which: the worker's task and the command `elmed identify`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.files import spare_inputs, written_whole
from ELMEDSegmentLib.labels import CHANNEL_TITLES

if TYPE_CHECKING:
    from ELMEDLib.progress import Progress
    from ELMEDSegmentLib.inputs.folder_study import FolderStudy, FolderVolume

DESCRIPTION = """\
Find the four contrasts of a study (T1, contrast-enhanced T1, T2 and FLAIR) in a folder.

The folder holds NIfTI or NRRD files, or DICOM series of one patient, in one folder or in folders
below it. Each volume is listed with the contrast that it was taken for, how sure that is, and why:
DICOM headers and names tell most, and where they say nothing the image itself.
"""

EXAMPLE = """\
examples:
  elmed identify STUDY
  elmed segment STUDY -o tumour.nii.gz
  elmed segment STUDY --t2 another-t2.nii.gz -o tumour.nii.gz
"""

COLUMNS = ("Volume", "Contrast", "Confidence", "Reason")


def identify_folder(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Find the four contrasts in a folder.

    Args:
        arguments: `folder`, and optionally `output`, a folder for the recognised volumes as NRRD
            files.
        progress: told about every stage; may raise `CancelledError`.

    Returns:
        `volumes`: for each, `name`, `title` (the name, with the folder where several have it),
        `channel` ("" when it is none), `confidence`, `reason`, `source`, `dicom` and
        `instances` (UIDs, of DICOM series); `remarks`: sentences; `images`: file by channel,
        written ones where an output was given.

    Raises:
        ELMEDError: the folder holds no study, or the output cannot be written.
    """
    from ELMEDSegmentLib.inputs.folder_study import find_study
    from ELMEDSegmentLib.inputs.study_checks import times

    progress("looking", 0.0, "Looking into the folder")
    found = find_study(arguments["folder"])
    chosen = found.chosen()
    output = arguments.get("output")
    images = {}
    for number, (channel, volume) in enumerate(chosen.items()):
        progress("reading", 0.5 + 0.5 * number / len(chosen), "Reading the volumes")
        images[channel] = str(_written(volume, channel, output) if output else volume.files[0])
    progress("reading", 1.0, "Done")
    return {
        "volumes": _rows(found),
        "remarks": [*found.identification.remarks, *map(str, times(found.acquired()))],
        "images": images,
    }


def _written(volume: FolderVolume, channel: str, folder: str) -> Path:
    from ELMEDSegmentLib.label_files import write_image

    path = Path(folder) / f"{channel}.nrrd"
    with written_whole(path) as temporary:
        write_image(volume.read(channel), temporary)
    return path


def _rows(found: FolderStudy) -> list[dict[str, Any]]:
    from ELMEDSegmentLib.inputs.folder_study import titles_of

    guesses = {guess.index: name for name, guess in found.identification.guesses.items()}
    rows = []
    titles = titles_of(found.volumes)
    for index, volume in enumerate(found.volumes):
        channel = guesses.get(index, "")
        guess = found.identification.guesses.get(channel)
        headers = volume.series.headers if volume.series else ()
        rows.append(
            {
                "name": volume.name,
                "title": titles[index],
                "channel": channel,
                "confidence": guess.confidence if guess else None,
                "reason": guess.reason if guess else found.identification.left_out[index],
                "source": guess.source if guess else "",
                "dicom": volume.series is not None,
                "instances": [header.instance for header in headers],
            }
        )
    return rows


def add_command(commands: Any) -> None:
    """Add `identify` to the subparsers of `elmed`."""
    parser = commands.add_parser(
        "identify",
        help="tell which volume of a folder is which contrast",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, help="with image files or DICOM series")
    parser.add_argument("--json", type=Path, help="write what was found to this file, too")
    parser.set_defaults(run=run_identify)


def run_identify(arguments: argparse.Namespace, progress: Progress) -> None:
    """Carry out `elmed identify`."""
    found = identify_folder({"folder": str(arguments.folder)}, progress)
    if arguments.json:
        spare_inputs([arguments.json], found["images"].values())
        with written_whole(arguments.json) as temporary:
            temporary.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    lines = [COLUMNS, *(_cells(row) for row in found["volumes"])]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS) - 1)]
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=False)]
        sys.stdout.write("  ".join([*cells, line[-1]]) + "\n")
    for remark in found["remarks"]:
        sys.stdout.write(f"{remark}\n")


def _cells(row: dict[str, Any]) -> tuple[str, str, str, str]:
    sure = f"{row['confidence']:.0%}" if row["confidence"] is not None else "-"
    channel = row["channel"]
    return row["title"], CHANNEL_TITLES[channel] if channel else "-", sure, row["reason"]

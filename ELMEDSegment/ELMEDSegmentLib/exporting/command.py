"""The command `elmed export`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDSegmentLib.labels import LABEL_TITLES

if TYPE_CHECKING:
    from ELMEDLib.progress import Progress

DESCRIPTION = """\
Write a segmentation for other programs. The ending of the output says the format:

  .nii.gz, .nii   NIfTI with BraTS's labels: 1 necrotic core, 2 oedema, 3 enhancing tumour
  .seg.nrrd       Slicer's segmentation, with names, colours and terminology
  .dcm            DICOM SEG, which refers to the DICOM series of the reference volume

A report (.json) with what was written goes beside it. Research use only.
"""

EXAMPLES = """\
examples:
  elmed export tumour.nii.gz -o tumour.seg.nrrd --regions WT TC --report tumour.json
  elmed export tumour.nii.gz -o tumour.dcm --series FOLDER-OF-THE-T1C-SERIES
"""


def add_command(commands: Any) -> None:
    """Add `export` to the subparsers of `elmed`."""
    parser = commands.add_parser(
        "export",
        help="write a segmentation as NIfTI, .seg.nrrd or DICOM SEG",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("labels", type=Path, help="label image, as `elmed segment` writes it")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the file to write")
    parser.add_argument(
        "--regions",
        nargs="+",
        choices=("WT", "TC"),
        default=[],
        help="combined regions as segments of their own (.seg.nrrd and .dcm)",
    )
    parser.add_argument(
        "--old-labels",
        action="store_true",
        help="write the enhancing tumour as 4, as BraTS had it until 2021 (NIfTI)",
    )
    parser.add_argument(
        "--series", type=Path, metavar="FOLDER", help="the DICOM series of the reference volume"
    )
    parser.add_argument("--report", type=Path, help="report of the run, to be taken up in the new")
    parser.set_defaults(run=run_export)


def run_export(arguments: argparse.Namespace, progress: Progress) -> None:
    """Carry out `elmed export`."""
    from ELMEDLib.files import spare_inputs
    from ELMEDSegmentLib.exporting.service import export

    series = arguments.series if arguments.series and arguments.series.is_dir() else None
    slices = series.rglob("*") if series else ()
    spare_inputs([arguments.output], [arguments.labels, *slices])
    done = export(
        {
            "labels": str(arguments.labels),
            "output": str(arguments.output),
            "regions": arguments.regions,
            "old_labels": arguments.old_labels,
            "series": str(arguments.series) if arguments.series else None,
            "report": str(arguments.report) if arguments.report else None,
        },
        progress,
    )
    if done["note"]:
        sys.stderr.write(f"Note: {done['note']}\n")
    for name, title in LABEL_TITLES.items():
        sys.stdout.write(f"{title:<18}{done['volumes_ml'][name]:10.2f} ml\n")
    sys.stdout.write(f"{done['format']}: {done['output']}\nReport: {done['report']}\n")

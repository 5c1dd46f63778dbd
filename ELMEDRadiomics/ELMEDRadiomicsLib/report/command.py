"""`elmed report`: a patient's measurements as a page to print or a DICOM structured report."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ELMEDLib.progress import Progress

DESCRIPTION = """\
Write what was measured in one patient. The ending of the output says how:

  .html   one page to print, with pictures, tumour burden, RANO diameters, location, features,
          settings and warnings; it needs no other file and no network
  .dcm    a DICOM structured report (TID 1500) of volumes, diameters and features with their codes,
          which refers to a DICOM series

Research use only.
"""

EXAMPLE = """\
examples:
  elmed report seg.nii.gz --image t1c.nii.gz --features features.json -o report.html
  elmed report seg.nii.gz --features features.json --series FOLDER-OF-THE-T1C -o report.dcm
"""


def add_command(commands: Any) -> None:
    """Add `report` to the subparsers of `elmed`."""
    parser = commands.add_parser(
        "report",
        help="write a patient's measurements as a page or a DICOM report",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("labels", type=Path, metavar="SEG", help="the label map of the tumour")
    parser.add_argument("--image", type=Path, help="the volume behind the pictures, and for place")
    parser.add_argument("--features", type=Path, help="of `elmed radiomics`, as .json")
    parser.add_argument("--series", type=Path, metavar="FOLDER", help="the DICOM series")
    parser.add_argument("--patient", default="", metavar="NAME", help="in the page's title")
    for name, value in (("enhancing", 3), ("core", 1), ("oedema", 2)):
        parser.add_argument(
            f"--{name}", type=int, nargs="*", default=[value], metavar="N", help=f"labels ({value})"
        )
    parser.add_argument("--plane", default="axial", help="of the diameters (%(default)s)")
    parser.add_argument("--rule", choices=("classic", "product"), default="classic")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, progress: Progress) -> None:
    """Carry out `elmed report`."""
    from ELMEDRadiomicsLib.report.service import report_files

    result = report_files(
        {
            "labels": str(arguments.labels),
            "image": arguments.image and str(arguments.image),
            "features": arguments.features and str(arguments.features),
            "series": arguments.series and str(arguments.series),
            "patient": arguments.patient,
            "parts": {name: getattr(arguments, name) for name in ("enhancing", "core", "oedema")},
            "options": {"plane": arguments.plane, "rule": arguments.rule},
            "output": str(arguments.output),
        },
        progress,
    )
    for sentence in result["warnings"]:
        sys.stderr.write(f"Note: {sentence}\n")
    sys.stdout.write(f"Written: {', '.join(result['outputs'])}\n")

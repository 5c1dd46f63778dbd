"""`elmed follow-up`: several time points of one patient."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ELMEDLib.progress import Progress

DESCRIPTION = """\
Follow a tumour over time: scans are aligned rigidly, lesions matched, and for each scan after the
baseline a response category is proposed by RANO 2.0 (CR, PR, MR, SD, PD), with the reasoning.
A proposal, never a diagnosis. Research use only.

TABLE is a CSV file with a row for each scan and the columns date (2024-05-31) and labels (a label
map: 1 core, 2 oedema, 3 enhancing, unless told), and as known image (a volume, to align the scans),
steroids_mg (dexamethasone a day), state (improved, stable, worse), new_lesion (yes, no),
weeks_since_radiotherapy, baseline (yes).
"""

EXAMPLE = """\
example:
  elmed follow-up patient.csv --method volume -o response.csv
"""


def add_command(commands: Any) -> None:
    """Add `follow-up` to the subparsers of `elmed`."""
    parser = commands.add_parser(
        "follow-up",
        help="follow a tumour over time, and propose response categories",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("table", type=Path, metavar="TABLE", help="the scans, a row each (.csv)")
    parser.add_argument(
        "--method", choices=("2d", "volume"), default="2d", help="of the thresholds (%(default)s)"
    )
    parser.add_argument(
        "--kind",
        choices=("auto", "enhancing", "non-enhancing"),
        default="auto",
        help="what is followed (%(default)s)",
    )
    for name, value in (("enhancing", 3), ("core", 1), ("oedema", 2)):
        parser.add_argument(
            f"--{name}", type=int, nargs="*", default=[value], metavar="N", help=f"labels ({value})"
        )
    parser.add_argument("--plane", choices=("axial", "coronal", "sagittal", "acquired"))
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help=".csv or .json")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, progress: Progress) -> None:
    """Carry out `elmed follow-up`."""
    from ELMEDLib.files import spare_inputs
    from ELMEDRadiomicsLib.follow_up.service import follow_up_files
    from ELMEDRadiomicsLib.follow_up.table import read_time_points

    if arguments.output:
        spare_inputs([arguments.output], [arguments.table])

    result = follow_up_files(
        {
            "points": read_time_points(arguments.table),
            "method": arguments.method,
            "kind": arguments.kind,
            "parts": {name: getattr(arguments, name) for name in ("enhancing", "core", "oedema")},
            "options": {"plane": arguments.plane},
            "output": arguments.output and str(arguments.output),
        },
        progress,
    )
    for entry in result["assessments"]:
        sys.stdout.write(
            f"{entry['day']}  {entry['sum_mm2']:9.1f} mm²  {entry['volume_ml']:8.2f} ml  "
            f"{entry['label']}\n"
        )
        for sentence in entry["sentences"]:
            sys.stdout.write(f"    {sentence}\n")
    for sentence in (*result["warnings"], "A proposal, never a diagnosis."):
        sys.stdout.write(f"{sentence}\n")
    for path in result["outputs"]:
        sys.stdout.write(f"Written: {path}\n")

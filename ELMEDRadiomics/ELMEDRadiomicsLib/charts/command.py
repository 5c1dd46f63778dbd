"""`elmed radiomics-charts`: the numbers behind the charts of one patient."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ELMEDLib.progress import Progress

DESCRIPTION = """\
Compute what the panel's charts show: histograms and box plots of intensities for each segment and
sequence, shape from 0 to 1, and texture matrices. One JSON file, for a plotting program.
"""

EXAMPLE = """\
example:
  elmed radiomics-charts t1c=t1c.nii.gz flair=flair.nii.gz --mask seg.nii.gz -o charts.json
"""


def add_command(commands: Any) -> None:
    """Add `radiomics-charts` to the subparsers of `elmed`."""
    parser = commands.add_parser(
        "radiomics-charts",
        help="compute histograms, box plots, shape and texture matrices",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("images", nargs="+", metavar="IMAGE", help="FILE or NAME=FILE")
    parser.add_argument("--mask", type=Path, required=True, metavar="SEG", help="the segments")
    parser.add_argument("--label", type=int, nargs="*", metavar="N", help="segments (all)")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="of bins and resampling")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help=".json")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, progress: Progress) -> None:
    """Carry out `elmed radiomics-charts`."""
    from ELMEDRadiomicsLib.charts.service import charts_files
    from ELMEDRadiomicsLib.reading import named_images

    found = charts_files(
        {
            "images": named_images(arguments.images),
            "mask": str(arguments.mask),
            "labels": arguments.label,
            "settings": arguments.settings and str(arguments.settings),
            "output": str(arguments.output),
        },
        progress,
    )
    sys.stdout.write(f"{len(found['histograms'])} images: {arguments.output}\n")

"""`elmed burden`: volumes, diameters, RANO products and place of a segmented tumour."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ELMEDLib.progress import Progress

DESCRIPTION = """\
Measure a segmented tumour: volumes of its regions, and of each lesion the largest perpendicular
diameters by RANO, by the classic rule and by maximum product; which lesions are measurable, up to
three targets, and the sum of their products. With an image, also where the tumour lies. Research
use only.
"""

EXAMPLE = """\
examples:
  elmed burden seg.nii.gz
  elmed burden seg.nii.gz --image t1c.nii.gz -o burden.json
  elmed burden seg.nii.gz --enhancing 4 --core 1 --oedema 2 --plane acquired -o lesions.csv
"""


def add_command(commands: Any) -> None:
    """Add `burden` to the subparsers of `elmed`."""
    parser = commands.add_parser(
        "burden",
        help="measure a tumour's volumes, diameters and RANO products",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("labels", type=Path, metavar="SEG", help="the label map")
    parser.add_argument("--image", type=Path, help="a volume of it, to find the place in the brain")
    parser.add_argument("--atlas", type=Path, help="your own label map of regions, in its space")
    parser.add_argument("--atlas-names", type=Path, help="names: a line 'LABEL NAME' for each")
    for name, value in (("enhancing", 3), ("core", 1), ("oedema", 2)):
        parser.add_argument(
            f"--{name}", type=int, nargs="*", default=[value], metavar="N", help=f"labels ({value})"
        )
    parser.add_argument(
        "--plane",
        choices=("axial", "coronal", "sagittal", "acquired"),
        default="axial",
        help="in which diameters are drawn (%(default)s)",
    )
    parser.add_argument(
        "--rule", choices=("classic", "product"), default="classic", help="which products count"
    )
    parser.add_argument("--targets", type=int, default=3, help="lesions summed up (%(default)s)")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help=".json or .csv")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, progress: Progress) -> None:
    """Carry out `elmed burden`."""
    from ELMEDLib.errors import InputError
    from ELMEDRadiomicsLib.burden.results import Burden
    from ELMEDRadiomicsLib.burden.service import burden_files

    if arguments.atlas_names and not arguments.atlas:
        raise InputError("There are names of regions, but no atlas.", "Give --atlas, too.")
    result = burden_files(
        {
            "labels": str(arguments.labels),
            "image": arguments.image and str(arguments.image),
            "atlas": arguments.atlas and str(arguments.atlas),
            "atlas_names": arguments.atlas_names and str(arguments.atlas_names),
            "parts": {name: getattr(arguments, name) for name in ("enhancing", "core", "oedema")},
            "options": {
                "plane": arguments.plane,
                "rule": arguments.rule,
                "targets": arguments.targets,
            },
            "output": arguments.output and str(arguments.output),
        },
        progress,
    )
    _show(Burden.from_json(result["burden"]))
    if result["location"]:
        sys.stdout.write("\n".join(["", *result["location"]["sentences"], ""]))
    for path in result["outputs"]:
        sys.stdout.write(f"Written: {path}\n")


def _show(burden: Any) -> None:
    from ELMEDRadiomicsLib.burden.writing import lesion_rows

    lines = [
        f"{region.name:32}{region.volume_ml:9.2f} ml{region.diameter_mm:8.1f} mm across"
        for region in burden.regions
    ]
    lines += [
        f"{row['Lesion']:16}{row['Volume (ml)']:9.2f} ml"
        f"{row['Longest (mm)']:8.1f} x {row['Perpendicular (mm)']:.1f} mm"
        f"{row['Product (mm²)']:10.1f} mm²  {'target' if row['Target'] else row['Why']}"
        for row in lesion_rows(burden)
    ]
    lines += [
        f"Sum of products, {entry.kind}: {entry.sum_mm2(burden.rule):.1f} mm² "
        f"({len(entry.targets)} of {entry.measurable} measurable lesions)"
        for entry in burden.sums
    ]
    sys.stdout.write("\n".join([*lines, *burden.warnings, ""]))

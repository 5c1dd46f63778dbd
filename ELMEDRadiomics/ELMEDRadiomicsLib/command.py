"""The commands that this room adds to `elmed`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDRadiomicsLib.burden.command import add_command as add_burden
from ELMEDRadiomicsLib.charts.command import add_command as add_charts
from ELMEDRadiomicsLib.follow_up.command import add_command as add_follow_up
from ELMEDRadiomicsLib.report.command import add_command as add_report
from ELMEDRadiomicsLib.settings_command import add_command as add_settings

if TYPE_CHECKING:
    from ELMEDLib.progress import Progress

RADIOMICS = """\
Compute radiomics features of images in the segments of a mask.

Settings are a pyradiomics parameter file (YAML or JSON); without one, pyradiomics' defaults hold.
The values equal those of pyradiomics 3.0.1. The extension of the output says how it is written:
.json with everything that is needed to repeat the values, .csv (with a .settings.json beside it)
or .xlsx as a table.
"""

RADIOMICS_EXAMPLE = """\
examples:
  elmed radiomics t1c=t1c.nii.gz flair=flair.nii.gz --mask seg.nii.gz -o features.csv
  elmed radiomics t1c.nii.gz --mask seg.nii.gz --label 1 3 --settings course.yaml -o out.json
"""

MAPS = """\
Compute maps of radiomics features: at each voxel of a segment, the feature's value in the cube
around it. One NRRD file per feature, on the image's grid.
"""

MAPS_EXAMPLE = """\
example:
  elmed radiomics-maps flair.nii.gz --mask seg.nii.gz --label 2 --settings texture.yaml -o maps
"""

ENGINES = ("elmed", "pyradiomics")
PROFILES = ("pyradiomics", "ibsi")
PRESETS = ("course", "default", "mri", "ibsi")
NORMALISATIONS = ("none", "image", "brain", "white-stripe", "nyul")


def add_commands(commands: Any) -> None:
    """Add this room's commands to the subparsers of `elmed`."""
    parser = commands.add_parser(
        "radiomics",
        help="compute radiomics features of images in segments",
        description=RADIOMICS,
        epilog=RADIOMICS_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "images", nargs="+", metavar="IMAGE", help="an image, as FILE or NAME=FILE (t1c=t1c.nii.gz)"
    )
    parser.add_argument("--mask", type=Path, required=True, metavar="SEG", help="the segments")
    parser.add_argument(
        "--label", type=int, nargs="+", metavar="N", help="segments to look at (all that occur)"
    )
    parser.add_argument(
        "--region",
        action="append",
        metavar="NAME=N,N",
        help="labels that are measured together as well, such as 'whole tumour=1,2,3'; repeatable",
    )
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument(
        "--settings", type=Path, metavar="FILE", help="parameter file, or an earlier result (.json)"
    )
    chosen.add_argument("--preset", choices=PRESETS, help="settings that come with ELMED")
    parser.add_argument("--engine", choices=ENGINES, help="what computes (elmed)")
    parser.add_argument("--profile", choices=PROFILES, help="whose definitions (pyradiomics)")
    parser.add_argument(
        "--normalisation", choices=NORMALISATIONS, help="of intensities (what the settings say)"
    )
    parser.add_argument("--brain", type=Path, metavar="MASK", help="brain mask for normalisation")
    parser.add_argument("--standard", type=Path, metavar="FILE", help="stored Nyúl standard")
    parser.add_argument(
        "--layout", choices=("long", "wide"), help="a row for each value (long) or patient (wide)"
    )
    parser.add_argument("--patient", default="", metavar="NAME", help="names the row, if wide")
    parser.add_argument(
        "--robustness",
        action="store_true",
        help="extract eight times, from slightly changed segments and images, and add the ICC",
    )
    parser.add_argument("--threads", type=int, default=1, help="images at once (%(default)s)")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help=".csv, .json or .xlsx"
    )
    parser.set_defaults(run=run_radiomics)
    _add_maps(commands)
    add_settings(commands)
    add_charts(commands)
    add_report(commands)
    add_burden(commands)
    add_follow_up(commands)


def _add_maps(commands: Any) -> None:
    parser = commands.add_parser(
        "radiomics-maps",
        help="compute maps of radiomics features",
        description=MAPS,
        epilog=MAPS_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("image", type=Path, metavar="IMAGE", help="the image")
    parser.add_argument("--mask", type=Path, required=True, metavar="SEG", help="the segments")
    parser.add_argument("--label", type=int, metavar="N", help="the segment (1)")
    parser.add_argument("--settings", type=Path, required=True, metavar="FILE", help="parameters")
    parser.add_argument("--profile", choices=PROFILES, help="whose definitions (pyradiomics)")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    parser.set_defaults(run=run_maps)


def run_maps(arguments: argparse.Namespace, progress: Progress) -> None:
    """Carry out `elmed radiomics-maps`."""
    from ELMEDRadiomicsLib.tasks import map_files

    result = map_files(
        {
            "image": str(arguments.image),
            "mask": str(arguments.mask),
            "label": arguments.label,
            "settings": str(arguments.settings),
            "output": str(arguments.output),
            "options": {"profile": arguments.profile},
        },
        progress,
    )
    sys.stdout.write(f"{len(result['outputs'])} maps: {arguments.output}\n")


def run_radiomics(arguments: argparse.Namespace, progress: Progress) -> None:
    """Carry out `elmed radiomics`."""
    from ELMEDRadiomicsLib.reading import named_images
    from ELMEDRadiomicsLib.tasks import extract_files
    from ELMEDRadiomicsLib.unions import read_unions

    settings, earlier = _settings(arguments.settings)
    options = {
        "engine": arguments.engine or earlier.get("engine"),
        "profile": arguments.profile or earlier.get("profile"),
        "normalisation": arguments.normalisation or earlier.get("normalisation"),
        "brain": arguments.brain and str(arguments.brain),
        "standard": arguments.standard and str(arguments.standard),
        "threads": arguments.threads,
    }
    result = extract_files(
        {
            "images": named_images(arguments.images),
            "mask": str(arguments.mask),
            "labels": arguments.label,
            "unions": read_unions(arguments.region),
            "settings": settings,
            "preset": arguments.preset,
            "output": str(arguments.output),
            "layout": arguments.layout,
            "patient": arguments.patient,
            "robustness": arguments.robustness,
            "options": options,
        },
        progress,
    )
    for warning in result["warnings"]:
        sys.stderr.write(f"Warning: {warning}\n")
    files = ", ".join(result["outputs"])
    sys.stdout.write(f"{len(result['features'])} values: {files}\n")
    if result["robustness"]:
        unstable = [name for name, one in result["robustness"].items() if not one["stable"]]
        sys.stdout.write(f"{len(unstable)} of {len(result['robustness'])} features are unstable\n")


def _settings(path: Path | None) -> tuple[str | dict[str, Any] | None, dict[str, Any]]:
    """Return the parameters to use, and the options of an earlier result they came with."""
    if path is None:
        return None, {}
    if path.suffix.lower() == ".json" and path.is_file():
        import json

        try:
            content = json.loads(path.read_text(encoding="utf-8-sig"))
        except ValueError:
            return str(path), {}  # reading it as settings gives the error with its line
        if isinstance(content, dict) and {"settings", "options", "versions"} <= set(content):
            return content["settings"], content["options"]
    return str(path), {}

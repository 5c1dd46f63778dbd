"""`elmed radiomics-settings`: write a parameter file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError
from ELMEDRadiomicsLib.names import FEATURES, IMAGE_TYPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ELMEDLib.progress import Progress

DESCRIPTION = """\
Write a parameter file, as pyradiomics and `elmed radiomics --settings` read it. It starts from a
preset or a file; what is given changes it. Without an output it is printed.
"""

EXAMPLE = """\
examples:
  elmed radiomics-settings --preset mri -o mri.yaml
  elmed radiomics-settings --features firstorder glcm:Contrast --bin-count 32 -o texture.yaml
  elmed radiomics-settings --settings old.yaml --resample 1 1 1 --normalise 100 -o new.yaml
"""


def add_command(commands: Any) -> None:
    """Add `radiomics-settings` to the subparsers of `elmed`."""
    parser = commands.add_parser(
        "radiomics-settings",
        help="write a parameter file for radiomics features",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--preset", default="default", help="where to start (%(default)s)")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="a file to start from")
    parser.add_argument(
        "--features", nargs="+", metavar="CLASS[:NAME]", help="classes or single features"
    )
    parser.add_argument("--filters", nargs="+", choices=IMAGE_TYPES, help="image types")
    bins = parser.add_mutually_exclusive_group()
    bins.add_argument("--bin-width", type=float, metavar="W", help="width of grey level bins")
    bins.add_argument("--bin-count", type=int, metavar="N", help="number of grey level bins")
    parser.add_argument("--normalise", type=float, metavar="SCALE", help="mean 0, deviation SCALE")
    parser.add_argument(
        "--resample", type=float, nargs=3, metavar=("X", "Y", "Z"), help="voxel size in mm"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help=".yaml or .json")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, _progress: Progress) -> None:
    """Carry out `elmed radiomics-settings`."""
    from ELMEDRadiomicsLib.settings import from_parameters
    from ELMEDRadiomicsLib.settings_files import settings_text, write_settings

    settings = from_parameters(_edited(arguments))
    if arguments.output is None:
        sys.stdout.write(settings_text(settings, as_json=False))
        return
    if arguments.output.suffix.lower() not in (".yaml", ".yml", ".json"):
        raise InputError(
            f"'{arguments.output.name}' does not say how to write the settings.",
            "Give the output a name that ends in .yaml or .json.",
        )
    write_settings(settings, arguments.output)
    sys.stdout.write(f"Written: {arguments.output}\n")


def _edited(arguments: argparse.Namespace) -> dict[str, Any]:
    from ELMEDRadiomicsLib import settings_edits as edits
    from ELMEDRadiomicsLib.presets import preset
    from ELMEDRadiomicsLib.settings_files import read_settings

    start = arguments.settings
    settings = read_settings(start) if start else preset(arguments.preset).settings()
    content = dict(settings.parameters)
    if arguments.features:
        content = edits.with_features(content, _features(arguments.features))
    if arguments.filters:
        content = edits.with_image_types(content, arguments.filters)
    if arguments.bin_width is not None or arguments.bin_count is not None:
        content = edits.with_bins(content, arguments.bin_width, arguments.bin_count)
    if arguments.normalise is not None:
        scale = arguments.normalise
        content = edits.with_settings(content, normalize=True, normalizeScale=scale)
    if arguments.resample is not None:
        content = edits.with_settings(content, resampledPixelSpacing=list(arguments.resample))
    return content


def _features(given: Sequence[str]) -> dict[str, set[str]]:
    choice: dict[str, set[str]] = {}
    for text in given:
        kind, _, name = text.partition(":")
        choice.setdefault(kind, set()).update([name] if name else FEATURES.get(kind, ()))
    return choice

"""The command `elmed prepare`, and the options of preparation that `elmed segment` has too."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDSegmentLib.labels import CHANNEL_TITLES, CHANNELS

if TYPE_CHECKING:
    from ELMEDLib.progress import Progress

PREPARE = """\
Prepare a study as it was scanned: register every volume to the reference, extract the brain, and
bring all volumes onto one grid of 1 mm.

The folder then holds the volumes without skull, the brain's mask, a transform (.tfm) for each
registered volume, and preparation.json, which tells every step.
"""

EXAMPLE = """\
example:
  elmed prepare --t1 t1.nii.gz --t1c t1c.nii.gz --t2 t2.nii.gz --flair flair.nii.gz -o prepared
"""


def add_command(commands: Any) -> None:
    """Add `prepare` to the commands of `elmed`."""
    from ELMEDSegmentLib.device import DEVICES

    parser = commands.add_parser(
        "prepare",
        help="register the volumes of a study and extract the brain",
        description=PREPARE,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for channel in CHANNELS:
        parser.add_argument(
            f"--{channel}", type=Path, metavar="FILE", help=f"the {CHANNEL_TITLES[channel]} volume"
        )
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder for the result")
    parser.add_argument("--reference", choices=CHANNELS, help="whose space the result has (t1c)")
    parser.add_argument("--device", choices=DEVICES, default="auto", help="(%(default)s)")
    add_options(parser)
    parser.set_defaults(run=run)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say whether and how a study is prepared."""
    from ELMEDSegmentLib.raw.aligning import PREPARE as CHOICES
    from ELMEDSegmentLib.raw.brain import METHODS

    parser.add_argument(
        "--prepare",
        choices=CHOICES,
        default="auto",
        help="register the volumes and extract the brain: where it is needed (auto), or never, or "
        "always",
    )
    parser.add_argument(
        "--brain-extraction",
        choices=METHODS,
        default="auto",
        help="bundled, or a program of yours; auto takes a program where one is installed",
    )


def run(arguments: argparse.Namespace, progress: Progress) -> None:
    """Carry out `elmed prepare`."""
    from ELMEDSegmentLib.raw.service import prepare_files

    paths = {channel: getattr(arguments, channel) for channel in CHANNELS}
    result = prepare_files(
        {
            "volumes": {channel: str(path) for channel, path in paths.items() if path},
            "output": str(arguments.output),
            "reference": arguments.reference,
            "prepare": arguments.prepare,
            "brain_extraction": arguments.brain_extraction,
            "device": arguments.device,
        },
        progress,
    )
    for warning in result["warnings"]:
        sys.stderr.write(f"Warning: {warning}\n")
    for step in result["steps"]:
        print(step)
    print(f"Prepared study: {arguments.output}" if result["files"] else "Nothing was written.")

"""`make demo` and `elmed demo`: show the whole way on one study."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ELMEDLib.errors import ELMEDError, InputError, MissingPackageError
from ELMEDSegmentLib.labels import CHANNEL_TITLES, CHANNELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ELMEDLib.progress import Progress

DESCRIPTION = """\
Segment a study and leave the result in a folder: the segmentation and a scene that 3D Slicer opens,
a table of volumes, a run report, and pictures of slices and surfaces.

Without files it takes the simulated patient that comes with the project. With four files (in the
order T1, contrast-enhanced T1, T2, FLAIR, or each behind its option) it takes those.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the demonstration's options to a parser."""
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="T1, contrast-enhanced T1, T2, FLAIR"
    )
    for channel in CHANNELS:
        parser.add_argument(
            f"--{channel}", type=Path, metavar="FILE", help=f"the {CHANNEL_TITLES[channel]} volume"
        )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("out/demo"),
        metavar="FOLDER",
        help="where the results go (%(default)s)",
    )


def run(arguments: argparse.Namespace, progress: Progress) -> None:
    """Run the demonstration, print the volumes and say where to look.

    Raises:
        ELMEDError: the study cannot be used, a package is missing, or a result cannot be written.
    """
    try:
        from demo.demonstration import NOTICE, demonstrate, sample_files

        given = chosen_files(arguments)
        files = given or sample_files()
        outcome = demonstrate(files, arguments.output, progress, simulated=not given)
    except ModuleNotFoundError as error:
        raise MissingPackageError(
            f"The demonstration needs the package '{error.name}', which is not installed.",
            "Run `make demo`, or install the project with `pip install -e .[demo]`.",
        ) from error
    from demo.volumes import as_text

    print("\nVolumes")
    print(as_text(outcome.rows))
    for warning in outcome.warnings:
        print(f"\nNote: {warning}")
    folder = outcome.folder
    print(f"\nLook at   {folder / 'pictures' / 'overview.png'}")
    print(f"In Slicer {folder / 'scene.mrb'}")
    print(f"The rest  {folder}/ (segmentation.seg.nrrd, volumes.csv, report.json, pictures)")
    print(f"\n{NOTICE}")


def chosen_files(arguments: argparse.Namespace) -> dict[str, Path]:
    """Return the given files by channel, or nothing when none were given.

    Raises:
        InputError: only some were given.
    """
    named = {c: getattr(arguments, c) for c in CHANNELS if getattr(arguments, c)}
    if arguments.files and named:
        raise InputError(
            "Some files were given by position and others by option.", "Use one way for all four."
        )
    if arguments.files:
        if len(arguments.files) != len(CHANNELS):
            raise InputError(
                f"{len(arguments.files)} files were given, and four are needed.",
                "Give T1, contrast-enhanced T1, T2 and FLAIR, in this order.",
            )
        return dict(zip(CHANNELS, arguments.files, strict=True))
    missing = [CHANNEL_TITLES[channel] for channel in CHANNELS if channel not in named]
    if named and missing:
        raise InputError(
            f"The {' and the '.join(missing)} volume is missing.", "Give all four, or none."
        )
    return named


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demonstration as a program of its own, and return its exit status."""
    from ELMEDLib.command import terminal_progress

    parser = argparse.ArgumentParser(
        prog="demo", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    arguments = parser.parse_args(argv)
    try:
        run(arguments, terminal_progress(quiet=False))
    except ELMEDError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("demo: cancelled; nothing was written.", file=sys.stderr)
        return 130
    return 0

"""`elmed cohort radiomics`: many patients measured."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ELMEDLib.cohort.command import add_run_arguments, resumable, say_outcome

if TYPE_CHECKING:
    from ELMEDLib.progress import Progress

RADIOMICS = """\
Measure the radiomics features of many patients, into one table with a row a patient.

A case has a mask and one image or more. In a table (CSV), one column names the patient and each
column with image files is a sequence (t1, t1c, t2, flair, or any name) or the mask; in a folder,
each patient has a folder, and files are recognised by their names. The output folder gets
features.csv, intensities.csv, summary.csv with the state of every case, and, when the features of
the course are among them, course.csv with the columns of its lab.
"""

RADIOMICS_EXAMPLE = """\
examples:
  elmed cohort radiomics cases.csv --preset course -o features
  elmed cohort radiomics patients --settings params.yaml --label 1 3 --workers 4 -o features
"""


def add_commands(kinds: Any) -> None:
    """Add this room's commands to the subparsers of `elmed cohort`."""
    from ELMEDRadiomicsLib.command import PRESETS, PROFILES

    parser = kinds.add_parser(
        "radiomics",
        help="measure the radiomics features of many patients",
        description=RADIOMICS,
        epilog=RADIOMICS_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_run_arguments(parser)
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--settings", metavar="FILE", help="parameter file (YAML or JSON)")
    chosen.add_argument("--preset", choices=PRESETS, help="settings that come with ELMED")
    parser.add_argument("--profile", choices=PROFILES, help="whose definitions (the preset's)")
    parser.add_argument(
        "--label", type=int, nargs="+", metavar="N", help="segments to look at (all that occur)"
    )
    parser.add_argument(
        "--image", nargs="+", metavar="NAME", help="sequences to look at (all that there are)"
    )
    parser.set_defaults(run=run_radiomics)


def run_radiomics(arguments: argparse.Namespace, progress: Progress) -> None:
    """Carry out `elmed cohort radiomics`."""
    from ELMEDRadiomicsLib.cohort.service import measure_cohort

    with resumable(arguments.output):
        result = measure_cohort(
            {
                "source": str(arguments.source),
                "output": str(arguments.output),
                "settings": arguments.settings,
                "preset": arguments.preset,
                "profile": arguments.profile,
                "labels": arguments.label,
                "images": arguments.image,
                "retry_failed": arguments.retry_failed,
                "workers": arguments.workers,
                "scheduler": arguments.scheduler,
            },
            progress,
        )
    say_outcome(result)
    print(f"Features: {result['features']}")
    if result["course"]:
        print(f"The course's table: {result['course']}")

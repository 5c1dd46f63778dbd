"""`elmed cohort radiomics` and `elmed cohort report`: many patients measured and analysed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
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

REPORT = """\
Analyse a measured cohort: one page of HTML with charts, numbers and plain sentences.

Features are joined with a clinical table on the patient's identifier; patients in one of the two
only are listed. Analyses: intensities across patients, volume against survival, features by group,
correlation clusters, each feature against survival with control of false discoveries, Kaplan-Meier
curves by median split, and a Cox model. Columns for survival, death, groups, age and site are told
from their titles, and the page says which were taken. joined.csv and joined.parquet hold both
tables, and the folder 'tables' the numbers of each analysis. Research use only.
"""

REPORT_EXAMPLE = """\
examples:
  elmed cohort report features --clinical clinical.csv
  elmed cohort report features --clinical survival_info.csv --id Brats20ID --survival Survival_days
  elmed cohort report features --clinical clinical.xlsx --group IDH --site Centre --harmonise
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
    _add_report(kinds)


def _add_report(kinds: Any) -> None:
    parser = kinds.add_parser(
        "report",
        help="join a measured cohort with a clinical table, and analyse it",
        description=REPORT,
        epilog=REPORT_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, help="the output of 'elmed cohort radiomics'")
    parser.add_argument("--clinical", metavar="FILE", help="clinical table (CSV or XLSX)")
    parser.add_argument("--id", metavar="COLUMN", help="that names the patient")
    parser.add_argument("--survival", metavar="COLUMN", help="with the time of survival")
    parser.add_argument("--event", metavar="COLUMN", help="that says whether it ended with death")
    parser.add_argument("--group", nargs="+", metavar="COLUMN", help="to compare by")
    parser.add_argument("--site", metavar="COLUMN", help="that names the site or scanner")
    parser.add_argument(
        "--harmonise", action="store_true", help="take differences between sites out (ComBat)"
    )
    parser.add_argument(
        "--features", nargs="+", metavar="NAME", help="for curves and Cox model (the volumes)"
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="the page (report.html in FOLDER)")
    parser.set_defaults(run=run_report)


def run_report(arguments: argparse.Namespace, progress: Progress) -> None:
    """Carry out `elmed cohort report`."""
    from ELMEDRadiomicsLib.cohort.reporting import report_cohort

    result = report_cohort(
        {
            "folder": str(arguments.folder),
            "clinical": arguments.clinical,
            "identifier": arguments.id,
            "survival": arguments.survival,
            "event": arguments.event,
            "groups": arguments.group,
            "site": arguments.site,
            "harmonise": arguments.harmonise,
            "features": arguments.features,
            "output": arguments.output,
        },
        progress,
    )
    for sentence in result["mismatches"]:
        sys.stderr.write(f"Note: {sentence}\n")
    for title, sentence in result["findings"]:
        print(f"{title}: {sentence}")
    for path in result["joined"]:
        print(f"Joined table: {path}")
    print(f"Report: {result['report']}")


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

"""`elmed cohort segment`: many patients segmented."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ELMEDLib.cohort.command import add_run_arguments, resumable, say_outcome

if TYPE_CHECKING:
    from ELMEDLib.progress import Progress

SEGMENT = """\
Segment the tumours of many patients.

A case has a T1, a T1c, a T2 and a FLAIR volume. In a table (CSV), one column names the patient and
the columns t1, t1c, t2 and flair name the files; in a folder, each patient has a folder, and files
and DICOM series are told apart as `elmed identify` shows. The output folder gets a folder a patient
with labels.nii.gz and report.json, and summary.csv with the state, volumes, warnings and seconds of
every case.
"""

SEGMENT_EXAMPLE = """\
examples:
  elmed cohort segment cases.csv -o segmented
  elmed cohort segment patients --workers 2 --threads 4 -o segmented
  elmed cohort segment cases.csv --scheduler tcp://10.0.0.5:8786 -o segmented
"""


def add_commands(kinds: Any) -> None:
    """Add this room's commands to the subparsers of `elmed cohort`."""
    from ELMEDSegmentLib.device import DEVICES
    from ELMEDSegmentLib.labels import CHANNELS
    from ELMEDSegmentLib.raw.command import add_options

    parser = kinds.add_parser(
        "segment",
        help="segment the tumours of many patients",
        description=SEGMENT,
        epilog=SEGMENT_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    # Each process has the network in its memory, and uses all cores by itself.
    add_run_arguments(parser, workers=1)
    parser.add_argument("--model", help="name of a model, or its manifest (the bundled one)")
    parser.add_argument("--reference", choices=CHANNELS, help="whose grid the results have (t1c)")
    parser.add_argument("--device", choices=DEVICES, default="auto", help="(%(default)s)")
    parser.add_argument("--threads", type=int, help="CPU threads of each process")
    parser.add_argument(
        "--keep-islands", action="store_true", help="keep islands below 0.1 ml in the results"
    )
    parser.add_argument(
        "--mirror", action="store_true", help="predict the mirror image, too: twice the time"
    )
    add_options(parser)
    parser.set_defaults(run=run_segment)


def run_segment(arguments: argparse.Namespace, progress: Progress) -> None:
    """Carry out `elmed cohort segment`."""
    from ELMEDSegmentLib.cohort.service import segment_cohort

    with resumable(arguments.output):
        result = segment_cohort(
            {
                "source": str(arguments.source),
                "output": str(arguments.output),
                "model": arguments.model,
                "reference": arguments.reference,
                "options": {
                    "device": arguments.device,
                    "threads": arguments.threads,
                    "postprocess": not arguments.keep_islands,
                    "mirror": arguments.mirror,
                    "prepare": arguments.prepare,
                    "brain_extraction": arguments.brain_extraction,
                },
                "retry_failed": arguments.retry_failed,
                "workers": arguments.workers,
                "scheduler": arguments.scheduler,
            },
            progress,
        )
    say_outcome(result)
    print(f"For 'elmed cohort radiomics': {result['table']}")

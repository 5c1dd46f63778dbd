"""What all commands of `elmed cohort` share: their options, and what they say in the end."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.cohort.processes import Places, default_workers
from ELMEDLib.errors import CancelledError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

COHORT = """\
Work on many patients in one go.

Cases come from a table (CSV, a row a patient) or from a folder with a folder a patient. A run that
was interrupted, however hard, goes on where it was when the same command is given again. A case
that cannot be worked on is named with its reason in summary.csv; the others go on.
"""

INTERRUPTED = 130
"""The exit code of a program that was interrupted, as shells have it."""


def add_cohort(commands: Any, rooms: Sequence[str]) -> None:
    """Add `cohort`, to which every room may add commands of its own."""
    parser = commands.add_parser(
        "cohort",
        help="segment or measure many patients, and analyse them",
        description=COHORT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    kinds = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for room in rooms:
        module = f"{room}.cohort.command"
        try:
            add_commands: Callable[[Any], None] = importlib.import_module(module).add_commands
        except ModuleNotFoundError as error:
            # A room may have none, but what its commands need must not be hidden.
            if error.name not in (room, f"{room}.cohort", module):
                raise
            continue
        add_commands(kinds)


def add_run_arguments(parser: argparse.ArgumentParser, *, workers: int | None = None) -> None:
    """Add the options of every run over a cohort.

    Args:
        parser: of the command.
        workers: processes unless told; one less than the computer has cores when left out.
    """
    parser.add_argument(
        "source", type=Path, metavar="TABLE|FOLDER", help="a table (CSV), or a folder of cases"
    )
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FOLDER", help="for all results"
    )
    parser.add_argument(
        "--retry-failed", action="store_true", help="do the cases again that failed before"
    )
    parser.add_argument(
        "--workers",
        type=_count,
        default=workers or default_workers(),
        metavar="N",
        help="processes at once, 0 for none but this one (%(default)s)",
    )
    parser.add_argument(
        "--scheduler", default="", metavar="ADDRESS", help="use this cluster of Dask instead"
    )


def places_of(arguments: Mapping[str, Any]) -> Places:
    """Return where the work is done: `workers` and `scheduler` of a task's arguments."""
    workers = arguments.get("workers")
    return Places(
        default_workers() if workers is None else int(workers), arguments.get("scheduler") or ""
    )


@contextlib.contextmanager
def resumable(output: Path) -> Iterator[None]:
    """Say, when the run in the block is interrupted, that it can go on; and end the program."""
    try:
        yield
    except (KeyboardInterrupt, CancelledError):
        sys.stderr.write(
            f"elmed: interrupted. What is done is kept in '{output}'; "
            "the same command goes on from there.\n"
        )
        raise SystemExit(INTERRUPTED) from None


def say_outcome(result: Mapping[str, Any]) -> None:
    """Print what became of the cases: the failed ones by name and reason.

    Raises:
        InputError: not one case was worked on.
    """
    for note in result["notes"]:
        sys.stderr.write(f"Note: {note}\n")
    for entry in result["failed"]:
        sys.stderr.write(f"Failed: {entry['case']}: {entry['reason']}\n")
    before = f", {result['before']} of them in an earlier run" if result["before"] else ""
    cases = f"{result['cases']} case{'' if result['cases'] == 1 else 's'}"
    print(f"{cases}: {result['done']} done, {len(result['failed'])} failed{before}.")
    print(f"Summary: {result['summary']}")
    if result["cases"] and not result["done"]:
        raise InputError("Every case failed.", "The reasons are above and in the summary.")


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 0 on")
    return int(text)

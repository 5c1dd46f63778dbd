"""The `elmed` command: one program, to which every room adds its commands."""

from __future__ import annotations

import argparse
import importlib
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ELMEDLib import __version__
from ELMEDLib.cohort.command import add_cohort
from ELMEDLib.errors import CancelledError, ELMEDError
from ELMEDLib.worker.server import explain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ELMEDLib.progress import Progress

ROOMS = ("ELMEDSegmentLib", "ELMEDRadiomicsLib", "ELMEDPlaygroundLib")

DESCRIPTION = """\
ELMED: deep learning and radiomics for brain-tumour MRI. Research use only.

Start with `elmed demo`, which segments a simulated patient, or with your own four volumes:

  elmed segment --t1 T1.nii.gz --t1c T1C.nii.gz --t2 T2.nii.gz --flair FLAIR.nii.gz -o OUT.nii.gz
"""

CHECKOUT = Path(__file__).resolve().parent.parent

LOG = logging.getLogger("elmed")

CANCELLED = 130
"""The exit code of a program that was interrupted, as shells have it."""

WRONG_COMMAND = 2
"""The exit code of a command that cannot be understood, as argparse has it."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 success, 1 an error, 130 interrupted.

    A command that cannot be understood ends the program with the exit code 2.
    """
    arguments = build_parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING)
    if arguments.verbose:
        LOG.setLevel(logging.DEBUG)
    try:
        arguments.run(arguments, terminal_progress(quiet=arguments.quiet))
    except (KeyboardInterrupt, CancelledError):
        _say("elmed: cancelled.")
        return CANCELLED
    except ELMEDError as error:
        LOG.debug("The command failed.", exc_info=True)
        _say(f"elmed: {error}")
        return 1
    except Exception as error:  # nobody foresaw it, and a traceback says nothing to most people
        LOG.debug("The command failed.", exc_info=True)
        _say(f"elmed: {_in_words(error)}")
        return 1
    return 0


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with the commands of all rooms."""
    parser = _Parser(
        prog="elmed",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"elmed {__version__}")
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    parser.add_argument("--verbose", action="store_true", help="show the details of errors")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for room in ROOMS:
        add_commands = _add_commands_of(room)
        if add_commands:
            add_commands(commands)
    add_cohort(commands, ROOMS)
    _add_demo(commands)
    return parser


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with a command in one sentence, instead of printing all its options."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_COMMAND, f"elmed: {message}. '{self.prog} --help' says how it is used.\n")


def terminal_progress(*, quiet: bool) -> Progress:
    """Return a progress function that keeps one line of a terminal up to date."""
    shown = not quiet and sys.stderr.isatty()

    def report(stage: str, fraction: float, message: str) -> None:  # noqa: ARG001
        if shown:
            end = "\n" if fraction >= 1 else ""
            sys.stderr.write(f"\r\033[K{fraction:4.0%} {message}{end}")
            sys.stderr.flush()

    return report


def _add_commands_of(room: str) -> Callable[[Any], None] | None:
    name = f"{room}.command"
    try:
        add_commands: Callable[[Any], None] = importlib.import_module(name).add_commands
    except ModuleNotFoundError as error:
        # A room may have no commands yet, but what its commands need must not be hidden.
        if error.name not in (room, name):
            raise
        return None
    return add_commands


def _add_demo(commands: Any) -> None:
    """Add `demo`, which needs Slicer's own nodes and views and comes with a checkout alone."""
    if not (CHECKOUT / "Testing" / "demo").is_dir():
        return
    sys.path.append(str(CHECKOUT / "Testing"))
    demo = importlib.import_module("demo.command")
    parser = commands.add_parser(
        "demo",
        help="segment the sample patient, and make pictures of it",
        description=demo.DESCRIPTION,
        epilog="example:\n  elmed demo -o out/demo",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    demo.add_arguments(parser)
    parser.set_defaults(run=demo.run)


def _in_words(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"'{error.filename}' cannot be used: {error.strerror}. Check the path."
    said = explain(error)
    return f"{said['message']} {said['advice']}"


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())

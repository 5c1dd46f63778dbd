"""`elmed listen`: the command that is said in a recording."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ELMEDLib.progress import Progress

DESCRIPTION = """\
Recognise the spoken command in a WAV file: one of a fixed list (--list), or none. It is no
dictation. The answer is one line of JSON; the exit code is 0 also when the sound was refused.
"""

EXAMPLE = """\
example:
  elmed listen command.wav
"""


def add_listen(commands: Any) -> None:
    """Add `listen` to the subparsers of `elmed`."""
    parser = commands.add_parser(
        "listen",
        help="recognise the spoken command in a WAV file",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("recording", nargs="?", type=Path, help="a WAV file of any rate and width")
    what.add_argument(
        "--list", action="store_true", help="print what can be said, and what it does"
    )
    parser.set_defaults(run=_listen)


def _listen(arguments: argparse.Namespace, progress: Progress) -> None:
    from ELMEDPlaygroundLib.speech.commands import COMMANDS
    from ELMEDPlaygroundLib.speech.service import listen_to_file

    if arguments.list:
        width = max(len(command.phrase) for command in COMMANDS)
        for command in COMMANDS:
            sys.stdout.write(f"{command.phrase:{width}}  {command.does}\n")
        return
    answer = listen_to_file({"path": str(arguments.recording)}, progress)
    sys.stdout.write(f"{json.dumps(answer)}\n")

"""What whoever watches a training run wants of it: a word in a file beside the checkpoint.

A file works from a panel, from a terminal and after a restart alike, and a run that nobody watches
any more is still told.
"""

from __future__ import annotations

from pathlib import Path

from ELMEDLib.files import written_whole

NAME = "control.txt"

RUN = "run"
PAUSE = "pause"
STOP = "stop"
WISHES = (RUN, PAUSE, STOP)


def set_wish(folder: Path | str, wish: str) -> None:
    """Ask the run in `folder` to go on, to pause, or to stop after the present step.

    Raises:
        OutputError: the folder cannot be written to.
        ValueError: `wish` is none of `WISHES`.
    """
    if wish not in WISHES:
        raise ValueError(wish)
    with written_whole(Path(folder) / NAME) as temporary:
        temporary.write_text(wish, encoding="utf-8")


def wish(folder: Path) -> str:
    """Return what the run in `folder` is asked to do; `RUN` where nobody asks anything."""
    try:
        word = (folder / NAME).read_text(encoding="utf-8").strip()
    except OSError:
        return RUN
    return word if word in WISHES else RUN

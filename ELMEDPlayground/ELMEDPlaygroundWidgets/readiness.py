"""Whether an experiment can begin, and in a sentence why not."""

from __future__ import annotations

from ELMEDLib.bridge.packages import packageProblems
from ELMEDLib.environment import PLAYGROUND
from ELMEDLib.errors import WorkerError


def whatIsMissing() -> str:
    """Return what keeps the worker from computing, "" when nothing does."""
    try:
        return " ".join(problem.message for problem in packageProblems(PLAYGROUND))
    except WorkerError as error:
        return str(error)

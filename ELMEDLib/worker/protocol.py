"""What the worker and its client say to each other, one JSON object a line.

A request is `{"id": 1, "task": "ELMEDSegmentLib.segment", "arguments": {...}}`. Its answers carry
the same id: any number of `progress`, then one `result` or one `error`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

ROOMS = ("ELMEDSegmentLib", "ELMEDRadiomicsLib", "ELMEDPlaygroundLib")
"""The packages whose `tasks.TASKS` the worker may run."""


@dataclass(frozen=True)
class Progressed:
    """A task has come further.

    Attributes:
        request: the id of the request that this answers.
        stage: short name of what is being done.
        fraction: share of the whole work that is done, 0 to 1.
        message: a sentence for the status line.
    """

    request: int
    stage: str
    fraction: float
    message: str


@dataclass(frozen=True)
class Finished:
    """A task has succeeded; `result` is what it returned."""

    request: int
    result: dict[str, Any]


@dataclass(frozen=True)
class Failed:
    """A task has failed.

    Attributes:
        request: the id of the request that this answers.
        kind: class name of the error, or `InternalError` for one that nobody foresaw.
        message: what is wrong, a sentence.
        advice: what to do, a sentence.
    """

    request: int | None
    kind: str
    message: str
    advice: str


Event = Progressed | Finished | Failed


def encode(message: dict[str, Any]) -> str:
    """Return a message as one line. Only ASCII: no encoding on the way can spoil it.

    Raises:
        TypeError: the message holds what JSON cannot carry.
        ValueError: it holds a number that JSON does not know (NaN or infinite).
    """
    return json.dumps(message, allow_nan=False) + "\n"


def decode_event(line: str) -> Event | None:
    """Return the event that a line of the worker stands for, or None when it is not one."""
    try:
        message = json.loads(line)
        event, request = message["event"], message["id"]
        if event == "progress":
            return Progressed(
                request, message["stage"], float(message["fraction"]), message["message"]
            )
        if event == "result":
            return Finished(request, dict(message["result"]))
        if event == "error":
            return Failed(request, message["kind"], message["message"], message["advice"])
    except (ValueError, KeyError, TypeError):
        pass
    return None

"""The child's side: run one request after the other."""

from __future__ import annotations

import importlib
import json
import logging
import queue
import threading
import time
from typing import TYPE_CHECKING, Any, TextIO

from ELMEDLib.errors import CancelledError, ELMEDError, WorkerError, where
from ELMEDLib.worker import protocol, tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ELMEDLib.progress import Progress

    Task = Callable[[dict[str, Any], Progress], dict[str, Any]]

logger = logging.getLogger(__name__)

SHORTEST_INTERVAL_S = 0.04
"""Progress within a stage is not told more often than this: nobody could see it."""

GRACE_S = 3.0
"""How long a task may take to stop by itself after the parent has gone."""


class Server:
    """Reads requests, runs their tasks and writes the answers."""

    def __init__(self, requests: TextIO, answers: TextIO, rooms: Sequence[str]) -> None:
        self._requests = requests
        self._answers = answers
        self._rooms = rooms
        self._waiting: queue.Queue[str | None] = queue.Queue()
        self._parent_gone = threading.Event()
        self._writing = threading.Lock()

    def serve(self) -> None:
        """Answer requests until the parent closes the pipe, or dies."""
        # A thread of its own, so that the end of the parent is seen also while a task runs.
        threading.Thread(target=self._read, daemon=True).start()
        while True:
            line = self._waiting.get()
            if line is None:
                return
            self._answer(line)

    def _read(self) -> None:
        for line in self._requests:
            if line.strip():
                self._waiting.put(line)
        self._parent_gone.set()
        self._waiting.put(None)
        time.sleep(GRACE_S)
        tree.end_own()

    def _answer(self, line: str) -> None:
        request = None
        try:
            message = _read_request(line)
            request = message["id"]
            task = _find_task(message["task"], self._rooms)
            result = task(message["arguments"], self._progress_of(request))
            self._say({"event": "result", "id": request, "result": result})
        except Exception as error:  # the worker survives whatever a task does
            self._say({"event": "error", "id": request, **explain(error)})

    def _progress_of(self, request: int) -> Progress:
        """Return the progress function of one request, which also stops a task left alone."""
        last_stage, last_time = "", 0.0

        def progress(stage: str, fraction: float, message: str) -> None:
            nonlocal last_stage, last_time
            if self._parent_gone.is_set():
                raise CancelledError("The program that asked for this work has ended.")
            now = time.monotonic()
            if stage == last_stage and fraction < 1 and now - last_time < SHORTEST_INTERVAL_S:
                return
            last_stage, last_time = stage, now
            self._say(
                {
                    "event": "progress",
                    "id": request,
                    "stage": stage,
                    "fraction": min(max(float(fraction), 0.0), 1.0),
                    "message": message,
                }
            )

        return progress

    def _say(self, message: dict[str, Any]) -> None:
        text = protocol.encode(message)
        try:
            with self._writing:
                self._answers.write(text)
                self._answers.flush()
        except OSError:
            # Nobody listens any more; the reading thread sees the same and ends the process.
            self._parent_gone.set()


def _read_request(line: str) -> dict[str, Any]:
    try:
        message = json.loads(line)
        return {
            "id": int(message["id"]),
            "task": str(message["task"]),
            "arguments": dict(message.get("arguments") or {}),
        }
    except (ValueError, KeyError, TypeError) as error:
        raise WorkerError(
            "The worker was sent a request that it cannot read.",
            "The panel and the worker may be of different versions; restart the application.",
        ) from error


def _find_task(name: str, rooms: Sequence[str]) -> Task:
    """Return the task `Room.task` of one of the known rooms; nothing else can be run."""
    room, _, task_name = name.partition(".")
    if room in rooms:
        tasks: dict[str, Task] = importlib.import_module(f"{room}.tasks").TASKS
        if task_name in tasks:
            return tasks[task_name]
    raise WorkerError(
        f"The worker does not know the task '{name}'.",
        "The panel and the worker may be of different versions; restart the application.",
    )


def explain(error: Exception) -> dict[str, str]:
    """Return `kind`, `message` and `advice` of an error, and log where it came from."""
    if isinstance(error, ELMEDError):
        logger.debug("%s\n%s", error.kind, where(error))
        return {"kind": error.kind, "message": error.message, "advice": error.advice}
    logger.error("The task failed:\n%s", where(error))
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return {
            "kind": "OutOfMemoryError",
            "message": "There was not enough memory for this work.",
            "advice": "Close other programs, or choose the CPU as the device, and try again.",
        }
    if isinstance(error, ImportError):
        package = (error.name or "unknown").partition(".")[0]
        return {
            "kind": "MissingPackageError",
            "message": f"The Python package '{package}' is missing or cannot be loaded.",
            "advice": "Install it in the Python that does the work, or choose another Python.",
        }
    return {
        "kind": "InternalError",
        "message": "Something went wrong that ELMED did not foresee; there is no result.",
        "advice": "Please report it with the details; look first that they name no patient.",
    }

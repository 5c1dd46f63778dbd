"""The application's side: a worker process to send work to."""

from __future__ import annotations

import contextlib
import os
import queue
import re
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import WorkerError
from ELMEDLib.worker import protocol, tree
from ELMEDLib.worker.protocol import Event, Failed, Finished

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import IO

PROJECT = Path(__file__).resolve().parents[2]
"""The folder of `ELMEDLib`: the checkout, or Slicer's folder of scripted modules."""

LOG_LINES = 400
LONGEST_LOG_LINE = 2000

USERS_FILE = re.compile(
    r"([a-z]:)?[\\/][^\"'<>|]*?\.(nii(\.gz)?|nrrd|nhdr|mha|mhd|dcm|csv|xlsx)\b", re.IGNORECASE
)
"""A path as libraries write it into their warnings; it may hold a patient's name."""

IDLE_PATIENCE_S = 2.0
"""How long a worker without work may take to end after it was closed."""


class WorkerProcess:
    """One worker, started when it is first needed and kept until it is cancelled or closed.

    Without Qt and without callbacks: ask `poll` from a timer. One request runs at a time.

    Example:
        >>> worker = WorkerProcess(sys.executable)
        >>> worker.send("ELMEDSegmentLib.segment", arguments)
        >>> while worker.busy:
        ...     for event in worker.poll():
        ...         print(event)
        >>> worker.close()
    """

    def __init__(
        self,
        python: str | Path,
        environment: Mapping[str, str] | None = None,
        rooms: Sequence[str] = protocol.ROOMS,
    ) -> None:
        """Prepare a worker; nothing is started yet.

        Args:
            python: the interpreter that runs it.
            environment: the variables it starts from; this process's own unless told.
            rooms: the packages whose tasks it may run.
        """
        self.python = Path(python)
        self._environment = environment
        self._rooms = tuple(rooms)
        self._child: _Child | None = None
        self._request: int | None = None
        self._last_request = 0
        self._unheard: str | None = None
        self._log: deque[str] = deque(maxlen=LOG_LINES)

    @property
    def busy(self) -> bool:
        """Whether a request has no result yet."""
        return self._request is not None

    @property
    def process_id(self) -> int | None:
        """The number of the worker's process, None when there is none."""
        return self._child.process.pid if self._child and self._child.alive else None

    @property
    def log(self) -> str:
        """The last lines that workers wrote to their standard error, for a developer to read."""
        return "\n".join(self._log)

    def send(self, task: str, arguments: Mapping[str, Any]) -> int:
        """Start a task, and a worker when there is none.

        Args:
            task: `Room.task`.
            arguments: what JSON can carry.

        Returns:
            The id of the request, which its events carry.

        Raises:
            WorkerError: the worker cannot be started.
            RuntimeError: another request is still running.
        """
        if self.busy:
            raise RuntimeError("the worker is busy with another request")
        self._last_request += 1
        line = protocol.encode(
            {"id": self._last_request, "task": task, "arguments": dict(arguments)}
        )
        # A warm worker may have died since the last request; then a fresh one takes it. While it
        # is dying its pipe still takes the line, so the line is kept until there is a reaction.
        if self._child and self._child.write(line):
            self._unheard = line
        else:
            self.close()
            self._start_with(line)
        self._request = self._last_request
        return self._request

    def poll(self) -> list[Event]:
        """Return what has happened since the last call, without waiting."""
        events: list[Event] = []
        while self._child and self.busy:
            try:
                event = self._child.events.get_nowait()
            except queue.Empty:
                break
            if event is None and self._unheard:
                self._start_with(self._unheard)
            elif event is None:
                events.append(self._crash(self._child.process.poll()))
                # What it had started may still be at work, for nobody.
                tree.end(self._child.process)
                self._child, self._request = None, None
            elif event.request == self._request:
                self._unheard = None
                events.append(event)
                if isinstance(event, Finished | Failed):
                    self._request = None
        return events

    def cancel(self) -> threading.Thread | None:
        """End the running task by ending the worker and all it started; return at once.

        The process tree is gone within two seconds. The next request starts a fresh worker.

        Returns:
            The thread that sees to the end; when it has ended, nobody works any more. None when
            there was no worker.
        """
        child, self._child, self._request = self._child, None, None
        self._unheard = None
        if child is None:
            return None
        ending = tree.end(child.process)
        child.hang_up()  # whoever is left of it sees that nobody listens any more
        return ending

    def close(self) -> None:
        """Let the worker end: at once when it is busy, by itself when it is not. Does not wait."""
        if self.busy:
            self.cancel()
            return
        child, self._child = self._child, None
        if child:
            child.hang_up()
            tree.end_when_idle(child.process, IDLE_PATIENCE_S)

    def _start_with(self, line: str) -> None:
        self._unheard = None
        self._child = self._start()
        self._child.write(line)

    def _start(self) -> _Child:
        command = [str(self.python), "-m", "ELMEDLib.worker", *self._rooms]
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=child_environment(self.python, self._environment),
                **tree.start_options(),
            )
        except OSError as error:
            raise WorkerError(
                f"The worker's Python '{self.python}' cannot be started: {error.strerror}.",
                "Choose another Python in the advanced settings, or leave the field empty.",
            ) from error
        return _Child(process, self._log)

    def _crash(self, code: int | None) -> Failed:
        """Return the event that tells of a worker that ended without an answer."""
        how = f"exit code {code}" if code is None or code >= 0 else f"signal {-code}"
        advice = "Try again; if it happens again, please report it with the details."
        if code == -9:  # noqa: PLR2004 - SIGKILL, which Windows does not have
            advice = "The memory may have run out: close other programs and try again."
        return Failed(
            self._request,
            WorkerError.__name__,
            f"The worker process ended without an answer ({how}); there is no result.",
            advice,
        )


def child_environment(python: Path, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables for a worker run by `python`; this process's own stay as they are."""
    variables = dict(os.environ if environment is None else environment)
    rooms = [name.removesuffix("Lib") for name in protocol.ROOMS]
    # In a checkout each room's packages lie in its own folder; installed, all lie together.
    folders = [PROJECT, *(PROJECT / room for room in rooms if (PROJECT / room).is_dir())]
    search_path = [str(folder) for folder in folders]
    if _is_this_interpreter(python):
        search_path.append(variables.get("PYTHONPATH", ""))
    else:
        # Slicer's variables lead another Python to Slicer's standard library, and break it.
        variables.pop("PYTHONHOME", None)
    variables["PYTHONPATH"] = os.pathsep.join(filter(None, search_path))
    # Nobody's files where the application happened to be started are code of the worker.
    variables["PYTHONSAFEPATH"] = "1"
    variables["PYTHONUNBUFFERED"] = "1"
    variables["PYTHONUTF8"] = "1"
    return variables


def _is_this_interpreter(python: Path) -> bool:
    if not sys.executable:
        return False
    own = Path(sys.executable)
    return python == own or (python.name.startswith("PythonSlicer") and python.parent == own.parent)


class _Child:
    """A running process with the threads that read from it."""

    def __init__(self, process: subprocess.Popen[bytes], log: deque[str]) -> None:
        self.process = process
        self.events: queue.Queue[Event | None] = queue.Queue()
        """What the worker said, and None when it has ended."""
        self._log = log
        self._log_reader = threading.Thread(target=self._read_log, daemon=True)
        self._log_reader.start()
        threading.Thread(target=self._read_events, daemon=True).start()

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def write(self, line: str) -> bool:
        """Send one line; return False when the worker cannot take it any more."""
        if not self.alive or self.process.stdin is None:
            return False
        try:
            self.process.stdin.write(line.encode("utf-8"))
            self.process.stdin.flush()
        except (OSError, ValueError):  # the pipe is broken, or was closed when the worker ended
            return False
        return True

    def hang_up(self) -> None:
        """Close the worker's standard input, which tells it to end."""
        with contextlib.suppress(OSError, ValueError):
            if self.process.stdin:
                self.process.stdin.close()

    def _read_events(self) -> None:
        for line in _lines(self.process.stdout):
            event = protocol.decode_event(line)
            if event:
                self.events.put(event)
        self.process.wait()
        # What the worker said last explains its end; its own children may keep the pipe open.
        self._log_reader.join(timeout=0.5)
        self.events.put(None)
        self.hang_up()

    def _read_log(self) -> None:
        for line in _lines(self.process.stderr):
            self._log.append(USERS_FILE.sub("<file>", line.rstrip()[:LONGEST_LOG_LINE]))


def _lines(pipe: IO[bytes] | None) -> Any:
    """Yield the lines of a pipe until it is closed, and close this end of it."""
    if pipe is None:
        return
    with contextlib.suppress(OSError, ValueError), pipe:
        for line in pipe:
            yield line.decode("utf-8", errors="replace")

"""Where cases are worked on: processes of Dask, a cluster of Dask, or this process."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import importlib.util
import itertools
import logging
import os
import queue
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from ELMEDLib.cohort.interruption import interruption, unheard_by_children
from ELMEDLib.cohort.record import Journal
from ELMEDLib.cohort.work import carry_out, failure
from ELMEDLib.errors import InputError, WorkerError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path

    from ELMEDLib.cohort.case import Case
    from ELMEDLib.cohort.record import Record
    from ELMEDLib.cohort.work import CaseWork

    Ended = Generator[Record | None, None, None]

LOOK_S = 0.25
"""How often it is looked whether the user has cancelled."""

PATIENCE_S = 20
"""How long a cluster may take to answer at first."""

SETTINGS = {
    # A case that ends a process would end the next one, too.
    "distributed.scheduler.allowed-failures": 0,
    "distributed.worker.daemon": True,
    "distributed.worker.preload": [__name__],  # for `dask_setup`
    # On a busy computer, a process takes a while to start.
    "distributed.comm.timeouts.connect": "120s",
}
NOISY = ("distributed", "distributed.client", "tornado", "tornado.application", "asyncio")
"""Loggers of Dask: what matters to the user is said in other words."""

WITHOUT_DASK = (
    "Dask is not installed: the cases are worked on one after the other. "
    "Install dask and distributed to use several processes."
)


@dataclass(frozen=True)
class Places:
    """Where the work is done.

    Attributes:
        workers: processes at once; 0 stands for this process alone.
        scheduler: address of a cluster of Dask that exists, "" for processes of this computer.
    """

    workers: int = 1
    scheduler: str = ""


@dataclass(frozen=True)
class Job:
    """What is done for each case, and where its results go."""

    work: CaseWork
    arguments: dict[str, Any]
    output: Path


def default_workers() -> int:
    """Return how many processes leave one core to the user."""
    return max(1, (os.cpu_count() or 2) - 1)


def has_dask() -> bool:
    """Whether Dask is installed."""
    return all(importlib.util.find_spec(name) for name in ("dask", "distributed"))


def results(job: Job, cases: Sequence[Case], places: Places) -> Ended:
    """Work on cases, and yield the record of each as it ends, in any order.

    None is yielded now and then while nothing has ended: whoever listens may stop then. When the
    generator is closed, what runs is ended.

    Raises:
        InputError: there is no cluster at the address.
        WorkerError: the cluster was lost.
        OutputError: a record cannot be written.
        KeyboardInterrupt: the user has interrupted the run, some moments ago at the most.
    """
    if places.scheduler or (places.workers and has_dask()):
        yield from _in_processes(job, cases, places)
        return
    for case in cases:
        yield None
        yield carry_out(job.work, case, job.arguments, str(job.output))


def _in_processes(job: Job, cases: Sequence[Case], places: Places) -> Ended:
    with interruption() as interrupted, _client(places) as client:
        # Here, each process has one case at a time: one that ends its process takes no other along.
        # A cluster may grow, so it gets all at once.
        at_once = len(cases) if places.scheduler else places.workers
        ahead = iter(cases)
        ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        working: dict[str, tuple[Any, Case]] = {}

        def begin(number: int) -> None:
            for case in itertools.islice(ahead, number):
                future = _submit(client, job, case)
                working[future.key] = (future, case)
                future.add_done_callback(ended.put)

        begin(at_once)
        while working:
            interrupted.check()
            try:
                future = ended.get(timeout=LOOK_S)
            except queue.Empty:
                _check_connection(client)
                yield None
                continue
            _, case = working.pop(future.key)
            begin(1)
            yield _record_of(job, case, future)


def _submit(client: Any, job: Job, case: Case) -> Any:
    # The key is the same in every run: a cluster that still works on a case of a run that was
    # killed goes on with it, rather than to do it a second time.
    return client.submit(
        carry_out, job.work, case, job.arguments, str(job.output), key=_key(job, case)
    )


def _check_connection(client: Any) -> None:
    if client.status not in {"running", "connecting"}:
        raise WorkerError(
            "The connection to the cluster was lost.",
            "Start the same run again: it goes on with the cases that are left.",
        )


def _record_of(job: Job, case: Case, future: Any) -> Record:
    """Return what became of a case; a process that died for it is a failure of the case."""
    from distributed import KilledWorker

    if future.status == "finished":
        # From the disk: the answer itself goes down with its process if that ends now.
        written = Journal(job.output).read(case)
        return written or cast("Record", future.result())
    if future.status == "cancelled":
        raise WorkerError(
            "The cluster has given up a case.",
            "Start the same run again: it goes on with the cases that are left.",
        )
    try:
        future.result()
    except KilledWorker:
        record = failure(
            case,
            "The process that worked on this case ended without an answer.",
            "The memory may have run out: use fewer workers, and do the failed cases again.",
        )
        Journal(job.output).write(case, record)
        return record
    raise AssertionError("a future that failed has an exception")


def _key(job: Job, case: Case) -> str:
    """Return the name of a case's work, which tells nothing about the patient."""
    text = f"{job.output.resolve()}\0{case.name}\0{sorted(case.paths.items())}"
    return f"elmed-case-{hashlib.blake2b(text.encode(), digest_size=12).hexdigest()}"


@contextlib.contextmanager
def _client(places: Places) -> Iterator[Any]:
    """Give a client of Dask; processes that it starts end with it, also when this one is killed."""
    import dask
    import distributed

    for name in NOISY:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with dask.config.set(SETTINGS):
        with unheard_by_children():
            cluster = None if places.scheduler else _own_cluster(places.workers)
        try:
            client = distributed.Client(cluster or places.scheduler, timeout=PATIENCE_S)
        except (OSError, ValueError, TypeError, asyncio.TimeoutError) as error:
            _close(cluster)
            raise InputError(
                f"There is no cluster of Dask at '{places.scheduler or 'this computer'}'.",
                "Check the address, such as tcp://127.0.0.1:8786, and that its scheduler runs.",
            ) from error
        try:
            yield client
        finally:
            _close(client)
            _close(cluster)


def _own_cluster(workers: int) -> Any:
    import distributed

    try:
        return distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",
            memory_limit=0,
            host="127.0.0.1",
            silence_logs=logging.CRITICAL,
        )
    except (OSError, RuntimeError, asyncio.TimeoutError) as error:
        raise WorkerError(
            "The processes could not be started in time.",
            "Start the same run again with fewer processes, or with none but this one.",
        ) from error


def dask_setup(_worker: Any) -> None:
    """Ignore Ctrl+C in a process that Dask has started here; Dask calls this by its name."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _close(connection: Any) -> None:
    """Close a client or a cluster; what takes too long ends with this process at the latest."""
    if connection is not None:
        with contextlib.suppress(OSError, RuntimeError, asyncio.TimeoutError):
            connection.close(timeout=PATIENCE_S)

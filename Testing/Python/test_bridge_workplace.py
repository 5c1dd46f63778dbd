"""Where runs take place: how long the worker is kept."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from ELMEDLib.worker.client import WorkerProcess
from host.panel_checks import is_alive, wait_for

ROOMS = Path(__file__).parent / "rooms"


@pytest.fixture
def place(host):
    """A place whose worker knows the unruly room."""
    from ELMEDLib.bridge.task_runs import TaskPlace

    class Place(TaskPlace):
        def readyWorker(self):  # noqa: N802 - Slicer's way
            if self._worker is None:
                environment = {**os.environ, "PYTHONPATH": str(ROOMS)}
                self._worker = WorkerProcess(sys.executable, environment, rooms=["UnrulyRoom"])
            return self._worker

    made = Place()
    yield made
    made.close()


def begin(host, place, task, arguments=None, onEnd=None):  # noqa: N803 - Slicer's way
    run = place.start(f"UnrulyRoom.{task}", arguments or {}, onEnd=onEnd)
    host.wait_until(lambda: place.workerProcessID is not None)
    return run, place.workerProcessID


def test_the_worker_is_kept_for_the_next_run(host, place):
    run, worker = begin(host, place, "echo")
    host.wait_until(lambda: not run.running)

    assert place.workerProcessID == worker


def test_who_leaves_meanwhile_leaves_no_worker_behind(host, place):
    run, worker = begin(host, place, "echo")
    place.leave()
    assert run.running
    host.wait_until(lambda: not run.running)

    assert run.result() == {"echo": {}}
    assert place.workerProcessID is None
    wait_for(lambda: not is_alive(worker), 10.0)


def test_who_comes_back_finds_the_worker_warm(host, place):
    run, worker = begin(host, place, "echo")
    place.leave()
    place.stay()
    host.wait_until(lambda: not run.running)

    assert place.workerProcessID == worker


def test_an_answer_that_cannot_be_taken_leaves_no_worker_behind(host, place):
    def stumble(_run):
        raise ValueError("the panel is gone")

    run, worker = begin(host, place, "echo", onEnd=stumble)
    place.leave()
    host.wait_until(lambda: not run.running)

    assert [type(error) for error in host.slot_errors] == [ValueError]
    host.slot_errors.clear()
    wait_for(lambda: not is_alive(worker), 10.0)


def test_a_run_that_is_abandoned_after_leaving_leaves_no_worker_behind(host, place, tmp_path):
    run, worker = begin(host, place, "start_a_child_and_wait", {"children": str(tmp_path / "c")})
    place.leave()
    place.run.abandon()

    assert not run.running
    assert place.workerProcessID is None
    wait_for(lambda: not is_alive(worker), 10.0)

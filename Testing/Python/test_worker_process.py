from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ELMEDLib.errors import WorkerError
from ELMEDLib.worker.client import WorkerProcess, child_environment
from ELMEDLib.worker.protocol import Failed, Finished, Progressed

ROOMS = Path(__file__).parent / "rooms"
posix = pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX's")


@pytest.fixture
def worker():
    environment = {**os.environ, "PYTHONPATH": str(ROOMS)}
    worker = WorkerProcess(sys.executable, environment, rooms=["UnrulyRoom"])
    yield worker
    worker.close()


def answers(worker, task, arguments=None, timeout=30.0):
    """Send a request and return all its events."""
    worker.send(f"UnrulyRoom.{task}", arguments or {})
    events = []
    wait_until(lambda: events.extend(worker.poll()) or not worker.busy, timeout)
    return events


def wait_until(condition, timeout=30.0):
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, "nothing happened in time"
        time.sleep(0.005)


def is_alive(process_id):
    """Whether a process runs; one that only waits to be buried does not."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def test_a_task_reports_progress_and_then_its_result(worker):
    events = answers(worker, "echo", {"words": "für Ärzte", "numbers": [1, 2.5, None]})

    assert [type(event) for event in events[:-1]] == [Progressed] * 3
    assert [(event.stage, event.fraction) for event in events[:-1]] == [
        ("reading", 0.25),
        ("thinking", 0.5),
        ("thinking", 1.0),
    ]
    assert events[-1] == Finished(1, {"echo": {"words": "für Ärzte", "numbers": [1, 2.5, None]}})


def test_the_worker_stays_warm_between_requests(worker):
    first = answers(worker, "process_id")[-1].result["pid"]
    second = answers(worker, "process_id")[-1].result["pid"]

    assert first == second == worker.process_id


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 always looks there")
def test_files_where_the_application_was_started_are_not_taken_for_code(
    worker, tmp_path, monkeypatch
):
    (tmp_path / "json.py").write_text("raise SystemExit(7)")
    monkeypatch.chdir(tmp_path)

    assert isinstance(answers(worker, "echo")[-1], Finished)
    assert not answers(worker, "variables")[-1].result["safe path"]


@posix
def test_the_worker_yields_to_the_application(worker):
    assert answers(worker, "process_id")[-1].result["niceness"] > os.nice(0)


def test_what_libraries_print_does_not_disturb_the_protocol(worker):
    events = answers(worker, "shout")

    assert events == [Finished(1, {"honest": True})]
    wait_until(lambda: "a child prints" in worker.log)
    assert "a library prints on standard output" in worker.log


def test_an_error_carries_its_sentence_and_advice(worker):
    assert answers(worker, "refuse") == [
        Failed(1, "InputError", "The volume is empty.", "Choose another one.")
    ]


def test_the_worker_survives_a_failed_task(worker):
    answers(worker, "stumble", {"name": "Smith"})

    assert isinstance(answers(worker, "echo")[-1], Finished)


def test_an_unforeseen_error_is_explained_and_its_place_logged_without_patient_data(worker):
    (event,) = answers(worker, "stumble", {"name": "Smith"})

    assert event.kind == "InternalError"
    assert event.message.endswith("there is no result.")
    assert event.advice
    wait_until(lambda: "RuntimeError" in worker.log)
    assert "tasks.py" in worker.log
    assert "Smith" not in worker.log + event.message + event.advice


@pytest.mark.parametrize(
    "path", ["/data/Smith, J/t1 post.nii.gz", r"C:\MRI\Smith\flair.NRRD", "/Smith.csv"]
)
def test_what_libraries_say_of_files_is_logged_without_their_names(worker, path):
    answers(worker, "warn_as_libraries_do", {"path": path})

    wait_until(lambda: "<file> has unexpected scales in sform" in worker.log)
    assert "Smith" not in worker.log


@pytest.mark.parametrize(
    ("task", "kind", "words"),
    [
        ("use_what_is_not_there", "MissingPackageError", "'no_such_package'"),
        ("return_what_json_cannot_carry", "InternalError", "no result"),
        ("run_out_of_memory", "OutOfMemoryError", "not enough memory"),
        ("no_such_task", "WorkerError", "'UnrulyRoom.no_such_task'"),
    ],
)
def test_every_failure_gets_its_own_sentence(worker, task, kind, words):
    (event,) = answers(worker, task)

    assert event.kind == kind
    assert words in event.message


def test_only_tasks_of_known_rooms_can_be_run(worker):
    worker.send("os.system", {"command": "true"})
    events = []
    wait_until(lambda: events.extend(worker.poll()) or not worker.busy)

    assert events[0].kind == "WorkerError"


@posix
def test_a_worker_that_is_killed_tells_so_and_the_next_request_starts_a_fresh_one(worker):
    (event,) = answers(worker, "die")

    assert event.kind == "WorkerError"
    assert "signal 9" in event.message
    assert "memory" in event.advice
    assert "last words" in worker.log
    assert isinstance(answers(worker, "echo")[-1], Finished)


@posix
def test_what_a_dead_worker_had_started_ends_too(worker, tmp_path):
    children = tmp_path / "children"

    (event,) = answers(worker, "die_and_leave_a_child", {"children": str(children)})

    assert "signal 9" in event.message
    wait_until(lambda: not is_alive(int(children.read_text())), timeout=10.0)


@posix
def test_a_worker_that_died_while_idle_is_replaced_silently(worker):
    process_id = answers(worker, "process_id")[-1].result["pid"]
    os.kill(process_id, signal.SIGKILL)
    wait_until(lambda: not is_alive(process_id))

    assert isinstance(answers(worker, "echo")[-1], Finished)


@posix
def test_a_request_that_a_dying_worker_took_is_not_lost(worker):
    process_id = answers(worker, "process_id")[-1].result["pid"]
    # Stopped, it takes the line into its pipe and never reads it.
    os.kill(process_id, signal.SIGSTOP)
    worker.send("UnrulyRoom.echo", {})
    os.kill(process_id, signal.SIGKILL)

    events = []
    wait_until(lambda: events.extend(worker.poll()) or not worker.busy)
    assert isinstance(events[-1], Finished)


@posix
@pytest.mark.alone
def test_cancel_ends_the_whole_process_tree_within_two_seconds(worker, tmp_path):
    children = tmp_path / "children"
    worker.send("UnrulyRoom.start_a_child_and_wait", {"children": str(children)})
    wait_until(lambda: any(isinstance(event, Progressed) for event in worker.poll()))
    process_ids = [int(word) for word in children.read_text().split()]
    assert all(is_alive(process_id) for process_id in process_ids)

    start = time.monotonic()
    worker.cancel()
    assert time.monotonic() - start < 0.1
    wait_until(lambda: not any(is_alive(process_id) for process_id in process_ids), timeout=2.0)

    assert not worker.busy
    assert worker.poll() == []
    assert isinstance(answers(worker, "echo")[-1], Finished)


@posix
@pytest.mark.alone
def test_cancel_works_while_the_application_keeps_pythons_lock(worker, tmp_path):
    """As Slicer may, when it waits for events and no Python code runs."""
    children = tmp_path / "children"
    worker.send("UnrulyRoom.start_a_child_and_wait", {"children": str(children)})
    wait_until(lambda: any(isinstance(event, Progressed) for event in worker.poll()))
    process_ids = [int(word) for word in children.read_text().split()]

    worker.cancel()
    ctypes.PyDLL(None).sleep(1)  # called so, C keeps the lock

    assert not any(is_alive(process_id) for process_id in process_ids)


@posix
def test_answers_arrive_where_threads_get_short_turns_only(worker):
    worker.send("UnrulyRoom.echo", {"words": "x" * 100_000})
    events, start = [], time.monotonic()
    while worker.busy:
        ctypes.PyDLL(None).usleep(20_000)
        time.sleep(0.001)
        events += worker.poll()
        assert time.monotonic() - start < 30

    assert isinstance(events[-1], Finished)


@posix
@pytest.mark.alone
def test_a_cancelled_task_may_clean_up(worker, tmp_path):
    started, cleaned = tmp_path / "started", tmp_path / "cleaned"
    worker.send("UnrulyRoom.report_for_ever", {"started": str(started), "cleaned": str(cleaned)})
    wait_until(lambda: started.exists() and started.read_text())

    worker.cancel()

    wait_until(cleaned.exists, timeout=2.0)


@posix
@pytest.mark.parametrize("task", ["idle", "report_for_ever", "start_a_child_and_wait"])
def test_the_worker_ends_when_its_parent_dies(tmp_path, task):
    """The parent is killed, so that it cannot say goodbye."""
    noted = tmp_path / "noted"
    program = f"""
import os, sys, time
from ELMEDLib.worker.client import WorkerProcess
worker = WorkerProcess(sys.executable, rooms=["UnrulyRoom"])
names = dict.fromkeys(("started", "children"), {str(noted)!r})
if {task!r} == "idle":
    worker.send("UnrulyRoom.process_id", {{}})
    while worker.busy:
        for event in worker.poll():
            open({str(noted)!r}, "w").write(str(event.result["pid"]))
else:
    worker.send("UnrulyRoom.{task}", {{**names, "cleaned": {str(tmp_path / "cleaned")!r}}})
time.sleep(600)
"""
    environment = child_environment(Path(sys.executable))
    environment["PYTHONPATH"] += os.pathsep + str(ROOMS)
    parent = subprocess.Popen([sys.executable, "-c", program], env=environment)
    wait_until(lambda: noted.exists() and noted.read_text())
    process_ids = [int(word) for word in noted.read_text().split()]
    assert all(is_alive(process_id) for process_id in process_ids)

    parent.kill()
    parent.wait()

    wait_until(lambda: not any(is_alive(process_id) for process_id in process_ids), timeout=15.0)


def test_a_closed_worker_ends(worker):
    process_id = answers(worker, "process_id")[-1].result["pid"]

    worker.close()

    wait_until(lambda: not is_alive(process_id), timeout=15.0)
    assert worker.process_id is None


def test_one_request_runs_at_a_time(worker, tmp_path):
    worker.send("UnrulyRoom.start_a_child_and_wait", {"children": str(tmp_path / "children")})

    with pytest.raises(RuntimeError, match="busy"):
        worker.send("UnrulyRoom.echo", {})


def test_a_python_that_cannot_be_started_is_named(tmp_path):
    worker = WorkerProcess(tmp_path / "no-python")

    with pytest.raises(WorkerError, match="no-python"):
        worker.send("ELMEDSegmentLib.segment", {})
    assert not worker.busy


def test_a_program_that_is_no_worker_is_told_apart(tmp_path):
    worker = WorkerProcess("/bin/false" if Path("/bin/false").exists() else sys.executable)

    worker.send("ELMEDSegmentLib.segment", {})
    events = []
    wait_until(lambda: events.extend(worker.poll()) or not worker.busy)

    assert events[0].kind == "WorkerError"
    assert events[0].advice


def test_the_parents_own_variables_stay_as_they_are(worker):
    before = dict(os.environ)

    answers(worker, "echo")

    assert dict(os.environ) == before


def test_another_python_is_not_led_into_slicers_library():
    slicers = {"PYTHONHOME": "/slicer", "PYTHONPATH": "/slicer/site-packages", "HOME": "/home"}

    own = child_environment(Path(sys.executable), slicers)
    other = child_environment(Path("/usr/bin/python3"), slicers)

    assert own["PYTHONHOME"] == "/slicer"
    assert "/slicer/site-packages" in own["PYTHONPATH"]
    assert "PYTHONHOME" not in other
    assert "/slicer/site-packages" not in other["PYTHONPATH"]
    assert other["HOME"] == "/home"


@pytest.mark.parametrize("line", ["no json", "[]", '{"id": 1}', '{"id": "x", "task": 1}'])
def test_a_request_that_cannot_be_read_is_answered(line):
    process = subprocess.run(
        [sys.executable, "-m", "ELMEDLib.worker"],
        input=line + "\n",
        capture_output=True,
        text=True,
        env=child_environment(Path(sys.executable)),
        timeout=30,
        check=False,
    )

    (answer,) = process.stdout.splitlines()
    assert json.loads(answer)["kind"] == "WorkerError"
    assert process.returncode == 0


def test_the_worker_starts_without_the_packages_that_tasks_import():
    program = "import sys, ELMEDLib.worker.server, ELMEDLib.worker.client; print(*sys.modules)"
    output = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env=child_environment(Path(sys.executable)),
        check=True,
    ).stdout.split()

    assert not {"torch", "monai", "numpy", "SimpleITK"} & set(output)

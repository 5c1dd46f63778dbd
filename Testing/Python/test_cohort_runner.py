"""The runner of cohorts: what is done stays, one at a time, and as it began."""

from __future__ import annotations

import errno
import importlib
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ELMEDLib.cohort.case import Case
from ELMEDLib.cohort.lock import locked
from ELMEDLib.cohort.processes import Places
from ELMEDLib.cohort.record import Journal
from ELMEDLib.cohort.runner import Undertaking, run_cohort
from ELMEDLib.cohort.table import read_table
from ELMEDLib.cohort.work import CaseResult
from ELMEDLib.errors import CancelledError, InputError, OutputError
from host.panel_checks import wait_for

HERE = Places(workers=0)

DEADLY = """
    import os
    from pathlib import Path
    from ELMEDLib.cohort.work import CaseResult

    def work(case, arguments):
        with open(arguments["log"], "a") as log:
            log.write(case.name + "\\n")
        if case.name == "deadly":
            os._exit(7)
        return CaseResult({"process": os.getpid()})
"""
"""A module of its own: other processes find its function by name."""


def work(case, arguments):
    with open(arguments["log"], "a") as log:  # noqa: PTH123 - as short as it can be
        log.write(f"{case.name}\n")
    if case.name in arguments.get("bad", ()):
        raise ValueError("nobody foresaw this")
    return CaseResult({"value": len(case.name)}, ["Small."] if case.name == "a" else [])


def undertaking(tmp_path, **arguments):
    arguments = {"log": str(tmp_path / "log.txt"), **arguments}
    return Undertaking("test", work, arguments, {"setting": 1}, ("value",))


def worked_on(tmp_path):
    return (tmp_path / "log.txt").read_text().split()


def cases(*names):
    return [Case(name, {"t1c": f"{name}.nii"}) for name in names]


def test_one_bad_case_does_not_stop_the_rest_and_is_named(tmp_path):
    outcome = run_cohort(
        undertaking(tmp_path, bad=["b"]), cases("a", "b", "c"), tmp_path / "out", HERE
    )
    assert [record.state for record in outcome.records] == ["done", "failed", "done"]
    assert "did not foresee" in outcome.failed[0].reason
    titles, rows = read_table(outcome.summary)
    assert titles[:4] == ["case", "state", "seconds", "value"]
    assert [row["case"] for row in rows] == ["a", "b", "c"]
    assert rows[0]["warnings"] == "Small."
    assert rows[1]["value"] == ""


def test_a_second_run_does_what_is_new_and_nothing_twice(tmp_path):
    output = tmp_path / "out"
    run_cohort(undertaking(tmp_path, bad=["b"]), cases("a", "b"), output, HERE)
    outcome = run_cohort(undertaking(tmp_path), cases("a", "b", "c"), output, HERE)
    assert worked_on(tmp_path) == ["a", "b", "c"]
    assert outcome.before == 2
    again = run_cohort(undertaking(tmp_path), cases("a", "b", "c"), output, HERE, retry_failed=True)
    assert worked_on(tmp_path) == ["a", "b", "c", "b"]
    assert not again.failed


def test_a_case_with_other_files_and_a_damaged_record_are_done_again(tmp_path):
    output = tmp_path / "out"
    run_cohort(undertaking(tmp_path), cases("a", "b", "c"), output, HERE)
    Journal(output).path(Case("b")).write_text('{"name": "b", "sta')
    changed = [*cases("a", "b"), Case("c", {"t1c": "other.nii"})]
    outcome = run_cohort(undertaking(tmp_path), changed, output, HERE)
    assert worked_on(tmp_path) == ["a", "b", "c", "b", "c"]
    assert [record.state for record in outcome.records] == ["done"] * 3


def test_cancelling_keeps_what_is_done_and_writes_the_summary(tmp_path):
    output = tmp_path / "out"

    def until_two(_stage, fraction, _message):
        if fraction > 0.4:
            raise CancelledError("enough")

    with pytest.raises(CancelledError):
        run_cohort(undertaking(tmp_path), cases("a", "b", "c", "d"), output, HERE, until_two)
    assert len(read_table(output / "summary.csv")[1]) == 2
    outcome = run_cohort(undertaking(tmp_path), cases("a", "b", "c", "d"), output, HERE)
    assert worked_on(tmp_path) == ["a", "b", "c", "d"]
    assert outcome.before == 2


def test_a_run_goes_on_only_as_it_began(tmp_path):
    output = tmp_path / "out"
    run_cohort(undertaking(tmp_path), cases("a"), output, HERE)
    other = Undertaking("test", work, {"log": str(tmp_path / "log.txt")}, {"setting": 2})
    with pytest.raises(InputError, match=r"other settings \(setting\)"):
        run_cohort(other, cases("a", "b"), output, HERE)
    with pytest.raises(InputError, match="another kind"):
        run_cohort(Undertaking("else", work, {}, {"setting": 1}), cases("a"), output, HERE)
    assert worked_on(tmp_path) == ["a"]


def test_two_runs_do_not_work_in_one_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("ELMEDLib.cohort.lock.PATIENCE_S", 0.2)
    program = textwrap.dedent(f"""
        from pathlib import Path
        from ELMEDLib.cohort.lock import locked
        with locked(Path({str(tmp_path)!r})):
            print("locked", flush=True)
            input()
    """)
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "locked\n"
        with pytest.raises(InputError, match="Another run is at work"), locked(tmp_path):
            pass
        other.kill()
    with locked(tmp_path):  # the system has let go of it
        pass


def test_a_run_that_is_just_ending_is_waited_for(tmp_path):
    program = textwrap.dedent(f"""
        import time
        from pathlib import Path
        from ELMEDLib.cohort.lock import locked
        with locked(Path({str(tmp_path)!r})):
            print("locked", flush=True)
            time.sleep(0.5)
    """)
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "locked\n"
        with locked(tmp_path):
            pass


def test_a_disk_that_knows_no_locks_is_told_as_what_it_is(tmp_path, monkeypatch):
    def refuse(_handle):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("ELMEDLib.cohort.lock._lock", refuse)
    with pytest.raises(OutputError, match="cannot keep other runs out"), locked(tmp_path):
        pass


def test_a_record_that_cannot_be_removed_is_told(tmp_path):
    journal = Journal(tmp_path)
    assert journal.written() == set()
    journal.path(Case("a")).mkdir(parents=True)  # nobody but a folder stands in root's way
    assert journal.written() == {"a.json"}
    with pytest.raises(OutputError, match="'a' cannot be removed"):
        journal.forget(Case("a"))


def test_what_a_killed_run_was_writing_is_removed(tmp_path):
    output = tmp_path / "out"
    (output / "cases").mkdir(parents=True)
    for name in (".elmed-x.csv", "cases/.elmed-y.json"):
        (output / name).write_text("half")
    run_cohort(undertaking(tmp_path), cases("a"), output, HERE)
    assert not list(output.rglob(".elmed-*"))


@pytest.fixture
def deadly(tmp_path, monkeypatch):
    """The function of a module that ends its process at the case `deadly`."""
    (tmp_path / "deadly_work.py").write_text(textwrap.dedent(DEADLY))
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("deadly_work").work
    sys.modules.pop("deadly_work")


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    """A cluster of Dask that exists by itself: a real scheduler with a real worker."""
    pytest.importorskip("distributed", reason="Dask is not installed")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as made:
        yield made


def test_a_case_that_ends_its_process_fails_alone(tmp_path, deadly):
    pytest.importorskip("distributed", reason="Dask is not installed")
    names = ["a", "b", "deadly", "c", "d"]
    arguments = {"log": str(tmp_path / "log.txt")}
    made = Undertaking("test", deadly, arguments, {}, ("process",))
    outcome = run_cohort(made, cases(*names), tmp_path / "out", Places(workers=2))
    assert [record.name for record in outcome.failed] == ["deadly"]
    assert "ended without an answer" in outcome.failed[0].reason
    assert sorted(worked_on(tmp_path)) == sorted(names)
    processes = {record.row["process"] for record in outcome.records if not record.failed}
    assert os.getpid() not in processes


INTERRUPTED = """
    import time
    from pathlib import Path
    from ELMEDLib.cohort.case import Case
    from ELMEDLib.cohort.command import resumable
    from ELMEDLib.cohort.processes import Places
    from ELMEDLib.cohort.runner import Undertaking, run_cohort
    from interrupted_work import work

    if __name__ == "__main__":
        cases = [Case(f"case {number}", {"t1c": "x.nii"}) for number in range(100)]
        with resumable(Path("out")):
            run_cohort(Undertaking("test", work, {}, {}), cases, Path("out"), Places(workers=1))
"""

WORK = """
    import time
    from ELMEDLib.cohort.work import CaseResult

    def work(case, arguments):
        time.sleep(0.3)
        return CaseResult({})
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows interrupts otherwise")
def test_an_interruption_from_the_keyboard_is_told_in_one_line(tmp_path):
    pytest.importorskip("distributed", reason="Dask is not installed")
    (tmp_path / "interrupted_work.py").write_text(textwrap.dedent(WORK))
    (tmp_path / "run.py").write_text(textwrap.dedent(INTERRUPTED))
    with subprocess.Popen(
        [sys.executable, "run.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as run:
        wait_for(lambda: any(tmp_path.glob("out/cases/[!.]*")) or run.poll() is not None, 120)
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to all processes
        _, said = run.communicate(timeout=60)
    assert run.returncode == 130
    assert said.count("\n") == 1, said
    assert "goes on from there" in said


@pytest.mark.skipif(sys.platform == "win32", reason="Windows interrupts otherwise")
def test_an_interruption_is_heard_at_whatever_moment_it_comes(tmp_path, deadly):
    pytest.importorskip("distributed", reason="Dask is not installed")

    class Tidied:
        """Python drops what is raised here."""

        def __del__(self):
            os.kill(os.getpid(), signal.SIGINT)

    def progress(_stage, fraction, _message):
        if 0 < fraction < 0.1:
            Tidied()

    made = Undertaking("test", deadly, {"log": str(tmp_path / "log.txt")}, {}, ("process",))
    many = cases(*(f"c{number}" for number in range(100)))
    with pytest.raises(KeyboardInterrupt):
        run_cohort(made, many, tmp_path / "out", Places(workers=1), progress)
    assert 0 < len(worked_on(tmp_path)) < 100


def test_an_existing_cluster_does_the_work(tmp_path, deadly, cluster, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the cluster was started in another folder
    arguments = {"log": str(tmp_path / "log.txt")}
    made = Undertaking("test", deadly, arguments, {}, ("process",))
    places = Places(scheduler=cluster.scheduler_address)
    outcome = run_cohort(made, cases("a", "b", "c"), Path("out"), places)
    assert len(outcome.records) == 3
    assert not outcome.failed
    workers = {worker.pid for worker in cluster.workers.values()}
    assert {record.row["process"] for record in outcome.records} <= workers
    assert cluster.scheduler.status.name == "running"  # it is somebody else's


def test_without_dask_the_same_is_done_here_and_said(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "dask", None)  # as Python sees a package that is not there
    outcome = run_cohort(
        undertaking(tmp_path), cases("a", "b"), tmp_path / "out", Places(workers=2)
    )
    assert [record.state for record in outcome.records] == ["done", "done"]
    assert any("Dask is not installed" in note for note in outcome.notes)


def test_an_address_without_a_cluster_is_told(tmp_path, monkeypatch):
    pytest.importorskip("distributed", reason="Dask is not installed")
    monkeypatch.setattr("ELMEDLib.cohort.processes.PATIENCE_S", 1)
    for address in ("tcp://127.0.0.1:1", "nonsense"):
        with pytest.raises(InputError, match="no cluster of Dask"):
            run_cohort(
                undertaking(tmp_path), cases("a"), tmp_path / "out", Places(scheduler=address)
            )

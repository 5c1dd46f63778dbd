"""A cohort that is killed and resumed: no case lost, none done twice, every failure named."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys

import psutil
import pytest

from host.panel_checks import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

REASONS = {
    "missing": "does not exist",
    "cut": "cut off",
    "grid": "origin",
    "empty": "empty",
    "none": "no mask",
}
PATIENCE_S = 240

WHOLE = "[!.]*.json"
"""Names of records; those with a dot are being written, and may be gone a moment later."""


def start(table, output, settings, *options):
    command = ["cohort", "radiomics", table, "--settings", settings, "-o", output, *options]
    return subprocess.Popen(
        [sys.executable, "-m", "ELMEDLib.command", *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def records(output):
    """The records as they are on disk: name of the file, its content and when it was written."""
    return {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in (output / "cases").glob(WHOLE)
    }


def kill_after(process, output, count):
    """Kill the real process, hard, once so many cases are done; return the records."""

    def enough():
        return sum(1 for _ in (output / "cases").glob(WHOLE)) >= count or process.poll() is not None

    wait_for(enough, PATIENCE_S)
    assert process.poll() is None, process.communicate()
    children = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(10) == -signal.SIGKILL
    process.communicate()
    # What it started ends with it: nobody goes on working behind the next run's back.
    _, alive = psutil.wait_procs(children, timeout=20)
    assert not alive
    return records(output)


def kill_twice_and_finish(cohort_patients, tmp_path, count, *options):
    table, broken = cohort_patients.write_cohort(tmp_path / "in", count)
    output, settings = tmp_path / "out", tmp_path / "settings.json"
    settings.write_text(json.dumps(cohort_patients.SETTINGS))

    kept = {}
    for share in (0.2, 0.5):
        now = kill_after(start(table, output, settings, *options), output, int(count * share))
        assert len(now) < count, "it was killed too late to show anything"
        assert {name: now[name] for name in kept} == kept  # none was done a second time
        kept = now
    last = start(table, output, settings, *options)
    said, errors = last.communicate(timeout=PATIENCE_S)
    assert last.returncode == 0, errors

    final = records(output)
    assert {name: final[name] for name in kept} == kept
    names = {f"P{number:03d}" for number in range(count)}
    assert set(final) == {f"{name}.json" for name in names}
    assert not list(output.rglob(".elmed-*"))  # nothing half-written is left
    with (output / "summary.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["case"] for row in rows] == sorted(names)  # each once, in the table's order
    failed = {row["case"]: row["reason"] for row in rows if row["state"] == "failed"}
    assert set(failed) == set(broken)
    for name, how in broken.items():
        assert REASONS[how] in failed[name]
        assert f"Failed: {name}: {failed[name]}" in errors
    with (output / "features.csv").open(newline="") as file:
        measured = {row["case"]: row for row in csv.DictReader(file)}
    assert set(measured) == names - set(broken)
    assert all(all(row.values()) for row in measured.values())
    assert f"{len(kept)} of them in an earlier run" in said


def test_killed_twice_and_resumed(cohort_patients, tmp_path):
    kill_twice_and_finish(cohort_patients, tmp_path, 50, "--workers", "2")


def test_killed_twice_and_resumed_without_other_processes(cohort_patients, tmp_path):
    kill_twice_and_finish(cohort_patients, tmp_path, 50, "--workers", "0")


@pytest.mark.slow
def test_two_hundred_cases_killed_twice_and_resumed(cohort_patients, tmp_path):
    kill_twice_and_finish(cohort_patients, tmp_path, 200, "--workers", "2")

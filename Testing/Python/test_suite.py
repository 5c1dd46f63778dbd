"""The suite as somebody runs it: in two parts, with one exit status, and failures named last."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from suite.__main__ import status_of_all

TESTING = Path(__file__).resolve().parents[1]
QUICK = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "--numprocesses", "1")

CONFTEST = """
pytest_plugins = ["suite.pytest_plugin"]

def pytest_configure(config):
    config.addinivalue_line("markers", "alone: measures time")
"""
TESTS = """
import os
import pytest

BESIDE = "PYTEST_XDIST_WORKER"

def test_beside_others():
    assert os.environ[BESIDE] and os.environ["OMP_NUM_THREADS"] == "1"

@pytest.mark.alone
def test_by_itself():
    assert BESIDE not in os.environ

@pytest.mark.skipif("FAIL" not in os.environ, reason="on demand")
def test_that_fails():
    print("much " * 5000 + "the end")
    assert b"x" * 50_000 == b"x" * 40_000 + b"y" * 10_000
"""


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    """Runs a suite of three tests, and returns its exit status and the lines that it printed."""
    folder = tmp_path_factory.mktemp("suite")
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "test_three.py").write_text(TESTS, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")

    def run(*arguments, **variables):
        inherited = {
            k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "OMP_", "ELMED_"))
        }
        done = subprocess.run(
            [sys.executable, "-m", "suite", *QUICK, *arguments],
            cwd=folder,
            env={**inherited, "PYTHONPATH": str(TESTING), **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout.splitlines()

    return run


def test_a_failure_is_named_last_and_told_briefly_on_a_build_machine_too(suite):
    status, lines = suite(FAIL="1", CI="true")
    assert status == 1
    assert lines[-1] == "FAILED test_three.py::test_that_fails"
    assert "number 40000" in "\n".join(lines)
    assert any(line.endswith("the end") for line in lines)
    assert sum(map(len, lines)) < 12_000
    ends = [line.strip("= ").split(" in ")[0] for line in lines if line.startswith("=")]
    assert "1 failed, 1 passed" in ends, "in parallel"
    assert "1 passed, 2 deselected" in ends, "alone"


def test_a_part_without_a_selected_test_is_no_failure(suite):
    status, lines = suite("-k", "by_itself")
    assert status == 0
    assert lines[-1] == "All tests passed."


@pytest.mark.parametrize(
    ("statuses", "status"),
    [([0, 0], 0), ([0, 5], 0), ([5, 0], 0), ([5, 5], 5), ([1, 0], 1), ([0, 1], 1), ([5, 3], 3)],
)
def test_the_whole_fails_where_a_part_fails_or_nothing_was_selected(statuses, status):
    assert status_of_all(statuses) == status

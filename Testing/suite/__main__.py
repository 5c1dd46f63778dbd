"""Run the test suite: `PYTHONPATH=Testing python -m suite [what pytest takes]`.

Tests run side by side, a file at a time in each of some processes; then those that measure time
run one after the other, while nothing else does. The names of the tests that failed come last.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

from suite.pytest_plugin import FAILED_TESTS

PASSED, INTERRUPTED, NONE_SELECTED = 0, 2, 5
# A file stays with one process, and with it what its tests share.
PROCESSES = ("--numprocesses", "auto", "--maxprocesses", "4", "--dist", "loadfile")
PARTS = {
    "side by side": ("--alone", "without"),
    "alone, what measures time": ("--alone", "only", "--numprocesses", "0"),
}


def status_of_all(statuses: Sequence[int]) -> int:
    """Return the exit status of the whole; that a part had no test selected is no failure."""
    if all(status == NONE_SELECTED for status in statuses):
        return NONE_SELECTED
    return next((s for s in statuses if s not in (PASSED, NONE_SELECTED)), PASSED)


def run(part: str, arguments: Sequence[str], names: Path) -> int:
    """Run one part, with further arguments for pytest, and add what failed to the file `names`."""
    print(f"== Tests, {part}", flush=True)
    command = [sys.executable, "-m", "pytest", *PROCESSES, *arguments, *PARTS[part]]
    return subprocess.run(
        command, env={**os.environ, FAILED_TESTS: str(names)}, check=False
    ).returncode


def main(arguments: Sequence[str]) -> int:
    """Run all parts, list what failed, and return the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        names = Path(folder) / "failed"
        statuses: list[int] = []
        for part in PARTS:
            statuses.append(run(part, arguments, names))
            if statuses[-1] == INTERRUPTED:
                break
        failed = names.read_text(encoding="utf-8").splitlines() if names.exists() else []
    status = status_of_all(statuses)
    if status == PASSED:
        print("All tests passed.")
    elif status == NONE_SELECTED:
        print("No test was selected.")
    else:
        print(f"The tests failed (pytest's exit status: {status}).", *failed, sep="\n")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

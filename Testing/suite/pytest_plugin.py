"""How the suite runs in parallel, and how it tells failures: briefly, with their names last."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

FAILED_TESTS = "ELMED_FAILED_TESTS"
"""The variable that names the file to which the names of failed tests are added."""

LONG = 200
"""Bytes beyond which a comparison shows the first difference only."""
MOST_CAPTURED = 4000
"""Characters that are shown of what a failed test printed: the last ones."""

THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS",
)

# Each of the parallel processes, and what it starts, takes one core: threads would only wait for
# each other. Before anything imports numpy, torch or SimpleITK, which read this once.
if os.environ.get("PYTEST_XDIST_WORKER"):
    for name in THREADS:
        os.environ.setdefault(name, "1")

# A busy machine is slow to draw examples and to try them; that says nothing about the code.
hypothesis.settings.register_profile(
    "suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--alone`."""
    parser.addoption(
        "--alone",
        choices=("with", "without", "only"),
        default="with",
        help="what is done with the tests marked `alone`, which measure time",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave away what `--alone` does not want."""
    choice = config.getoption("--alone")
    if choice == "with":
        return
    kept, left = [], []
    for item in items:
        marked = item.get_closest_marker("alone") is not None
        (kept if marked == (choice == "only") else left).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left)


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Tell of long bytes where they differ, not what they are."""
    if not (isinstance(left, bytes) and isinstance(right, bytes)):
        return None
    if op not in ("==", "!=") or max(len(left), len(right)) <= LONG:
        return None
    told = f"{len(left)} bytes {op} {len(right)} bytes"
    pairs = enumerate(zip(left, right, strict=False))
    place = next((n for n, (one, other) in pairs if one != other), min(len(left), len(right)))
    if left == right:
        return [told, "they are the same"]
    around = slice(max(place - 8, 0), place + 8)
    return [
        told,
        f"the first that differs is number {place}:",
        f"  left  ...{left[around].hex(' ')}...",
        f"  right ...{right[around].hex(' ')}...",
    ]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Show only the end of what a failed test printed."""
    report = yield
    report.sections = [(title, _ending(text)) for title, text in report.sections]
    return report


def _ending(text: str) -> str:
    if len(text) <= MOST_CAPTURED:
        return text
    return f"(the last of {len(text)} characters)\n...{text[-MOST_CAPTURED:]}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Hand the names of failed tests on to who started this run."""
    path = os.environ.get(FAILED_TESTS)
    if not path:
        return
    with Path(path).open("a", encoding="utf-8") as file:
        for kind in ("failed", "error"):
            failed = terminalreporter.getreports(kind)
            file.writelines(f"{kind.upper()} {report.nodeid}\n" for report in failed)

"""What tests of the playground share."""

from __future__ import annotations

import importlib.util
import socket
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def walks():
    """The module that says what a student does in each lesson (`lesson_walks.py`)."""
    name = "elmed_playground_lesson_walks"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, HERE / "lesson_walks.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture
def bench(host, panel):
    """The bench with a spiral on it, the worker warm."""
    bench = panel.panel.bench
    host.wait_until(lambda: bench.summary is not None, 120)
    return bench


@pytest.fixture(scope="module")
def no_network():
    """Whoever tries to reach another machine fails."""

    def refuse(_socket, address):
        raise OSError(f"no network in this test: {address}")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, refuse)
        yield

"""What tests of the lessons share."""

from __future__ import annotations

import importlib.util
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

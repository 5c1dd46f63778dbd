from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ELMEDLib.errors import WorkerError
from ELMEDLib.interpreter import VARIABLE, own_python, worker_python


@pytest.fixture(autouse=True)
def no_variable(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.fixture
def another_python(tmp_path):
    link = tmp_path / "python3"
    link.symlink_to(sys.executable)
    return link


@pytest.mark.parametrize("nothing", [None, "", Path()])
def test_without_a_choice_the_worker_runs_in_this_programs_python(nothing):
    assert worker_python(nothing) == own_python() == Path(sys.executable)


def test_the_setting_is_taken_as_it_is_written(another_python):
    # A link is not followed: a virtual environment's Python is a link to the system's.
    assert worker_python(str(another_python)) == another_python


def test_the_variable_beats_the_setting(monkeypatch, another_python):
    monkeypatch.setenv(VARIABLE, str(another_python))

    assert worker_python(sys.executable) == another_python


def test_inside_another_program_slicers_python_is_looked_for(monkeypatch, tmp_path):
    slicers = tmp_path / "PythonSlicer"
    slicers.symlink_to(sys.executable)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "SlicerApp-real"))
    monkeypatch.setenv("PATH", str(tmp_path))

    assert worker_python() == slicers


def test_no_python_at_all_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", "")
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(WorkerError, match="not found"):
        worker_python()


@pytest.mark.parametrize("kind", ["missing", "folder", "text"])
def test_a_choice_that_is_no_program_is_named(tmp_path, kind):
    choice = tmp_path / "chosen"
    if kind == "folder":
        choice.mkdir()
    elif kind == "text":
        choice.write_text("not a program")

    with pytest.raises(WorkerError, match="chosen") as caught:
        worker_python(choice)
    assert caught.value.advice

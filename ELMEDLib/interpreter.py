"""Which Python does the work."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from ELMEDLib.errors import WorkerError

VARIABLE = "ELMED_WORKER_PYTHON"


def worker_python(setting: str | Path | None = None) -> Path:
    """Return the interpreter that runs the worker.

    The environment variable `ELMED_WORKER_PYTHON` decides, else `setting`, else it is this
    program's own Python: `PythonSlicer` in Slicer, `sys.executable` elsewhere.

    Args:
        setting: the user's choice; None or "" for none.

    Raises:
        WorkerError: the chosen file is missing or is not a program.
    """
    for source, choice in ((VARIABLE, os.environ.get(VARIABLE)), ("The setting", setting)):
        if choice and str(choice) != ".":  # an empty path line reads as the path "."
            return _checked(Path(choice), source)
    return own_python()


def own_python() -> Path:
    """Return this program's own interpreter.

    Raises:
        WorkerError: there is none, because Python runs inside another program.
    """
    executable = Path(sys.executable or "")
    if executable.name.lower().startswith("python"):
        return executable
    found = shutil.which("PythonSlicer")
    if found:
        return Path(found)
    raise WorkerError(
        "This application's own Python interpreter was not found.",
        "Choose a Python that has PyTorch in the advanced settings.",
    )


def _checked(python: Path, source: str) -> Path:
    if not python.is_file():
        problem = "does not exist" if not python.exists() else "is a folder"
    elif not os.access(python, os.X_OK):
        problem = "is not a program"
    else:
        return python.absolute()
    raise WorkerError(
        f"{source} names a Python for the worker, '{python}', which {problem}.",
        "Choose the interpreter's file, for example '.venv/bin/python', or leave the field empty.",
    )

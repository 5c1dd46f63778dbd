"""Make the project's virtual environment, once: `python Testing/setup/environment.py`.

The environment is `.venv` in the project's folder, with the project installed as it lies there and
every package at the version that constraints.txt pins. A stamp in it remembers what it was made
from, so that a second call does nothing. An environment whose making was interrupted is made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import system_libraries

PROJECT = Path(__file__).resolve().parents[2]
SETUP = Path(__file__).resolve().parent
STAMP = "elmed-setup.json"
UNFINISHED = "elmed-setup-unfinished"
PROBE = """
import SimpleITK, monai, numpy, scipy, torch
import slicer, trame_slicer
from PySide6 import QtWidgets
"""


class SetupError(Exception):
    """The environment could not be made; the text says why and what to do."""


def fingerprint(project: Path = PROJECT) -> str:
    """Return a digest of all that an environment depends on, its place included."""
    digest = hashlib.sha256(str(project).encode())
    files = [project / "pyproject.toml", project / "constraints.txt"]
    files += sorted(p for p in SETUP.iterdir() if p.suffix in {".py", ".sh", ".txt"})
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def interpreter(environment: Path) -> Path:
    """Return the path of an environment's Python."""
    return environment / "bin" / "python"


def is_ready(environment: Path, wanted: str) -> bool:
    """Say whether an environment is complete, works, and was made from what is wanted."""
    try:
        stamp = json.loads((environment / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    python = interpreter(environment)
    finished = not (environment / UNFINISHED).exists()
    return finished and stamp.get("fingerprint") == wanted and os.access(python, os.X_OK)


def is_usable(environment: Path) -> bool:
    """Say whether an environment is whole and its Python and pip start."""
    if (environment / UNFINISHED).exists():
        return False
    try:
        done = subprocess.run(
            [interpreter(environment), "-m", "pip", "--version"], capture_output=True, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


def run(command: list[str | Path], advice: str) -> None:
    """Run a command without input, with its output on the screen.

    Raises:
        SetupError: it did not succeed.
    """
    settings = {**os.environ, "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(command, env=settings, cwd=PROJECT, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        shown = " ".join(str(part) for part in command)
        raise SetupError(f"`{shown}` failed. {advice}")


def ensure_venv_module() -> None:
    """Make sure that this Python can make environments; Debian packages that part separately."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        system_libraries.install([f"{version}-venv"])


def make(environment: Path) -> None:
    """Make an environment from nothing, in place of one that is broken."""
    if environment.is_symlink() or environment.is_file():
        environment.unlink()
    elif environment.exists():
        print(f"{environment.name} is incomplete or broken: making it anew.", flush=True)
        shutil.rmtree(environment)
    ensure_venv_module()
    environment.mkdir()
    (environment / UNFINISHED).touch()
    run(
        [sys.executable, "-m", "venv", environment],
        "Check that this Python is complete, or name another one: make test PYTHON=...",
    )


def install(environment: Path) -> None:
    """Install the project and what it needs, at the pinned versions, and try that it loads."""
    (environment / UNFINISHED).touch()
    print("Installing the project's packages (some minutes the first time)...", flush=True)
    options = ["--quiet", "--progress-bar", "off", "--constraint", "constraints.txt"]
    run(
        [interpreter(environment), "-m", "pip", "install", *options, "--editable", ".[test]"],
        "The lines above say why. Check the network connection and the free space on the disk, "
        "then run the same command again.",
    )
    run(
        [interpreter(environment), "-c", PROBE],
        "The packages are installed, but one cannot be loaded: the last line above names it.",
    )


def ensure(environment: Path) -> None:
    """Make the environment ready, doing no more than is needed.

    Raises:
        SetupError: a step failed.
        system_libraries.MissingLibrariesError: something must be installed on the system first.
    """
    wanted = fingerprint()
    if is_ready(environment, wanted):
        return
    started = time.monotonic()
    system_libraries.ensure()
    if not is_usable(environment):
        make(environment)
    install(environment)
    stamp = {"fingerprint": wanted, "python": sys.version.split()[0]}
    (environment / STAMP).write_text(json.dumps(stamp, indent=2) + "\n", encoding="utf-8")
    (environment / UNFINISHED).unlink()
    print(f"The environment is ready ({time.monotonic() - started:.0f} s).", flush=True)


def main() -> int:
    """Make `.venv` ready and return the exit status."""
    if not (3, 10) <= sys.version_info[:2] <= (3, 13):
        print("ELMED's environment is made with Python 3.10 to 3.13.", file=sys.stderr)
        return 1
    try:
        ensure(PROJECT / ".venv")
    except (SetupError, system_libraries.MissingLibrariesError) as error:
        print(f"\nSet-up stopped. {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

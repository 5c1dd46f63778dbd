"""Which system libraries are missing, and how they get onto a Debian or Ubuntu machine."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LIST = Path(__file__).with_name("system-libraries.txt")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")


class MissingLibrariesError(Exception):
    """System libraries are missing and could not be installed; the text says what to run."""


def required_libraries(listing: Path = LIST) -> dict[str, str]:
    """Return the Debian package of each required library, by the library's file name."""
    rows = (line.split() for line in listing.read_text(encoding="utf-8").splitlines())
    return {row[0]: row[1] for row in rows if row and not row[0].startswith("#")}


def is_present(library: str) -> bool:
    """Say whether the system's loader finds a library, or any font for a `*.ttf`."""
    if library == "*.ttf":
        folders = (Path(folder).expanduser() for folder in FONT_FOLDERS)
        return any(next(folder.rglob(library), None) for folder in folders)
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_packages(
    libraries: dict[str, str], present: Callable[[str], bool] = is_present
) -> list[str]:
    """Return the Debian packages of the libraries that are not there, each once."""
    return list(dict.fromkeys(p for library, p in libraries.items() if not present(library)))


def install_line(packages: Iterable[str]) -> str:
    """Return the line that a user can run to install packages."""
    return f"sudo apt-get update && sudo apt-get install -y {' '.join(packages)}"


def install(packages: list[str]) -> None:
    """Install Debian packages when this is root on Debian or Ubuntu.

    Raises:
        MissingLibrariesError: it is not, or the installation failed.
    """
    names = ", ".join(packages)
    if not shutil.which("apt-get"):
        raise MissingLibrariesError(
            f"These are missing on this system (by their Debian names): {names}. "
            "Install them with your system's package manager and run the same command again."
        )
    by_hand = f"Run this, then the same command again:\n\n    {install_line(packages)}\n"
    if os.geteuid() != 0:
        raise MissingLibrariesError(f"These system packages are missing: {names}. {by_hand}")
    print(f"Installing system packages: {names}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        command = ["apt-get", "-q", *step]
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            reason = (done.stderr or done.stdout).strip()
            raise MissingLibrariesError(
                f"`{' '.join(command)}` failed:\n{reason}\n{by_hand.replace('sudo ', '')}"
            )


def ensure() -> None:
    """Make sure that every required system library is there (Linux only).

    Raises:
        MissingLibrariesError: some are missing and could not be installed.
    """
    if not sys.platform.startswith("linux"):
        return
    libraries = required_libraries()
    packages = missing_packages(libraries)
    if not packages:
        return
    install(packages)
    # The loader's cache is read anew by each process, so this one can look again.
    still_missing = missing_packages(libraries)
    if still_missing:
        raise MissingLibrariesError(
            f"{', '.join(still_missing)} are installed, but their libraries are not found. "
            "Run `ldconfig` as root, then the same command again."
        )

"""Offering to install what the playground needs, when it is needed and not before."""

from __future__ import annotations

from ELMEDLib.bridge import packages
from ELMEDLib.environment import PLAYGROUND
from ELMEDLib.errors import WorkerError


def canInstall() -> bool:
    """Tell whether something is missing that can be installed from here."""
    try:
        return bool(packages.packageProblems(PLAYGROUND))
    except WorkerError:
        return False


def ensurePackages() -> bool:
    """Make sure that the worker's Python has what the playground needs; True when it has.

    False when the user did not want it installed. It must run on the main thread, outside a wait
    cursor.

    Raises:
        MissingPackageError: something could not be installed.
        WorkerError: the chosen Python cannot be used.
    """
    return packages.ensurePackages(PLAYGROUND, "ELMED Playground")

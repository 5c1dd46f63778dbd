"""Packages that only some work needs: imported when it is done, named when they are missing."""

from __future__ import annotations

import importlib
from typing import Any

from ELMEDLib.errors import MissingPackageError


def optional_package(module: str, package: str, purpose: str, otherwise: str) -> Any:
    """Import and return a module.

    Args:
        module: its import name, such as `pywt`.
        package: its name for installation, such as PyWavelets.
        purpose: what needs it, as the start of a sentence.
        otherwise: what the user can do without it.

    Raises:
        MissingPackageError: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingPackageError(
            f"{purpose} needs the package {package}, which is not installed.",
            f"Install {package}, or {otherwise}.",
        ) from error

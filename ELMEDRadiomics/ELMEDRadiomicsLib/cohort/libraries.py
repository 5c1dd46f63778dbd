"""Packages that only analyses need, with what to do where they are missing."""

from __future__ import annotations

from typing import Any

from ELMEDRadiomicsLib.optional import optional_package

OTHERWISE = "open the tables in a program of your own"


def pandas() -> Any:
    """Return the module.

    Raises:
        MissingPackageError: it is not installed.
    """
    return optional_package("pandas", "pandas", "Analysing a cohort", OTHERWISE)


def openpyxl() -> Any:
    """Return the module.

    Raises:
        MissingPackageError: it is not installed.
    """
    return optional_package("openpyxl", "openpyxl", "Reading an XLSX table", "save it as CSV")


def lifelines() -> Any:
    """Return the module.

    Raises:
        MissingPackageError: it is not installed.
    """
    return optional_package("lifelines", "lifelines", "Analysing survival", OTHERWISE)


def matplotlib() -> Any:
    """Return the module.

    Raises:
        MissingPackageError: it is not installed.
    """
    return optional_package("matplotlib", "matplotlib", "Drawing charts", OTHERWISE)

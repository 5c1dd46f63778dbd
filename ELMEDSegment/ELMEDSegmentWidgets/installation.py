"""Offering to install what segmentation needs, when it is needed and not before."""

from __future__ import annotations

from ELMEDLib import environment
from ELMEDLib.bridge import packages


def ensurePackages() -> bool:
    """Make sure that the worker's Python has what segmentation needs; True when it has.

    False when the user did not want it installed. It must run on the main thread, outside a wait
    cursor.

    Raises:
        MissingPackageError: something could not be installed.
        WorkerError: the chosen Python cannot be used.
    """
    return packages.ensurePackages(environment.SEGMENTATION, "ELMED Segment")


def ensureDicomPackages() -> bool:
    """Make sure that the worker's Python can write DICOM; see `ensurePackages`."""
    return packages.ensurePackages(environment.DICOM, "ELMED Segment")

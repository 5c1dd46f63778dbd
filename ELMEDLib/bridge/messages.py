"""Telling the user of an error, and telling the log no more than it may know."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

import slicer

from ELMEDLib.errors import ELMEDError, where

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger(__name__)


def showError(error: ELMEDError, title: str, workerLog: str = "") -> None:
    """Show an error in a window, with details for a developer; the log gets its kind alone.

    Args:
        error: what is shown: its sentence and its advice.
        title: of the window.
        workerLog: what the worker wrote; "" when no worker took part.
    """
    logger.error("%s: %s", title, error.kind)
    text = f"{error.message}\n\n{error.advice}"
    with _notLogged(text):
        slicer.util.errorDisplay(
            text, windowTitle=title, detailedText=workerLog or str(error.__cause__ or error)
        )


def unforeseen(error: Exception, what: str) -> ELMEDError:
    """Return what the user is told of an error that nobody foresaw; the log gets its place alone.

    Args:
        error: as it was caught.
        what: has failed, for the log.
    """
    logger.error("%s failed:\n%s", what, where(error))
    told = ELMEDError(
        "Something went wrong that ELMED did not foresee; there is no result.",
        "Please report it with the details; look first that they name no patient.",
    )
    told.__cause__ = error
    return told


@contextmanager
def _notLogged(text: str) -> Iterator[None]:
    """Keep a text out of the log: Slicer logs what it shows, and a sentence may name a patient."""

    def isOther(record: logging.LogRecord) -> bool:
        return record.getMessage() != text

    root = logging.getLogger()
    root.addFilter(isOther)
    try:
        yield
    finally:
        root.removeFilter(isOther)

"""Errors that a user can act on.

Every error that ELMED raises on purpose is an `ELMEDError`: `message` is one sentence that says
what is wrong and where, `advice` one sentence that says what to do. Panels, the command line and
the worker show these two; what a developer needs goes to the log.
"""

from __future__ import annotations

import traceback


class ELMEDError(Exception):
    """The base of all errors that are shown to users."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()

    @property
    def kind(self) -> str:
        """The name of the error's class, as the worker protocol carries it."""
        return type(self).__name__


class InputError(ELMEDError):
    """What the user gave (a file, a volume, a choice) cannot be used."""


class ModelError(ELMEDError):
    """A model's manifest or weights are missing, damaged or not what they claim to be."""


class ConsentError(ELMEDError):
    """The user has not agreed to what would be done."""


class DownloadError(ELMEDError):
    """A file cannot be downloaded, or is not what its server announced."""


class OutputError(ELMEDError):
    """A result cannot be written where it was asked for."""


class MissingPackageError(ELMEDError):
    """A Python package that the work needs is not installed, or cannot be loaded."""


class WorkerError(ELMEDError):
    """The worker process could not be started, or ended without an answer."""


class OutOfMemoryError(ELMEDError):
    """The work needs more memory than there is."""


class CancelledError(ELMEDError):
    """The user cancelled the work; nothing was written."""


def where(error: BaseException) -> str:
    """Return the error's class and its traceback, and those of its causes.

    Without the error's text: it could name a file, and thereby a patient.
    """
    parts = []
    cause: BaseException | None = error
    while cause is not None:
        lines = "".join(traceback.format_tb(cause.__traceback__))
        parts.append(f"{lines}{type(cause).__qualname__}")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "\ncaused by\n".join(parts)

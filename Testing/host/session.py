"""The one running host of this process, for the parts that need each other."""

from __future__ import annotations

from typing import Any

_session: Any = None


def begin(host: Any) -> None:
    """Make `host` the one of this process.

    Raises:
        RuntimeError: there is one already.
    """
    global _session  # noqa: PLW0603 - one process has one Slicer
    if _session is not None:
        raise RuntimeError("One process has one host, and this one has started already")
    _session = host


def current() -> Any:
    """Return the host of this process."""
    if _session is None:
        raise RuntimeError("The host has not started: call host.start() first")
    return _session


def started() -> bool:
    """Tell whether the host has started."""
    return _session is not None

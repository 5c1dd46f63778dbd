"""Short ways to declare Qt properties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Property

if TYPE_CHECKING:
    from collections.abc import Callable


def stored(kind: Any, name: str, default: Any, changed: Callable[[Any], None] | None = None) -> Any:
    """Return a property that keeps its value, and calls `changed(self)` after it was set."""
    attribute = f"_{name}"

    def read(self: Any) -> Any:
        return self.__dict__.get(attribute, default)

    def write(self: Any, value: Any) -> None:
        self.__dict__[attribute] = value
        if changed is not None:
            changed(self)

    return Property(kind, read, write)


def forwarded(kind: Any, inner: str, name: str) -> Any:
    """Return a property that is a property of the same name of the inner widget `self.<inner>`."""

    def read(self: Any) -> Any:
        return getattr(self, inner).property(name)

    def write(self: Any, value: Any) -> None:
        getattr(self, inner).setProperty(name, value)

    return Property(kind, read, write)

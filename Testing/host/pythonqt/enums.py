"""Enumeration values: integers, as in PythonQt, that remember the Qt value they stand for."""

from __future__ import annotations

import enum
from typing import Any


class QtEnumValue(int):
    """An integer that PySide6 gets back as the enumeration it came from."""

    qt_value: enum.Enum

    def __new__(cls, value: enum.Enum) -> QtEnumValue:
        """Make the integer of an enumeration value."""
        made = super().__new__(cls, value.value)
        made.qt_value = value
        return made

    def _combined(self, other: Any, operation: str) -> Any:
        if isinstance(other, QtEnumValue) and isinstance(self.qt_value, enum.Flag):
            result = getattr(self.qt_value, operation)(other.qt_value)
            if result is not NotImplemented:
                return QtEnumValue(result)
        return getattr(int, operation)(self, other)

    def __or__(self, other: Any) -> Any:
        return self._combined(other, "__or__")

    def __and__(self, other: Any) -> Any:
        return self._combined(other, "__and__")

    def __invert__(self) -> Any:
        if isinstance(self.qt_value, enum.Flag):
            return QtEnumValue(~self.qt_value)
        return int.__invert__(self)

    def __repr__(self) -> str:
        return f"{int(self)}"

    __str__ = __repr__


class QtEnumClass:
    """A scoped enumeration, such as `qt.QFont.Weight`: its values, and a constructor."""

    def __init__(self, qt_class: type[enum.Enum]) -> None:
        object.__setattr__(self, "qt_class", qt_class)

    def __getattr__(self, name: str) -> QtEnumValue:
        try:
            return QtEnumValue(self.qt_class[name])
        except KeyError:
            raise AttributeError(f"{self.qt_class.__name__} has no value '{name}'") from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"'{name}' of an enumeration cannot be set")

    def __call__(self, value: int) -> QtEnumValue:
        """Return the value of a number."""
        return QtEnumValue(self.qt_class(int(value)))


def wrap_enum(value: Any) -> Any:
    """Wrap an enumeration class or value of PySide6."""
    if isinstance(value, type):
        return QtEnumClass(value)
    return QtEnumValue(value)

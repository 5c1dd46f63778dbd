"""Wrapped objects: one class for each Qt class, flat, with only the names of real Slicer."""

from __future__ import annotations

import enum
from functools import cache
from typing import Any

import shiboken6

from host.names import names
from host.pythonqt import attributes
from host.pythonqt.classes import python_qt_class
from host.pythonqt.enums import QtEnumClass, QtEnumValue, wrap_enum
from host.pythonqt.overrides import class_with_overrides
from host.pythonqt.signals import slot_for


def wrap(value: Any) -> Any:
    """Return what module code sees of a value that came from PySide6."""
    if isinstance(value, QtEnumValue) or value is None:
        return value
    if isinstance(value, enum.Enum):
        return wrap_enum(value)
    if isinstance(value, (list, tuple)):
        return tuple(wrap(item) for item in value)
    if isinstance(value, shiboken6.Shiboken.Object):
        return _wrapper_of(value)
    return value


def unwrap(value: Any) -> Any:
    """Return what PySide6 gets of a value that module code passes."""
    if isinstance(value, QtEnumValue):
        return value.qt_value
    if isinstance(value, QtEnumClass):
        return value.qt_class
    if isinstance(value, PythonQtInstanceWrapper):
        return attributes.qt_object(value)
    if isinstance(value, (list, tuple)):
        return [unwrap(item) for item in value]
    if callable(value) and not isinstance(value, type) and not hasattr(value, "IsA"):
        return slot_for(value)
    return value


class PythonQtInstanceWrapper:
    """What every wrapped object is; `_host_object` is the PySide6 object inside."""

    _host_names: Any = None
    _host_qt_class: Any = None

    def __init__(self, *args: Any, **keywords: Any) -> None:
        if keywords:
            raise ValueError(f"{type(self).__name__} takes no keyword arguments: {keywords}")
        qt_class = type(self)._host_qt_class
        if "_host_names" not in type(self).__dict__:
            qt_class = class_with_overrides(type(self), qt_class)
        try:
            made = qt_class(*(unwrap(value) for value in args))
        except TypeError as error:
            raise ValueError(
                f"Could not find matching overload for given arguments: {args} in "
                f"{type(self).__name__}: {error}"
            ) from None
        self.__dict__["_host_object"] = made
        made._pythonqt_wrapper = self

    def __setattr__(self, name: str, value: Any) -> None:
        declared = getattr(type(self), name, None) is not None or name in self._host_names.all
        known = attributes.find(type(self), name)
        if known is not None and hasattr(known, "__set__"):
            known.__set__(self, value)
        elif "_host_names" in type(self).__dict__:
            what = "cannot be set" if declared else "does not exist"
            raise AttributeError(f"Attribute '{name}' {what} in {type(self).__name__}")
        else:
            self.__dict__[name] = value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PythonQtInstanceWrapper):
            return NotImplemented
        return self.__dict__["_host_object"] == other.__dict__["_host_object"]

    def __hash__(self) -> int:
        return hash(self.__dict__["_host_object"])

    def _operated(self, other: Any, operation: str) -> Any:
        function = getattr(attributes.qt_object(self), operation, None)
        return NotImplemented if function is None else wrap(function(unwrap(other)))

    def __add__(self, other: Any) -> Any:
        return self._operated(other, "__add__")

    def __sub__(self, other: Any) -> Any:
        return self._operated(other, "__sub__")

    def __mul__(self, other: Any) -> Any:
        return self._operated(other, "__mul__")

    def __truediv__(self, other: Any) -> Any:
        return self._operated(other, "__truediv__")

    def __repr__(self) -> str:
        name = type(self).__name__
        return f"{name} (wrapping {self.__dict__.get('_host_object')!r})"


@cache
def class_for(name: str) -> type[PythonQtInstanceWrapper]:
    """Return the wrapper class of a Qt class of real Slicer.

    Raises:
        HostIncompleteError: the host has no such class to wrap.
    """
    known = names().of_class(name)
    if known is None:
        raise AttributeError(f"Real Slicer has no Qt class '{name}'")
    made = type(name, (PythonQtInstanceWrapper,), attributes.namespace(known))
    made._host_qt_class = python_qt_class(name)
    return made


def _wrapper_of(value: Any) -> PythonQtInstanceWrapper:
    kept = getattr(value, "_pythonqt_wrapper", None)
    if kept is not None:
        return kept
    for base in type(value).__mro__:
        if names().of_class(base.__name__) is not None:
            made = object.__new__(class_for(base.__name__))
            made.__dict__["_host_object"] = value
            value._pythonqt_wrapper = made
            return made
    raise TypeError(f"Real Slicer has no class for a {type(value).__name__}")

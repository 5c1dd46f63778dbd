"""Which PySide6 class, or class of the host, stands behind a Qt class of real Slicer."""

from __future__ import annotations

import importlib

from PySide6 import QtCore, QtGui, QtNetwork, QtSvg, QtUiTools, QtWidgets

from host.pythonqt.errors import HostIncompleteError

_MODULES = (QtCore, QtGui, QtWidgets, QtNetwork, QtSvg, QtUiTools)
_stand_ins: dict[str, type] = {}


def stands_in(cls: type) -> type:
    """Register a class of the host under its own name (a decorator)."""
    _stand_ins[cls.__name__] = cls
    return cls


def stand_ins() -> dict[str, type]:
    """Return all classes that the host stands in for."""
    for package in ("host.widgets", "host.application"):
        importlib.import_module(package)
    return _stand_ins


def python_qt_class(name: str) -> type:
    """Return the class behind a name.

    Raises:
        HostIncompleteError: neither PySide6 nor the host has it.
    """
    found = stand_ins().get(name)
    if found is not None:
        return found
    for module in _MODULES:
        if hasattr(module, name):
            return getattr(module, name)
    raise HostIncompleteError(f"Real Slicer has the class {name}, the host has not")

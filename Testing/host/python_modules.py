"""`qt`, `ctk` and `slicer`, as Python code in Slicer imports them."""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any

import slicer
import slicer.util

from host.names import names
from host.pythonqt import class_for
from host.pythonqt.errors import HostIncompleteError


class QtModule(types.ModuleType):
    """A module of Qt classes, made when they are first named."""

    def __getattr__(self, name: str) -> Any:
        if names().is_class(self.__name__, name):
            made = class_for(name)
            setattr(self, name, made)
            return made
        if name.startswith("__"):
            raise AttributeError(name)
        if name in names().module(self.__name__):
            found = _functions().get(name)
            if found is None:
                raise HostIncompleteError(f"The host's {self.__name__} lacks {name}")
            return found
        raise AttributeError(f"module '{self.__name__}' has no attribute '{name}' in real Slicer")


class SlicerModule(types.ModuleType):
    """`slicer`: the wheel's classes, and the Qt classes of Slicer."""

    def __getattr__(self, name: str) -> Any:
        if names().is_class("slicer", name):
            made = class_for(name)
            setattr(self, name, made)
            return made
        raise AttributeError(f"module 'slicer' has no attribute '{name}' in real Slicer")


def _functions() -> dict[str, Any]:
    from PySide6.QtCore import qVersion

    return {
        "qVersion": qVersion,
        "SIGNAL": lambda signature: signature,
        "SLOT": lambda signature: signature,
    }


def install_qt() -> None:
    """Make `import qt` and `import ctk` work."""
    for name in ("qt", "ctk"):
        sys.modules[name] = QtModule(name)


def install_slicer() -> None:
    """Complete the wheel's `slicer` package, and take away what Slicer's has not."""
    recorded = names().module("slicer")
    for name in list(vars(slicer)):
        if name.startswith(("_", "vtk")) or name in recorded:
            continue
        value = vars(slicer)[name]
        if not isinstance(value, types.ModuleType) or not value.__name__.startswith("slicer"):
            delattr(slicer, name)
    known_functions = names().module("slicer.util")
    for name, value in list(vars(slicer.util).items()):
        invented = isinstance(value, types.FunctionType) and name not in known_functions
        if invented and not name.startswith("_"):
            delattr(slicer.util, name)
    slicer.__class__ = SlicerModule
    modules = types.ModuleType("slicer.modules")
    sys.modules["slicer.modules"] = slicer.modules = modules


def install_python_parts() -> None:
    """Add the Python modules that the wheel does not bring."""
    for name, source in (
        ("i18n", "host.scripted.i18n"),
        ("packaging", "host.scripted.packaging"),
        ("ScriptedLoadableModule", "host.scripted.scripted_loadable_module"),
        ("parameterNodeWrapper", "host.parameters"),
    ):
        module = importlib.import_module(source)
        sys.modules[f"slicer.{name}"] = module
        setattr(slicer, name, module)
    sys.modules["SampleData"] = importlib.import_module("host.scripted.sample_data")

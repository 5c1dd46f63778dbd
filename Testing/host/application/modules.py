"""Modules: scripted ones with their widgets, and the logics of Slicer's own."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QVBoxLayout

from host.pythonqt.classes import stands_in
from host.pythonqt.errors import guarded
from host.widgets.declare import stored
from host.widgets.mrml_widget import qSlicerWidget


def load_source(name: str, path: str) -> Any:
    """Execute a module's main file as the top-level module `name`."""
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"'{path}' cannot be loaded as a module")
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[name] = loaded
    try:
        spec.loader.exec_module(loaded)
    except BaseException:
        del sys.modules[name]
        raise
    return loaded


class _Module(QObject):
    """What all modules have."""

    title = stored(str, "title", "")
    path = stored(str, "path", "")
    helpText = stored(str, "helpText", "")
    acknowledgementText = stored(str, "acknowledgementText", "")
    categories = stored("QStringList", "categories", [])
    contributors = stored("QStringList", "contributors", [])
    dependencies = stored("QStringList", "dependencies", [])
    associatedNodeTypes = stored("QStringList", "associatedNodeTypes", [])
    icon = stored(QIcon, "icon", QIcon())
    hidden = stored(bool, "hidden", False)
    index = stored(int, "index", -1)
    isInstalled = stored(bool, "isInstalled", False)
    isBuiltIn = stored(bool, "isBuiltIn", False)
    widgetRepresentationCreationEnabled = stored(bool, "widgetRepresentationCreationEnabled", True)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._module_name = name
        self._logic: Any = None

    name = Property(str, lambda self: self._module_name)

    def logic(self) -> Any:
        """Return the module's logic."""
        return self._logic

    def mrmlScene(self) -> Any:
        """Return the scene."""
        import slicer

        return slicer.mrmlScene


@stands_in
class qSlicerLoadableModule(_Module):
    """A module of Slicer's own: only its logic is here."""

    def __init__(self, name: str, logic: Any) -> None:
        super().__init__(name)
        self._logic = logic

    def widgetRepresentation(self) -> None:
        """Return the module's panel: there is none."""


@stands_in
class qSlicerScriptedLoadableModule(_Module):
    """A module written in Python."""

    extensions = stored("QVariantMap", "extensions", {})

    def __init__(self, path: str) -> None:
        super().__init__(Path(path).stem)
        self.path = path
        self._widget: qSlicerScriptedLoadableModuleWidget | None = None

    def set_python_source(self) -> None:
        """Load the file and make the module's instance."""
        import slicer

        from host.pythonqt.objects import wrap

        name = self._module_name
        loaded = sys.modules.get(name)
        if loaded is None or not hasattr(loaded, name):
            loaded = load_source(name, self.path)
        instance = getattr(loaded, name)(wrap(self))
        setattr(slicer.modules, f"{name}Instance", instance)
        setattr(slicer.modules, name.lower(), wrap(self))
        self.widgetRepresentationCreationEnabled = hasattr(loaded, f"{name}Widget")
        if hasattr(instance, "setup"):
            instance.setup()

    def widgetRepresentation(self) -> Any:
        """Return the module's panel, made at the first call."""
        if self._widget is None:
            self._widget = self.createNewWidgetRepresentation()
        return self._widget

    def createNewWidgetRepresentation(self) -> Any:
        """Make a panel."""
        import slicer

        if not self.widgetRepresentationCreationEnabled:
            return None
        widget = qSlicerScriptedLoadableModuleWidget(self)
        widget.setMRMLScene(slicer.mrmlScene)
        widget.set_python_source()
        widget.call("setup")
        return widget

    def forget_widget(self) -> None:
        """Delete the panel."""
        if self._widget is not None:
            self._widget.deleteLater()
            self._widget = None


@stands_in
class qSlicerAbstractModuleWidget(qSlicerWidget):
    """The widget that a module's panel is in."""

    def __init__(self, module: Any) -> None:
        super().__init__()
        self._module = module
        self._entered = False

    isEntered = Property(bool, lambda self: self._entered)
    moduleName = Property(str, lambda self: self._module.name)

    def module(self) -> Any:
        """Return the module."""
        return self._module

    def enter(self) -> None:
        """The user comes to the module."""
        self._entered = True

    def exit(self) -> None:
        """The user leaves the module."""
        self._entered = False


@stands_in
class qSlicerScriptedLoadableModuleWidget(qSlicerAbstractModuleWidget):
    """The widget that a scripted module's panel is in."""

    def __init__(self, module: Any) -> None:
        super().__init__(module)
        QVBoxLayout(self)
        self._python: Any = None

    def set_python_source(self) -> None:
        """Make the Python widget object."""
        import slicer

        from host.pythonqt.objects import wrap

        class_name = f"{self._module.name}Widget"
        self._python = getattr(sys.modules[self._module.name], class_name)(wrap(self))
        setattr(slicer.modules, class_name, self._python)

    def call(self, method: str) -> None:
        """Call a method of the Python widget, if it has it; a failure is printed."""
        function = getattr(self._python, method, None)
        if function is not None:
            guarded(function)

    def self(self) -> Any:
        """Return the Python widget object."""
        return self._python

    def reload(self) -> None:
        """Make the Python widget object again and set it up."""
        self.set_python_source()
        self.call("setup")

    def enter(self) -> None:
        """The user comes to the module."""
        super().enter()
        self.call("enter")

    def exit(self) -> None:
        """The user leaves the module."""
        super().exit()
        self.call("exit")


@stands_in
class qSlicerModuleManager(QObject):
    """Knows the modules."""

    moduleLoaded = Signal(str)
    moduleAboutToBeUnloaded = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._modules: dict[str, _Module] = {}

    def add(self, module: _Module) -> None:
        """Take a module in."""
        self._modules[module.name] = module
        self.moduleLoaded.emit(module.name)

    def unload_all(self) -> None:
        """Unload the scripted modules, as at the application's end."""
        for name, module in list(self._modules.items()):
            if isinstance(module, qSlicerScriptedLoadableModule):
                self.moduleAboutToBeUnloaded.emit(name)
                module.forget_widget()
                del self._modules[name]

    def module(self, name: str) -> Any:
        """Return a module by name, or None."""
        return self._modules.get(name)

    def modulesNames(self) -> list[str]:
        """Return the names of the modules."""
        return sorted(self._modules)

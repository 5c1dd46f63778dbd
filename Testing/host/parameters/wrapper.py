"""The wrapper itself: attributes of a class become parameters of a node."""

from __future__ import annotations

import typing
from typing import Any

import qt
import slicer
import vtk

from host.parameters.annotations import Default, findFirstAnnotation, splitAnnotations
from host.parameters.connectors import GuiConnector, createGuiConnector
from host.parameters.storage import Storage, storage_for

SlicerParameterNamePropertyName = "SlicerParameterName"


class _Parameter:
    """One parameter of a wrapper class."""

    def __init__(self, classtype: Any, name: str, annotated: Any) -> None:
        self.name = name
        self.annotated = annotated
        self.storage: Storage = storage_for(annotated)
        stated = findFirstAnnotation(splitAnnotations(annotated)[1], Default)
        if hasattr(classtype, name):
            self.default = Default(getattr(classtype, name))
        else:
            self.default = stated or Default(generator=self.storage.default)

    def read(self, node: Any, prefix: str) -> Any:
        name = f"{prefix}{self.name}"
        if not self.storage.is_in(node, name):
            self.storage.write(node, name, self.default.value)
        return self.storage.read(node, name)

    def write(self, node: Any, prefix: str, value: Any) -> None:
        with slicer.util.NodeModify(node):
            self.storage.write(node, f"{prefix}{self.name}", value)


class _Methods:
    """What every wrapper can do."""

    allParameters: dict[str, _Parameter]
    parameterNode: Any

    def __init__(self, parameterNode: Any, prefix: str | None = None) -> None:
        self.parameterNode = parameterNode
        self._prefix = prefix or ""
        self._guis: dict[int, tuple[dict[str, GuiConnector], int]] = {}
        self._next_tag = 0
        self._updating = False
        for parameter in self.allParameters.values():
            parameter.read(parameterNode, self._prefix)

    def _parameter(self, name: str) -> _Parameter:
        top = name.partition(".")[0]
        if top not in self.allParameters:
            raise ValueError(f"Cannot find a param with the given name: {name}")
        return self.allParameters[top]

    def getValue(self, name: str) -> Any:
        """Return a parameter by name."""
        value = self._parameter(name).read(self.parameterNode, self._prefix)
        member = name.partition(".")[2]
        return value.getValue(member) if member else value

    def setValue(self, name: str, value: Any) -> None:
        """Set a parameter by name."""
        parameter, member = self._parameter(name), name.partition(".")[2]
        if member:
            whole = parameter.read(self.parameterNode, self._prefix)
            whole.setValue(member, value)
            value = whole
        parameter.write(self.parameterNode, self._prefix, value)

    def default(self, name: str) -> Default:
        """Return a parameter's default."""
        return self._parameter(name).default

    def isCached(self, name: str) -> bool:
        """Tell whether a parameter is cached: the host reads the node each time."""
        self._parameter(name)
        return False

    def connectGui(self, gui: Any) -> int:
        """Tie every widget that has the property `SlicerParameterName`; returns a tag."""
        if getattr(gui, "isWidgetType", lambda: False)():
            widgets = gui.findChildren(qt.QWidget)
        else:
            widgets = gui.__dict__.values()
        named = ((w.property(SlicerParameterNamePropertyName), w) for w in widgets)
        return self.connectParametersToGui({name: w for name, w in named if name})

    def connectParametersToGui(self, mapping: dict[str, Any]) -> int:
        """Tie widgets to parameters by name; returns a tag for `disconnectGui`."""
        connectors = {}
        for name, widget in mapping.items():
            kind = self.dataType(name)  # type: ignore[attr-defined]
            connectors[name] = (
                widget if isinstance(widget, GuiConnector) else createGuiConnector(widget, kind)
            )
        for name, connector in connectors.items():
            connector.write(self.getValue(name))
            connector.onChanged(self._changed_by(name, connector))
        observer = self.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda *_: self._update_gui())
        tag, self._next_tag = self._next_tag, self._next_tag + 1
        self._guis[tag] = (connectors, observer)
        return tag

    def _changed_by(self, name: str, connector: GuiConnector) -> Any:
        def changed() -> None:
            if not self._updating:
                self.setValue(name, connector.read())

        return changed

    def _update_gui(self) -> None:
        if self._updating:
            return
        self._updating = True
        try:
            for connectors, _ in list(self._guis.values()):
                for name, connector in connectors.items():
                    connector.write(self.getValue(name))
        finally:
            self._updating = False

    def disconnectGui(self, tag: int) -> None:
        """Undo `connectGui`."""
        if tag not in self._guis:
            return
        connectors, observer = self._guis.pop(tag)
        for connector in connectors.values():
            connector.onChanged(None)
        self.RemoveObserver(observer)

    def StartModify(self) -> int:
        """Hold back the node's modified event."""
        return self.parameterNode.StartModify()

    def EndModify(self, wasModified: int) -> Any:
        """Send the modified event that was held back."""
        return self.parameterNode.EndModify(wasModified)

    def AddObserver(self, event: Any, callback: Any, priority: float = 0.0) -> int:
        """Observe the node."""
        return self.parameterNode.AddObserver(event, callback, priority)

    def RemoveObserver(self, tag: int) -> None:
        """Stop observing the node."""
        self.parameterNode.RemoveObserver(tag)

    def Modified(self) -> None:
        """Tell the node's observers of a change."""
        self.parameterNode.Modified()


def _attribute(parameter: _Parameter) -> property:
    def read(self: Any) -> Any:
        return parameter.read(self.parameterNode, self._prefix)

    def write(self: Any, value: Any) -> None:
        parameter.write(self.parameterNode, self._prefix, value)

    return property(read, write)


def parameterNodeWrapper(classtype: Any = None) -> Any:
    """Make a class of annotated attributes a parameter node wrapper (a decorator)."""
    if classtype is None:
        return parameterNodeWrapper
    members = typing.get_type_hints(classtype, include_extras=True)
    parameters = {name: _Parameter(classtype, name, kind) for name, kind in members.items()}
    for name, value in vars(_Methods).items():
        if name in members:
            raise ValueError(f"Cannot use reserved name '{name}' in a parameterNodeWrapper")
        if callable(value):
            setattr(classtype, name, value)
    for name, parameter in parameters.items():
        setattr(classtype, name, _attribute(parameter))
    classtype.allParameters = parameters
    classtype._is_parameter_node_wrapper = True
    classtype.dataType = staticmethod(lambda name: _data_type(members, name))
    return classtype


def _data_type(members: dict[str, Any], name: str) -> Any:
    top, _, member = name.partition(".")
    if top not in members:
        raise ValueError(f"Cannot find a param with the given name: {name}")
    return splitAnnotations(members[top])[0].dataType(member) if member else members[top]


def isParameterNodeWrapper(classOrObject: Any) -> bool:
    """Tell whether a class or object is a wrapper."""
    return bool(getattr(classOrObject, "_is_parameter_node_wrapper", False))


def findChildWidgetForParameter(widget: Any, parameter: str) -> Any:
    """Return the child widget of a parameter, or None."""
    for child in widget.findChildren(qt.QWidget):
        if child.property(SlicerParameterNamePropertyName) == parameter:
            return child
    return None

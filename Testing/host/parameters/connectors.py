"""Which widget can show which type of parameter, matched by exact class as in Slicer."""

from __future__ import annotations

import enum
import typing
from typing import Any

import ctk
import qt
import slicer

from host.parameters.annotations import (
    Choice,
    Decimals,
    Maximum,
    Minimum,
    RangeBounds,
    SingleStep,
    WithinRange,
    findFirstAnnotation,
    splitAnnotations,
)
from host.parameters.packs import FloatRange
from host.parameters.storage import _PATHS

if typing.TYPE_CHECKING:
    from collections.abc import Callable


class GuiConnector:
    """Ties a widget to a value: reads it, writes it, tells of changes."""

    signal = ""

    def __init__(self, widget: Any, kind: Any = None, annotations: tuple[Any, ...] = ()) -> None:
        self._widget = widget
        self._kind = kind
        self._annotations = annotations
        self._callback: Callable[[], None] | None = None

    def onChanged(self, callback: Callable[[], None] | None) -> None:
        """Call `callback` at each change; None ends it."""
        if callback is None and self._callback is not None:
            self._disconnect()
        elif callback is not None and self._callback is None:
            self._connect()
        self._callback = callback

    def changed(self) -> None:
        """The widget was changed."""
        if self._callback is not None:
            self._callback()

    def _connect(self) -> None:
        if self.signal:
            getattr(self._widget, self.signal).connect(self.changed)

    def _disconnect(self) -> None:
        if self.signal:
            getattr(self._widget, self.signal).disconnect(self.changed)

    def widget(self) -> Any:
        """Return the widget."""
        return self._widget

    def read(self) -> Any:
        """Return the widget's value."""
        raise NotImplementedError

    def write(self, value: Any) -> None:
        """Show a value."""
        raise NotImplementedError

    def _annotation(self, kind: type) -> Any:
        return findFirstAnnotation(self._annotations, kind)


class _Property(GuiConnector):
    """A widget with one property for the value."""

    property = ""

    def read(self) -> Any:
        """Return the property."""
        return getattr(self._widget, self.property)

    def write(self, value: Any) -> None:
        """Set the property, if it differs."""
        if self.read() != value:
            setattr(self._widget, self.property, value)


class _Check(_Property):
    signal, property = "toggled", "checked"

    def __init__(self, widget: Any, *args: Any) -> None:
        super().__init__(widget, *args)
        if not widget.checkable:
            widget.checkable = True


class _Line(_Property):
    signal, property = "textChanged", "text"


class _Label(_Property):
    property = "text"


class _Text(GuiConnector):
    signal = "textChanged"

    def read(self) -> str:
        """Return the plain text."""
        return self._widget.toPlainText()

    def write(self, value: str) -> None:
        """Show a text."""
        if value != self.read():
            self._widget.setPlainText(value)


class _Number(_Property):
    signal, property = "valueChanged", "value"
    needs_bounds = False

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        both = self._annotation(WithinRange)
        low, high = both or self._annotation(Minimum), both or self._annotation(Maximum)
        if self.needs_bounds and not (low and high):
            raise RuntimeError("A slider needs a number with WithinRange, or Minimum and Maximum")
        self._set_decimals()
        if self._annotation(SingleStep) is not None:
            self._widget.singleStep = self._annotation(SingleStep).value
        lowest, highest = self._limits()
        self._widget.minimum = low.minimum if low else lowest
        self._widget.maximum = high.maximum if high else highest

    def _limits(self) -> tuple[Any, Any]:
        return -(2**31), 2**31 - 1

    def _set_decimals(self) -> None:
        """Whole numbers have none."""


class _Slider(_Number):
    needs_bounds = True


class _Decimal(_Number):
    def _limits(self) -> tuple[Any, Any]:
        return float("-inf"), float("inf")

    def _set_decimals(self) -> None:
        decimals = self._annotation(Decimals)
        if self._kind is int:
            self._widget.decimals = 0
        elif decimals is not None:
            self._widget.decimals = decimals.value

    def read(self) -> Any:
        """Return the number, whole where the parameter is."""
        return self._kind(super().read())


class _DecimalSlider(_Decimal):
    needs_bounds = True


class _Combo(GuiConnector):
    signal = "currentIndexChanged"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._values, labels = self._offered()
        self._widget.clear()
        for label in labels:
            self._widget.addItem(label)

    def _offered(self) -> tuple[list[Any], list[str]]:
        if isinstance(self._kind, type) and issubclass(self._kind, enum.Enum):
            label = getattr(self._kind, "label", lambda member: member.name)
            return list(self._kind), [label(member) for member in self._kind]
        choice = self._annotation(Choice)
        if choice is None:
            raise RuntimeError("A QComboBox needs an Enum or the Choice annotation")
        return list(choice.choices), [str(value) for value in choice.choices]

    def read(self) -> Any:
        """Return the chosen value."""
        return self._values[self._widget.currentIndex]

    def write(self, value: Any) -> None:
        """Choose a value."""
        if value not in self._values:
            raise ValueError(f"Unable to find value {value} in choices {self._values}")
        self._widget.currentIndex = self._values.index(value)


class _Path(GuiConnector):
    signal, property = "currentPathChanged", "currentPath"

    def read(self) -> Any:
        """Return the path."""
        return self._kind(getattr(self._widget, self.property))

    def write(self, value: Any) -> None:
        """Show a path."""
        setattr(self._widget, self.property, str(value))


class _Directory(_Path):
    signal, property = "directoryChanged", "directory"


class _Range(GuiConnector):
    signal = "valuesChanged"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        bounds = self._annotation(RangeBounds)
        if bounds is None:
            raise RuntimeError("A range widget needs the RangeBounds annotation")
        if self._annotation(Decimals) is not None:
            self._widget.decimals = self._annotation(Decimals).value
        if self._annotation(SingleStep) is not None:
            self._widget.singleStep = self._annotation(SingleStep).value
        self._widget.setRange(bounds.minimum, bounds.maximum)

    def read(self) -> Any:
        """Return the range."""
        return FloatRange(self._widget.minimumValue, self._widget.maximumValue)

    def write(self, value: Any) -> None:
        """Show a range."""
        self._widget.setValues(value.minimum, value.maximum)


class _Node(GuiConnector):
    signal = "currentNodeChanged"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._widget.nodeTypes = getNodeTypes(self._kind)

    def read(self) -> Any:
        """Return the node."""
        return self._widget.currentNode()

    def write(self, value: Any) -> None:
        """Choose a node."""
        self._widget.setCurrentNode(value)


def _node_classes(kind: Any) -> list[Any]:
    kind = splitAnnotations(kind)[0]
    parts = [splitAnnotations(part)[0] for part in typing.get_args(kind)] or [kind]
    parts = [part for part in parts if part is not type(None)]
    fitting = [p for p in parts if isinstance(p, type) and issubclass(p, slicer.vtkMRMLNode)]
    return fitting if len(fitting) == len(parts) else []


def isNodeOrUnionOfNodes(kind: Any) -> bool:
    """Tell whether a type is a node class, or several, or None."""
    return bool(_node_classes(kind))


def getNodeTypes(kind: Any) -> tuple[str, ...]:
    """Return the names of a type's node classes."""
    classes = _node_classes(kind)
    if not classes:
        raise TypeError(f"Cannot handle type {kind}")
    return tuple(node_class().GetClassName() for node_class in classes)


def _table() -> list[tuple[Any, Callable[[Any], bool], type[GuiConnector]]]:
    def is_number(kind: Any) -> bool:
        return kind in (int, float)

    def is_choice(kind: Any) -> bool:
        return kind in (int, float, str, bool) or (
            isinstance(kind, type) and issubclass(kind, enum.Enum)
        )

    return [
        ((qt.QCheckBox, ctk.ctkCheckBox), lambda k: k is bool, _Check),
        ((qt.QPushButton, ctk.ctkCheckablePushButton), lambda k: k is bool, _Check),
        ((qt.QSlider,), lambda k: k is int, _Slider),
        ((qt.QSpinBox,), lambda k: k is int, _Number),
        ((ctk.ctkSliderWidget, slicer.qMRMLSliderWidget), is_number, _DecimalSlider),
        (
            (qt.QDoubleSpinBox, ctk.ctkDoubleSpinBox, slicer.qMRMLSpinBox, ctk.ctkDoubleSlider),
            is_number,
            _Decimal,
        ),
        ((qt.QComboBox, ctk.ctkComboBox), is_choice, _Combo),
        ((qt.QLineEdit,), lambda k: k is str, _Line),
        ((qt.QLabel,), lambda k: k is str, _Label),
        ((qt.QTextEdit,), lambda k: k is str, _Text),
        ((ctk.ctkPathLineEdit,), lambda k: k in _PATHS, _Path),
        ((ctk.ctkDirectoryButton,), lambda k: k in _PATHS, _Directory),
        ((ctk.ctkRangeWidget, slicer.qMRMLRangeWidget), lambda k: k is FloatRange, _Range),
        ((slicer.qMRMLNodeComboBox,), isNodeOrUnionOfNodes, _Node),
    ]


_registered: list[Any] = []


def parameterNodeGuiConnector(classtype: Any = None) -> Any:
    """Register a connector class with `canRepresent` and `create` (a decorator)."""
    if classtype is None:
        return parameterNodeGuiConnector
    _registered.append(classtype)
    return classtype


def createGuiConnector(widget: Any, datatype: Any) -> Any:
    """Return the connector of a widget for a type.

    Raises:
        RuntimeError: this widget cannot show this type.
    """
    for candidate in _registered:
        if candidate.canRepresent(widget, datatype):
            return candidate.create(widget, datatype)
    kind, annotations = splitAnnotations(datatype)
    for widgets, represents, connector in _table():
        if type(widget) in widgets and represents(kind):
            return connector(widget, kind, annotations)
    raise RuntimeError(
        f"Unable to create GUI connector from datatype '{datatype}' "
        f"to widget type '{type(widget)}'."
    )

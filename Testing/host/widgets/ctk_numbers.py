"""CTK's spin box and sliders for numbers with decimals."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Property as QtProperty
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QSlider, QWidget

from host.pythonqt.classes import stands_in
from host.widgets.declare import forwarded, stored

_STEPS = 10000


@stands_in
class ctkDoubleSpinBox(QWidget):
    """A spin box for a number."""

    valueChanged = Signal(float)
    decimalsChanged = Signal(int)
    editingFinished = Signal()

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._box = QDoubleSpinBox(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._box)
        self._box.valueChanged.connect(self.valueChanged)
        self._box.editingFinished.connect(self.editingFinished)

    for _name, _kind in (
        ("decimals", int),
        ("minimum", float),
        ("maximum", float),
        ("singleStep", float),
        ("value", float),
        ("prefix", str),
        ("suffix", str),
        ("readOnly", bool),
        ("frame", bool),
    ):
        locals()[_name] = forwarded(_kind, "_box", _name)
    sizeHintPolicy = stored(int, "sizeHintPolicy", 0)
    decimalsOption = stored(int, "decimalsOption", 0)

    def setValue(self, value: float) -> None:
        """Set the number."""
        self._box.setValue(value)

    def setRange(self, low: float, high: float) -> None:
        """Set the least and the greatest number."""
        self._box.setRange(low, high)


@stands_in
class ctkDoubleSlider(QWidget):
    """A slider for a number."""

    valueChanged = Signal(float)
    sliderMoved = Signal(float)
    sliderPressed = Signal()
    sliderReleased = Signal()
    rangeChanged = Signal(float, float)

    def __init__(self, *args: Any) -> None:
        super().__init__(next((a for a in args if isinstance(a, QWidget)), None))
        self._low, self._high, self._value = 0.0, 99.0, 0.0
        self._slider = QSlider(Qt.Orientation.Horizontal, self)
        self._slider.setRange(0, _STEPS)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._slider)
        self._slider.valueChanged.connect(self._moved)
        self._slider.sliderPressed.connect(self.sliderPressed)
        self._slider.sliderReleased.connect(self.sliderReleased)

    def _moved(self, position: int) -> None:
        self._value = self._low + (self._high - self._low) * position / _STEPS
        self.valueChanged.emit(self._value)

    def setValue(self, value: float) -> None:
        """Set the number."""
        value = min(max(float(value), self._low), self._high)
        span = self._high - self._low
        with QSignalBlocker(self._slider):
            self._slider.setValue(round(_STEPS * (value - self._low) / span) if span else 0)
        if value != self._value:
            self._value = value
            self.valueChanged.emit(value)

    def setRange(self, low: float, high: float) -> None:
        """Set the least and the greatest number."""
        self._low, self._high = float(low), max(float(low), float(high))
        self.rangeChanged.emit(self._low, self._high)
        self.setValue(self._value)

    value = QtProperty(float, lambda self: self._value, setValue)
    minimum = QtProperty(
        float, lambda self: self._low, lambda self, v: self.setRange(v, self._high)
    )
    maximum = QtProperty(
        float, lambda self: self._high, lambda self, v: self.setRange(self._low, v)
    )
    singleStep = stored(float, "singleStep", 1.0)
    pageStep = stored(float, "pageStep", 10.0)
    tracking = stored(bool, "tracking", True)
    orientation = forwarded(int, "_slider", "orientation")


@stands_in
class ctkSliderWidget(QWidget):
    """A slider with a spin box beside it."""

    valueChanged = Signal(float)
    valueIsChanging = Signal(float)
    decimalsChanged = Signal(int)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._slider = ctkDoubleSlider(self)
        self._box = QDoubleSpinBox(self)
        self._box.setRange(0.0, 99.0)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._slider, 1)
        layout.addWidget(self._box)
        self._slider.valueChanged.connect(self.setValue)
        self._box.valueChanged.connect(self.setValue)
        self._value = 0.0

    def setValue(self, value: float) -> None:
        """Set the number, in the slider and in the spin box."""
        value = round(min(max(float(value), self.minimum), self.maximum), self._box.decimals())
        with QSignalBlocker(self._slider), QSignalBlocker(self._box):
            self._slider.setValue(value)
            self._box.setValue(value)
        if value != self._value:
            self._value = value
            self.valueChanged.emit(value)

    def setRange(self, low: float, high: float) -> None:
        """Set the least and the greatest number."""
        with QSignalBlocker(self._slider), QSignalBlocker(self._box):
            self._slider.setRange(low, high)
            self._box.setRange(low, high)
        self.setValue(self._value)

    value = QtProperty(float, lambda self: self._value, setValue)
    minimum = QtProperty(
        float, lambda self: self._box.minimum(), lambda self, v: self.setRange(v, self.maximum)
    )
    maximum = QtProperty(
        float, lambda self: self._box.maximum(), lambda self, v: self.setRange(self.minimum, v)
    )
    singleStep = forwarded(float, "_box", "singleStep")
    decimals = forwarded(int, "_box", "decimals")
    prefix = forwarded(str, "_box", "prefix")
    suffix = forwarded(str, "_box", "suffix")
    pageStep = stored(float, "pageStep", 10.0)
    tickInterval = stored(float, "tickInterval", 0.0)
    tracking = stored(bool, "tracking", True)
    popupSlider = stored(bool, "popupSlider", False)
    spinBoxVisible = QtProperty(
        bool, lambda self: not self._box.isHidden(), lambda self, v: self._box.setVisible(v)
    )

    def reset(self) -> None:
        """Go back to the least number above zero that is allowed."""
        self.setValue(0.0)

    def setDecimals(self, decimals: int) -> None:
        """Set the number of decimals."""
        self._box.setDecimals(decimals)
        self.decimalsChanged.emit(decimals)


@stands_in
class qMRMLSliderWidget(ctkSliderWidget):
    """A slider that knows the scene's units."""

    quantity = stored(str, "quantity", "")

    def setMRMLScene(self, scene: Any) -> None:
        """Take the scene."""
        self._scene = scene

    def mrmlScene(self) -> Any:
        """Return the scene."""
        return self.__dict__.get("_scene")


@stands_in
class qMRMLSpinBox(ctkDoubleSpinBox):
    """A spin box that knows the scene's units."""

    quantity = stored(str, "quantity", "")

    def setMRMLScene(self, scene: Any) -> None:
        """Take the scene."""
        self._scene = scene

    def mrmlScene(self) -> Any:
        """Return the scene."""
        return self.__dict__.get("_scene")

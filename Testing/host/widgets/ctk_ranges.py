"""CTK's widgets for a range between two numbers."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Property as QtProperty
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QWidget

from host.pythonqt.classes import stands_in
from host.widgets.ctk_numbers import ctkDoubleSlider
from host.widgets.declare import stored


@stands_in
class ctkRangeWidget(QWidget):
    """A least and a greatest number, each with a spin box and a slider."""

    minimumValueChanged = Signal(float)
    minimumValueIsChanging = Signal(float)
    maximumValueChanged = Signal(float)
    maximumValueIsChanging = Signal(float)
    valuesChanged = Signal(float, float)
    rangeChanged = Signal(float, float)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._low, self._high = 0.0, 99.0
        self._boxes = [QDoubleSpinBox(self), QDoubleSpinBox(self)]
        self._sliders = [ctkDoubleSlider(self), ctkDoubleSlider(self)]
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._boxes[0], 0, 0)
        layout.addWidget(self._sliders[0], 0, 1)
        layout.addWidget(self._sliders[1], 0, 2)
        layout.addWidget(self._boxes[1], 0, 3)
        self._values = [0.0, 99.0]
        self.setRange(0.0, 99.0)
        for index in (0, 1):
            self._boxes[index].valueChanged.connect(lambda v, i=index: self._changed(i, v))
            self._sliders[index].valueChanged.connect(lambda v, i=index: self._changed(i, v))

    def _changed(self, index: int, value: float) -> None:
        values = list(self._values)
        values[index] = value
        self.setValues(*values)

    def setValues(self, low: float, high: float) -> None:
        """Set both numbers."""
        low = min(max(float(low), self._low), self._high)
        high = min(max(float(high), low), self._high)
        before, self._values = self._values, [low, high]
        for index, value in enumerate(self._values):
            with QSignalBlocker(self._boxes[index]), QSignalBlocker(self._sliders[index]):
                self._boxes[index].setValue(value)
                self._sliders[index].setValue(value)
        if low != before[0]:
            self.minimumValueChanged.emit(low)
        if high != before[1]:
            self.maximumValueChanged.emit(high)
        if self._values != before:
            self.valuesChanged.emit(low, high)

    def setRange(self, low: float, high: float) -> None:
        """Set the bounds of both numbers."""
        self._low, self._high = float(low), float(high)
        for index in (0, 1):
            with QSignalBlocker(self._boxes[index]), QSignalBlocker(self._sliders[index]):
                self._boxes[index].setRange(low, high)
                self._sliders[index].setRange(low, high)
        self.rangeChanged.emit(self._low, self._high)
        self.setValues(*self._values)

    def setMinimumValue(self, value: float) -> None:
        """Set the lower number."""
        self._changed(0, value)

    def setMaximumValue(self, value: float) -> None:
        """Set the upper number."""
        self._changed(1, value)

    def setDecimals(self, decimals: int) -> None:
        """Set the number of decimals."""
        for box in self._boxes:
            box.setDecimals(decimals)

    def _set_step(self, step: float) -> None:
        for box in self._boxes:
            box.setSingleStep(step)

    minimumValue = QtProperty(float, lambda self: self._values[0], setMinimumValue)
    maximumValue = QtProperty(float, lambda self: self._values[1], setMaximumValue)
    minimum = QtProperty(
        float, lambda self: self._low, lambda self, v: self.setRange(v, self._high)
    )
    maximum = QtProperty(
        float, lambda self: self._high, lambda self, v: self.setRange(self._low, v)
    )
    decimals = QtProperty(int, lambda self: self._boxes[0].decimals(), setDecimals)
    singleStep = QtProperty(float, lambda self: self._boxes[0].singleStep(), _set_step)
    prefix = stored(str, "prefix", "")
    suffix = stored(str, "suffix", "")
    tracking = stored(bool, "tracking", True)
    symmetricMoves = stored(bool, "symmetricMoves", False)


@stands_in
class qMRMLRangeWidget(ctkRangeWidget):
    """A range widget that knows the scene's units."""

    quantity = stored(str, "quantity", "")

    def setMRMLScene(self, scene: Any) -> None:
        """Take the scene."""
        self._scene = scene

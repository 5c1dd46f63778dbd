"""Fields for numbers and choices that say what is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundWidgets.saved_spec import isNumber

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

WRONG = "QLineEdit { border: 2px solid #d55e00; }"


@dataclass(frozen=True)
class Number:
    """A number that the user types.

    Attributes:
        name: its key.
        title: what stands before the field.
        help: what it does, a sentence.
        low: the smallest allowed value.
        high: the greatest.
        default: where nothing was chosen.
        whole: whether it must be a whole number.
    """

    name: str
    title: str
    help: str
    low: float
    high: float
    default: float
    whole: bool = False

    @property
    def allowed(self) -> str:
        """What is allowed, a sentence."""
        kind = "a whole number" if self.whole else "a number"
        return f"{self.title} must be {kind} from {self.low:g} to {self.high:g}."

    def read(self, text: str) -> float | None:
        """Return the number that a text stands for, None when it is not allowed."""
        try:
            value = int(text) if self.whole else float(text.replace(",", "."))
        except ValueError:
            return None
        return value if self.low <= value <= self.high else None


@dataclass(frozen=True)
class Choice:
    """One of several values; `options` maps them to what the user reads."""

    name: str
    title: str
    help: str
    options: Mapping[Any, str]
    default: Any


@dataclass(frozen=True)
class Flag:
    """Something that is on or off."""

    name: str
    title: str
    help: str
    default: bool = False


Field = Number | Choice | Flag


class Form:
    """A grid of fields; `values` holds what they say."""

    def __init__(
        self,
        fields: Sequence[Field],
        onChange: Callable[[dict[str, Any]], None],
        onProblem: Callable[[str], None],
        columns: int = 2,
    ) -> None:
        """Make the fields.

        Args:
            fields: in order, row by row.
            onChange: called with all values when the user has changed one.
            onProblem: called with what is allowed when a number is wrong, with "" when none is.
            columns: how many fields stand side by side.
        """
        self.fields = {field.name: field for field in fields}
        self.inputs: dict[str, Any] = {}
        self.labels: dict[str, Any] = {}
        self.values: dict[str, Any] = {field.name: field.default for field in fields}
        self._onChange = onChange
        self._onProblem = onProblem
        self.widget = qt.QWidget()
        grid = qt.QGridLayout(self.widget)
        grid.setContentsMargins(0, 0, 0, 0)
        for place, field in enumerate(fields):
            row, column = divmod(place, columns)
            self._add(grid, row, 2 * column, field)
        for column in range(columns):
            grid.setColumnStretch(2 * column + 1, 1)
        self.show(self.values)

    def show(self, values: Mapping[str, Any]) -> None:
        """Show values; where one is missing, or cannot be shown, its default. No change is told."""
        for name, field in self.fields.items():
            value = values.get(name)
            self.values[name] = value if _canBeShown(field, value) else field.default
            self._display(field, self.values[name])

    def setVisible(self, name: str, visible: bool) -> None:
        """Show or hide a field with its label."""
        self.inputs[name].visible = visible
        if name in self.labels:
            self.labels[name].visible = visible

    @property
    def problem(self) -> str:
        """What is wrong with a number that was typed, "" when nothing is."""
        for name, field in self.fields.items():
            if isinstance(field, Number) and field.read(self.inputs[name].text) is None:
                return field.allowed
        return ""

    def _add(self, grid: Any, row: int, column: int, field: Field) -> None:
        widget = self._input(field)
        widget.setObjectName(f"{field.name}Input")
        widget.setToolTip(field.help)
        self.inputs[field.name] = widget
        if isinstance(field, Flag):
            grid.addWidget(widget, row, column, 1, 2)
            return
        label = qt.QLabel(f"{field.title}:")
        label.setToolTip(field.help)
        self.labels[field.name] = label
        grid.addWidget(label, row, column)
        grid.addWidget(widget, row, column + 1)

    def _input(self, field: Field) -> Any:
        if isinstance(field, Flag):
            widget = qt.QCheckBox(field.title)
            widget.connect("toggled(bool)", lambda on: self._changed(field, on))
        elif isinstance(field, Choice):
            widget = qt.QComboBox()
            for value, title in field.options.items():
                widget.addItem(title, value)
            widget.connect(
                "currentIndexChanged(int)", lambda *_: self._changed(field, widget.currentData)
            )
        else:
            widget = qt.QLineEdit()
            widget.setMinimumWidth(60)
            widget.connect("textEdited(QString)", lambda text: self._typed(field, text))
        return widget

    def _display(self, field: Field, value: Any) -> None:
        widget = self.inputs[field.name]
        wasBlocked = widget.blockSignals(True)
        if isinstance(field, Flag):
            widget.checked = bool(value)
        elif isinstance(field, Choice):
            widget.setCurrentIndex(max(widget.findData(value), 0))
        elif field.read(widget.text) != value:  # else the cursor would jump
            widget.setText(f"{value:g}" if not field.whole else str(int(value)))
            widget.setStyleSheet("")
            widget.setToolTip(field.help)
        widget.blockSignals(wasBlocked)

    def _typed(self, field: Number, text: str) -> None:
        value = field.read(text)
        widget = self.inputs[field.name]
        widget.setStyleSheet(WRONG if value is None else "")
        widget.setToolTip(field.help if value is not None else f"{field.allowed}\n{field.help}")
        self._onProblem(self.problem)
        if value is not None:
            self._changed(field, value)

    def _changed(self, field: Field, value: Any) -> None:
        self.values[field.name] = value
        self._onChange(dict(self.values))


def _canBeShown(field: Field, value: Any) -> bool:
    """Tell whether a field can show a value: what a scene or a file says may be anything."""
    if isinstance(field, Number):
        return isNumber(value)
    if isinstance(field, Flag):
        return isinstance(value, bool)
    return value in list(field.options)

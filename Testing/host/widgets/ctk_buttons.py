"""CTK's buttons and collapsible boxes."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Property as QtProperty
from PySide6.QtCore import QChildEvent, QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QColorDialog,
    QFrame,
    QGroupBox,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from host.pythonqt.classes import stands_in
from host.widgets.declare import stored


@stands_in
class ctkCollapsibleButton(QAbstractButton):
    """A titled section that opens and closes; its children hide while it is closed."""

    contentsCollapsed = Signal(bool)

    def __init__(self, *args: Any) -> None:
        text = args[0] if args and isinstance(args[0], str) else ""
        super().__init__(next((a for a in args if isinstance(a, QWidget)), None))
        self._collapsed = False
        self._hidden_by_collapse: list[QWidget] = []
        self.setCheckable(True)
        self.setChecked(True)
        self.setText(text)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        self.setContentsMargins(0, self._title_height(), 0, 0)
        self.toggled.connect(self.onToggled)

    def _title_height(self) -> int:
        return self.fontMetrics().height() + 10

    def _get_collapsed(self) -> bool:
        return self._collapsed

    def _set_collapsed(self, collapsed: bool) -> None:
        self.setChecked(not collapsed)

    collapsed = QtProperty(bool, _get_collapsed, _set_collapsed)
    flat = stored(bool, "flat", False)
    collapsedHeight = stored(int, "collapsedHeight", 10)
    contentsFrameShape = stored(int, "contentsFrameShape", int(QFrame.Shape.NoFrame.value))
    contentsFrameShadow = stored(int, "contentsFrameShadow", int(QFrame.Shadow.Plain.value))
    contentsLineWidth = stored(int, "contentsLineWidth", 1)
    contentsMidLineWidth = stored(int, "contentsMidLineWidth", 0)
    buttonTextAlignment = stored(int, "buttonTextAlignment", 0)
    indicatorAlignment = stored(int, "indicatorAlignment", 0)

    def collapse(self, collapsed: bool) -> None:
        """Close, or open."""
        if collapsed == self._collapsed:
            return
        self._collapsed = collapsed
        if collapsed:
            self._hide_contents()
        else:
            for child in self._hidden_by_collapse:
                child.setVisible(True)
            self._hidden_by_collapse = []
        self.setMaximumHeight(self._title_height() + 2 if collapsed else 16777215)
        self.updateGeometry()
        self.contentsCollapsed.emit(collapsed)

    def childEvent(self, event: QChildEvent) -> None:
        """Hide what is put into a section that is closed."""
        # Not at once: the child is only half made, and must not be asked for yet.
        if event.added() and self._collapsed:
            QTimer.singleShot(0, self, self._hide_contents)

    def showEvent(self, event: QShowEvent) -> None:
        """Hide what is in a section that is closed."""
        super().showEvent(event)
        self._hide_contents()

    def _hide_contents(self) -> None:
        if not self._collapsed:
            return
        children = self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        for child in children:
            if not child.isHidden():
                child.setVisible(False)
                self._hidden_by_collapse.append(child)

    def onToggled(self, checked: bool = True) -> None:
        """Follow the button's own state."""
        self.collapse(not checked)

    def sizeHint(self) -> QSize:
        """Return the title's size with the contents' below it."""
        title = QSize(self.fontMetrics().horizontalAdvance(self.text()) + 40, self._title_height())
        if self._collapsed or self.layout() is None:
            return title
        return title.expandedTo(self.layout().totalSizeHint())

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        if self._collapsed or self.layout() is None:
            return self.sizeHint()
        return self.layout().totalMinimumSize()

    def hitButton(self, position: Any) -> bool:
        """Only the title is pressed."""
        return position.y() < self._title_height()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the title with its arrow."""
        painter = QPainter(self)
        option = QStyleOptionButton()
        option.initFrom(self)
        option.rect = self.rect().adjusted(0, 0, 0, self._title_height() - self.height() - 2)
        option.state |= QStyle.StateFlag.State_Raised
        self.style().drawControl(QStyle.ControlElement.CE_PushButtonBevel, option, painter, self)
        arrow = QStyleOptionButton()
        arrow.initFrom(self)
        arrow.rect = option.rect.adjusted(6, 4, 0, -4)
        arrow.rect.setWidth(arrow.rect.height())
        element = (
            QStyle.PrimitiveElement.PE_IndicatorArrowRight
            if self._collapsed
            else QStyle.PrimitiveElement.PE_IndicatorArrowDown
        )
        self.style().drawPrimitive(element, arrow, painter, self)
        text = option.rect.adjusted(option.rect.height() + 6, 0, -4, 0)
        painter.setPen(self.palette().buttonText().color())
        painter.drawText(
            text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text()
        )
        painter.end()


@stands_in
class ctkCollapsibleGroupBox(QGroupBox):
    """A checkable group box that hides its contents while unchecked."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.setCheckable(True)
        self.toggled.connect(self.expand)

    def _get_collapsed(self) -> bool:
        return not self.isChecked()

    def _set_collapsed(self, collapsed: bool) -> None:
        self.setChecked(not collapsed)

    collapsed = QtProperty(bool, _get_collapsed, _set_collapsed)
    collapsedHeight = stored(int, "collapsedHeight", 14)

    def expand(self, expanded: bool) -> None:
        """Show or hide the contents."""
        for child in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            child.setVisible(expanded)


@stands_in
class ctkPushButton(QPushButton):
    """A push button with aligned text."""

    buttonTextAlignment = stored(int, "buttonTextAlignment", 0)
    iconAlignment = stored(int, "iconAlignment", 0)
    elideMode = stored(int, "elideMode", 3)


@stands_in
class ctkCheckablePushButton(ctkPushButton):
    """A push button with a check box in it."""

    checkBoxToggled = Signal(bool)
    checkBoxControlsButton = stored(bool, "checkBoxControlsButton", True)
    checkBoxControlsButtonToggleState = stored(bool, "checkBoxControlsButtonToggleState", True)
    checkBoxUserCheckable = stored(bool, "checkBoxUserCheckable", True)
    indicatorAlignment = stored(int, "indicatorAlignment", 0)


@stands_in
class ctkMenuButton(QPushButton):
    """A push button with a menu beside it."""


@stands_in
class ctkCheckBox(QCheckBox):
    """A check box that may show an icon."""

    indicatorIcon = stored(QIcon, "indicatorIcon", QIcon())


@stands_in
class ctkColorPickerButton(QPushButton):
    """A button that shows a colour and lets the user choose another."""

    colorChanged = Signal(QColor)
    colorNameChanged = Signal(str)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._color = QColor(0, 0, 0)
        self.clicked.connect(self.changeColor)

    def setColor(self, color: QColor) -> None:
        """Set the colour."""
        if color == self._color:
            return
        self._color = QColor(color)
        swatch = QPixmap(16, 16)
        swatch.fill(self._color)
        self.setIcon(QIcon(swatch))
        self.colorChanged.emit(self._color)

    def _get_color(self) -> QColor:
        return self._color

    color = QtProperty(QColor, _get_color, setColor)
    displayColorName = stored(bool, "displayColorName", True)

    def changeColor(self) -> None:
        """Ask for a colour."""
        chosen = QColorDialog.getColor(self._color, self)
        if chosen.isValid():
            self.setColor(chosen)


@stands_in
class ctkExpandableWidget(QFrame):
    """A frame that the user can resize."""

    sizeGripInside = stored(bool, "sizeGripInside", True)

    def eventFilter(self, _watched: QObject, _event: QEvent) -> bool:
        """Let everything pass."""
        return False

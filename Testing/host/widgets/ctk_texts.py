"""CTK's text widgets."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QTextBrowser

from host.pythonqt.classes import stands_in
from host.widgets.declare import stored


@stands_in
class ctkFittedTextBrowser(QTextBrowser):
    """A text browser as high as its text."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.textChanged.connect(self.updateGeometry)

    disableMouseScroll = stored(bool, "disableMouseScroll", True)
    collapsed = stored(bool, "collapsed", True)
    showDetailsText = stored(str, "showDetailsText", "Show details...")
    hideDetailsText = stored(str, "hideDetailsText", "Hide details.")

    def heightForWidth(self, width: int) -> int:
        """Return the height of the text at a width."""
        document = self.document().clone()
        document.setTextWidth(max(width - 8, 10))
        return int(document.size().height()) + 8

    def sizeHint(self) -> QSize:
        """Return the size of the text at the present width."""
        return QSize(200, self.heightForWidth(max(self.width(), 200)))

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(50, self.sizeHint().height())


@stands_in
class ctkSearchBox(QLineEdit):
    """A line edit for searching."""

    showSearchIcon = stored(bool, "showSearchIcon", False)
    alwaysShowClearIcon = stored(bool, "alwaysShowClearIcon", False)

"""Push buttons with a name, a help text and what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

if TYPE_CHECKING:
    from collections.abc import Callable


def pushButton(name: str, text: str, help_: str, onClick: Callable[[], None]) -> Any:
    """Return a button.

    Args:
        name: of the widget.
        text: what it says.
        help_: its help text.
        onClick: called when it is clicked.
    """
    button = qt.QPushButton(text)
    button.setObjectName(name)
    button.setToolTip(help_)
    button.connect("clicked(bool)", lambda *_: onClick())
    return button

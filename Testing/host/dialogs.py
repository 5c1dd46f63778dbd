"""Dialogs as under `--testing`: answered with their defaults, and what they said is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from PySide6.QtWidgets import QDialog, QFileDialog, QInputDialog, QMessageBox


@dataclass(frozen=True)
class Said:
    """One dialog: which kind, and its text."""

    kind: str
    text: str
    more: dict[str, Any] = field(default_factory=dict)


class Dialogs(list[Said]):
    """The dialogs so far, in order."""

    def record(self, kind: str, text: str, **more: Any) -> None:
        """Keep what a dialog said."""
        self.append(Said(kind, str(text), more))

    def texts(self) -> list[str]:
        """Return the texts."""
        return [said.text for said in self]


def answer_by_default(dialogs: Dialogs) -> None:
    """Make Qt's own dialogs answer at once, as nobody is there to click."""

    def message(kind: str, answer: Any) -> Any:
        def show(_parent: Any, title: str, text: str = "", *_rest: Any) -> Any:
            dialogs.record(f"QMessageBox.{kind}", text, title=title)
            return answer

        return staticmethod(show)

    QMessageBox.information = message("information", QMessageBox.StandardButton.Ok)
    QMessageBox.warning = message("warning", QMessageBox.StandardButton.Ok)
    QMessageBox.critical = message("critical", QMessageBox.StandardButton.Ok)
    QMessageBox.question = message("question", QMessageBox.StandardButton.No)

    def rejected(kind: str, answer: Any) -> Any:
        def ask(*args: Any, **_keywords: Any) -> Any:
            dialogs.record(kind, " ".join(a for a in args if isinstance(a, str)))
            return answer

        return staticmethod(ask)

    for name in ("getOpenFileName", "getSaveFileName"):
        setattr(QFileDialog, name, rejected(f"QFileDialog.{name}", ("", "")))
    QFileDialog.getOpenFileNames = rejected("QFileDialog.getOpenFileNames", ([], ""))
    QFileDialog.getExistingDirectory = rejected("QFileDialog.getExistingDirectory", "")
    QInputDialog.getText = rejected("QInputDialog.getText", ("", False))
    QInputDialog.getItem = rejected("QInputDialog.getItem", ("", False))

    def execute(self: QDialog) -> int:
        text = self.text() if isinstance(self, QMessageBox) else self.windowTitle()
        dialogs.record(type(self).__name__, text)
        return int(QDialog.DialogCode.Rejected.value)

    QDialog.exec = execute
    QMessageBox.exec = execute


def record_util_dialogs(dialogs: Dialogs, util: Any) -> None:
    """Keep what `slicer.util`'s dialogs say; they answer as they do by themselves."""
    shown = util._messageDisplay

    def message_display(level: int, text: str, answer: Any, *args: Any, **keywords: Any) -> Any:
        dialogs.record("slicer.util", text, level=level, **keywords)
        return shown(level, text, answer, *args, **keywords)

    util._messageDisplay = message_display
    boxed = util.messageBox

    def message_box(text: str, parent: Any = None, **keywords: Any) -> Any:
        dialogs.record("slicer.util.messageBox", text, **keywords)
        return boxed(text, parent, **keywords)

    util.messageBox = message_box

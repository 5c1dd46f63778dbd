"""The part of the page Generate for text: what a small language model learns, and how."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundWidgets.bench_part import BenchPart
from ELMEDPlaygroundWidgets.form import Choice, Form, Number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundWidgets.bench import Bench

SOURCES = {"shipped": "Northanger Abbey (ships)", "file": "A text file of yours"}
FIELDS = (
    Choice(
        "source",
        "Text",
        (
            "What is learnt: the novel by Jane Austen that ships, or a plain text file (UTF-8, "
            "5,000 characters to 5 MB) in any language. It never leaves this computer."
        ),
        SOURCES,
        "shipped",
    ),
    Number("layers", "Layers", "Blocks, one after the other: look back, compute.", 1, 4, 2, True),
    Number("heads", "Heads", "Looks that each layer takes side by side.", 1, 8, 4, True),
    Number(
        "width",
        "Width",
        "Numbers that stand for each character; a multiple of the heads.",
        8,
        128,
        64,
        True,
    ),
    Number("context", "Context", "Characters that it sees at most.", 8, 128, 64, True),
    Number("batch", "Batch", "Pieces of text in a step.", 1, 64, 16, True),
    Number(
        "learning_rate",
        "Learning rate",
        "The size of a step. It can be changed while the training goes on.",
        0.000001,
        1,
        0.006,
    ),
    Number("seed", "Seed", "Decides all that chance has a say in.", 0, 999_999, 0, True),
)
HELP = (
    "A <b>language model</b> learns one thing: which character comes next. Begin, press "
    "<b>Run</b>, and read how it writes; large language models learn in the same way."
)
ON = "On the bench: a language model with {:,} parameters, {:,} characters to learn from."
OFF = "No language model is on the bench. Begin, or change something here, to lay one on it."
NO_FILE = "Choose a text file with the button Choose..."
WRONG_WIDTH = "The width must be a multiple of the heads."
BEGIN_HELP = "Lay a language model with these choices on the bench, untrained."
VIEWS = ("text-written", "text-next")


class GenerateText(BenchPart):
    """Text and network of a small language model."""

    title = "Text"
    help = "Let a small language model learn a text, character by character, and write."

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.file = ""
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        about = qt.QLabel(HELP)
        about.setWordWrap(True)
        about.setToolTip("What this part is for.")
        layout.addWidget(about)
        self.form = Form(FIELDS, self._changed, bench.troubled)
        self.form.widget.setObjectName("generateTextForm")
        layout.addWidget(self.form.widget)
        self._addFileRow(layout)
        self._addBegin(layout, "generateText", BEGIN_HELP, OFF)
        layout.addStretch(1)

    def _addFileRow(self, layout: Any) -> None:
        self.fileRow = qt.QWidget()
        row = qt.QHBoxLayout(self.fileRow)
        row.setContentsMargins(0, 0, 0, 0)
        self.fileButton = qt.QPushButton("Choose...")
        self.fileButton.setObjectName("generateTextFileButton")
        self.fileButton.setToolTip("Choose a plain text file (UTF-8) to learn from.")
        self.fileButton.connect("clicked(bool)", self._chooseFile)
        row.addWidget(self.fileButton)
        self.fileLabel = qt.QLabel("No file is chosen.")
        self.fileLabel.setObjectName("generateTextFileLabel")
        self.fileLabel.setToolTip(
            "The text file that is learnt. The scene keeps its path, never its text; but a trained "
            "model can repeat parts of what it has learnt."
        )
        row.addWidget(self.fileLabel, 1)
        layout.addWidget(self.fileRow)
        self.fileRow.visible = False

    # What happens on the bench

    def specChanged(self) -> None:
        """Show the chosen model, where there is one."""
        spec = self.bench.spec.get("generate") or {}
        if spec.get("model") == "text":
            self._showFile(spec.get("file") or "")
            self.form.show({**spec, "source": "file" if self.file else "shipped"})
        self.fileRow.visible = self.form.values["source"] == "file"

    def created(self, summary: Mapping[str, Any]) -> None:
        """Say what is on the bench, and show the views of a model that was begun here."""
        on = summary.get("generates") == "text"
        self.stateLabel.text = ON.format(summary["parameters"], summary["train"]) if on else OFF
        self._showViews(VIEWS if on else ())

    # What the user does

    def learn(self, path: Path) -> None:
        """Learn from a text file."""
        self._showFile(str(path))
        self.form.show({**self.form.values, "source": "file"})
        self._changed(self.form.values)
        if self._isChosen():  # also the same file again: it may have been changed
            self.bench.reset()

    def _chooseFile(self, *_) -> None:
        dialog = qt.QFileDialog()
        dialog.setWindowTitle("A text to learn from")
        dialog.setNameFilter("Text (*.txt *.md *.csv);;All files (*)")
        dialog.setFileMode(qt.QFileDialog.ExistingFile)
        if dialog.exec_():
            self.learn(Path(dialog.selectedFiles()[0]))

    def _showFile(self, file: str) -> None:
        self.file = file
        self.fileLabel.text = Path(file).name if file else "No file is chosen."

    def _spec(self, values: Mapping[str, Any]) -> dict[str, Any]:
        chosen = {name: value for name, value in values.items() if name != "source"}
        file = self.file if values["source"] == "file" else ""
        return {"model": "text", "file": file, **chosen}

    def _changed(self, values: Mapping[str, Any]) -> None:
        self.fileRow.visible = values["source"] == "file"
        problem = self._problem(values)
        self.bench.troubled(problem)
        if not problem:
            on = (self.bench.spec.get("generate") or {}).get("model") == "text"
            self._wantsViews = self._wantsViews or not on
            self._lay(values)

    def _problem(self, values: Mapping[str, Any]) -> str:
        if values["source"] == "file" and not self.file:
            return NO_FILE
        return WRONG_WIDTH if values["width"] % values["heads"] else ""

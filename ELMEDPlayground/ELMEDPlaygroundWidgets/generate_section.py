"""The page Generate: parts to choose from, each for one kind of sample."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundWidgets.section import Section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundWidgets.bench import Bench

PARTS: list[str] = [
    "ELMEDPlaygroundWidgets.generate_points:GeneratePoints",
    "ELMEDPlaygroundWidgets.generate_slices:GenerateSlices",
    "ELMEDPlaygroundWidgets.generate_tumour:GenerateTumour",
    "ELMEDPlaygroundWidgets.generate_text:GenerateText",
    "ELMEDPlaygroundWidgets.generate_speech:GenerateSpeech",
    "ELMEDPlaygroundWidgets.generate_large:GenerateLarge",
]
"""The parts' classes as `module:class`, in the order of the list that they are chosen from.

Each is a `Section`; its title is the entry of the list, and its help the entry's help text.
"""


class GenerateSection(Section):
    """A list of parts, and below it the one that is chosen."""

    title = "Generate"
    help = "Let networks make points, slices, tumours and texts."

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.parts = [_part(path)(bench) for path in PARTS]
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        self.partCombo = qt.QComboBox()
        self.partCombo.setObjectName("generatePartCombo")
        self.partCombo.setToolTip("What kind of samples to make.")
        row = qt.QHBoxLayout()
        label = qt.QLabel("Make")
        label.setToolTip(self.partCombo.toolTip)
        row.addWidget(label)
        row.addWidget(self.partCombo, 1)
        layout.addLayout(row)
        for number, part in enumerate(self.parts):
            self.partCombo.addItem(part.title)
            self.partCombo.setItemData(number, part.help, qt.Qt.ToolTipRole)
            layout.addWidget(part.widget)
        layout.addStretch(1)
        self.partCombo.connect("currentIndexChanged(int)", self._chosen)
        self._chosen()

    def part(self, title: str) -> Any:
        """Return the part of this title."""
        return next(part for part in self.parts if part.title == title)

    def open(self, title: str) -> None:
        """Choose the part of this title."""
        self.partCombo.setCurrentIndex([part.title for part in self.parts].index(title))

    def _chosen(self, *_) -> None:
        """Show the chosen part alone: the views below get what is left."""
        for number, part in enumerate(self.parts):
            part.widget.visible = number == self.partCombo.currentIndex
        self.widget.updateGeometry()

    # What happens is told to each part

    def specChanged(self) -> None:
        """Tell the parts."""
        for part in self.parts:
            part.specChanged()

    def created(self, summary: Mapping[str, Any]) -> None:
        """Tell the parts."""
        for part in self.parts:
            part.created(summary)

    def answered(self, answer: Mapping[str, Any]) -> None:
        """Tell the parts."""
        for part in self.parts:
            part.answered(answer)

    def happened(self, task: str, answer: Mapping[str, Any]) -> None:
        """Tell the parts."""
        for part in self.parts:
            part.happened(task, answer)

    def runningChanged(self, running: bool) -> None:
        """Tell the parts."""
        for part in self.parts:
            part.runningChanged(running)

    def enter(self) -> None:
        """Tell the parts."""
        for part in self.parts:
            part.enter()

    def exit(self) -> None:
        """Tell the parts."""
        for part in self.parts:
            part.exit()

    def sceneClosed(self) -> None:
        """Tell the parts."""
        for part in self.parts:
            part.sceneClosed()

    def cleanup(self) -> None:
        """Tell the parts."""
        for part in self.parts:
            part.cleanup()


def _part(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)

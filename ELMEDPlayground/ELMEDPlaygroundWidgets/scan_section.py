"""The page for the scan that is open: learn from it, and look into a network on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt

from ELMEDPlaygroundWidgets.scan_learning import ScanLearning
from ELMEDPlaygroundWidgets.scan_network import ScanNetwork
from ELMEDPlaygroundWidgets.scan_work import ScanWork
from ELMEDPlaygroundWidgets.section import Section

if TYPE_CHECKING:
    from ELMEDPlaygroundWidgets.bench import Bench


class ScanSection(Section):
    """Two parts that fold away, and a line that says what goes on."""

    title = "Scan"
    help = "Learn from the loaded scan, or see what ELMED Segment's network makes of it."

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.work = ScanWork()
        self.work.onAnswer = bench.happened
        self.learning = ScanLearning(bench, self.work)
        self.network = ScanNetwork(self.work)
        self.work.controls = (self.learning.widget, self.network.widget)
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        layout.addWidget(self.learning.widget)
        layout.addWidget(self.network.widget)
        layout.addWidget(self.work.widget)
        layout.addStretch(1)
        # One of the two at a time: the views below need the room.
        self.network.widget.collapsed = True
        self.learning.widget.connect("clicked(bool)", self._learningFolded)
        self.network.widget.connect("clicked(bool)", self._networkFolded)

    def enter(self) -> None:
        """Take up volumes and segments that have come."""
        self.work.stay()
        if not self.work.running:
            self.learning.refresh()
            self.network.refresh()

    def exit(self) -> None:
        """Let the worker go when it has nothing to do."""
        self.work.leave()

    def sceneClosed(self) -> None:
        """Forget what belonged to the scene."""
        self.work.close()
        self.learning.refresh()
        self.learning.forget()
        self.network.forget()

    def cleanup(self) -> None:
        """End the worker and remove copies of volumes."""
        self.work.close()
        self.learning.forget()
        self.network.cleanup()

    def _learningFolded(self, *_) -> None:
        if not self.learning.widget.collapsed:
            self.network.widget.collapsed = True

    def _networkFolded(self, *_) -> None:
        if not self.network.widget.collapsed:
            self.learning.widget.collapsed = True

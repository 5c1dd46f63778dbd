"""What parts of the page Generate share that let a worker of their own compute something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt

from ELMEDPlaygroundWidgets.scan_work import ScanWork
from ELMEDPlaygroundWidgets.section import Section

if TYPE_CHECKING:
    from ELMEDPlaygroundWidgets.bench import Bench


class WorkPart(Section):
    """A part that begins with what it is for, and whose worker lives as long as it is needed.

    Attributes:
        work: the worker, and the line that shows its progress; a subclass adds that to `layout`.
        layout: of the part, which a subclass fills.
    """

    def __init__(self, bench: Bench, prefix: str, about: str) -> None:
        """Make the part.

        Args:
            bench: the experiment.
            prefix: of the names of the widgets that show the work.
            about: what it is for.
        """
        super().__init__(bench)
        self.work = ScanWork(prefix)
        self.widget = qt.QWidget()
        self.layout = qt.QVBoxLayout(self.widget)
        self.layout.setContentsMargins(0, 0, 0, 0)
        label = qt.QLabel(about)
        label.setWordWrap(True)
        label.setToolTip("What this part is for.")
        self.layout.addWidget(label)

    def enter(self) -> None:
        """Keep the worker."""
        self.work.stay()

    def exit(self) -> None:
        """Let the worker go when it has nothing to do."""
        self.work.leave()

    def cleanup(self) -> None:
        """End the worker."""
        self.work.close()

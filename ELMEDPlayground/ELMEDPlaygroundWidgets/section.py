"""What every page of the panel is, and which there are."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ELMEDPlaygroundWidgets.follower import Follower

if TYPE_CHECKING:
    from ELMEDPlaygroundWidgets.bench import Bench

SECTIONS: list[str] = [
    "ELMEDPlaygroundWidgets.lessons_section:LessonsSection",
    "ELMEDPlaygroundWidgets.data_section:DataSection",
    "ELMEDPlaygroundWidgets.scan_section:ScanSection",
    "ELMEDPlaygroundWidgets.network_section:NetworkSection",
    "ELMEDPlaygroundWidgets.settings_section:SettingsSection",
    "ELMEDPlaygroundWidgets.steps_section:StepsSection",
    "ELMEDPlaygroundWidgets.generate_section:GenerateSection",
    "ELMEDPlaygroundWidgets.export_section:ExportSection",
]
"""The pages' classes as `module:class`, in the order of their tabs."""


class Section(Follower):
    """One page of the panel. It reads and changes the experiment through the bench alone.

    The class attributes:
        title: what its tab says; one word.
        help: the tab's help text, one sentence.
    """

    title = ""
    help = ""

    def __init__(self, bench: Bench) -> None:
        """Make the widget; a subclass calls this first.

        Args:
            bench: the experiment.
        """
        self.bench = bench
        self.widget: Any = None

    def enter(self) -> None:
        """Take up what has changed while another module was open."""

    def exit(self) -> None:
        """Let go of what only an open panel needs."""

    def sceneClosed(self) -> None:
        """Forget nodes: the scene is gone."""

    def cleanup(self) -> None:
        """Let go of everything: the panel is about to be deleted."""


def makeSections(bench: Bench) -> list[Section]:
    """Return one of each page."""
    sections = []
    for path in SECTIONS:
        module, _, name = path.partition(":")
        sections.append(getattr(importlib.import_module(module), name)(bench))
    return sections

"""What a network can run on here, said below the choice of the device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDLib.bridge.task_runs import TaskPlace
from ELMEDLib.errors import ELMEDError
from ELMEDSegmentLib.device import threads_beside_a_window, usable_cores

if TYPE_CHECKING:
    from types import SimpleNamespace

TASK = "ELMEDSegmentLib.devices"


class DeviceLabel:
    """Asks a worker of its own, once, when the section is first opened: PyTorch takes seconds."""

    def __init__(self, ui: SimpleNamespace) -> None:
        self.ui = ui
        self._place = TaskPlace()
        self._known = False
        threads, cores = threads_beside_a_window(), usable_cores()
        left = "; one is left to the window" if cores > 1 else ""
        ui.threadsLabel.text = f"{threads} of {cores} CPU cores compute{left}."
        ui.deviceFoundLabel.text = ""
        ui.advancedCollapsibleButton.connect("contentsCollapsed(bool)", self._toggled)

    def look(self) -> None:
        """Find out, unless it is known already."""
        if self._known or self._place.running:
            return
        self.ui.deviceFoundLabel.text = "Looking for devices..."
        try:
            self._place.start(TASK, {}, onEnd=self._ended)
        except ELMEDError as error:
            self.ui.deviceFoundLabel.text = str(error)

    def cleanup(self) -> None:
        """End what still looks."""
        self._place.close()

    def _toggled(self, collapsed: bool) -> None:
        if not collapsed:
            self.look()

    def _ended(self, run) -> None:
        if run.error:
            self.ui.deviceFoundLabel.text = str(run.error)
        else:
            self._known = True
            found = run.result()["devices"]
            working = [device["sentence"] for device in found if device["works"]]
            self.ui.deviceFoundLabel.text = "\n".join(f"Found: {text}" for text in working)
            self.ui.deviceFoundLabel.toolTip = "\n".join(device["sentence"] for device in found)
        self._place.close()

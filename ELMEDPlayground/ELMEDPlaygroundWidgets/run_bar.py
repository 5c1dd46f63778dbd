"""Run, Pause, Step, Reset and Stop-at, and the line that says how far the training is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDPlaygroundWidgets.follower import Follower
from ELMEDPlaygroundWidgets.form import WRONG, Number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import SimpleNamespace

    from ELMEDPlaygroundWidgets.bench import Bench

STOP_AT = Number("stopAt", "The step to stop at", "Pause at this step.", 1, 10_000_000, 1000, True)


class RunBar(Follower):
    """The buttons of the training."""

    def __init__(self, ui: SimpleNamespace, bench: Bench) -> None:
        """Connect the buttons.

        Args:
            ui: the widgets by name.
            bench: the experiment.
        """
        self._ui = ui
        self._bench = bench
        self._help = ui.stopAtLineEdit.toolTip
        self._allowed = True
        ui.runButton.connect("clicked(bool)", lambda *_: bench.run())
        ui.pauseButton.connect("clicked(bool)", lambda *_: bench.pause())
        ui.stepButton.connect("clicked(bool)", lambda *_: bench.step())
        ui.resetButton.connect("clicked(bool)", lambda *_: bench.reset())
        ui.stopAtCheckBox.connect("toggled(bool)", self._stopAtChanged)
        ui.stopAtLineEdit.connect("textEdited(QString)", self._stopAtChanged)
        self.runningChanged(False)

    @property
    def stopAt(self) -> int:
        """The step at which the training pauses by itself, 0 for none."""
        value = STOP_AT.read(self._ui.stopAtLineEdit.text)
        return int(value) if self._ui.stopAtCheckBox.checked and value else 0

    @stopAt.setter
    def stopAt(self, step: int) -> None:
        if step > 0:
            self._ui.stopAtLineEdit.setText(str(step))
        self._ui.stopAtCheckBox.setChecked(step > 0)
        # Neither tells of a change when the text alone is another one.
        self._stopAtChanged()

    def allow(self, allowed: bool) -> None:
        """Enable the buttons, or disable them while something is missing."""
        self._allowed = allowed
        self.runningChanged(self._bench.running)

    def runningChanged(self, running: bool) -> None:
        """Show which buttons make sense now."""
        ui = self._ui
        ui.runButton.enabled = self._allowed and not running
        ui.pauseButton.enabled = running
        ui.stepButton.enabled = self._allowed and not running
        ui.resetButton.enabled = self._allowed

    def answered(self, answer: Mapping[str, Any]) -> None:
        """Show how far the training is, and why it has stopped."""
        self._ui.statusLabel.text = statusLine(answer, self._bench.history)
        if answer.get("explanation"):
            self._bench.troubled(answer["explanation"])

    def _stopAtChanged(self, *_) -> None:
        line = self._ui.stopAtLineEdit
        wrong = STOP_AT.read(line.text) is None
        line.setStyleSheet(WRONG if wrong else "")
        line.setToolTip(f"{STOP_AT.allowed}\n{self._help}" if wrong else self._help)
        self._bench.stopAt = self.stopAt
        self._bench.troubled(STOP_AT.allowed if wrong and self._ui.stopAtCheckBox.checked else "")


def statusLine(answer: Mapping[str, Any], history: list[dict[str, Any]]) -> str:
    """Return how far the training is: step, epoch, loss and accuracy for train and test.

    What a generator's row says comes with the answer, in words.
    """
    parts = [f"Step <b>{answer.get('step', 0):,}</b>", f"epoch {answer.get('epoch', 0):,.0f}"]
    parts += [f"{what}: <b>{howMuch}</b>" for what, howMuch in answer.get("told") or ()]
    if history:
        row = history[-1]
        for share, title in (("train", "train"), ("test", "test")):
            loss, accuracy = row.get(f"{share}_loss"), row.get(f"{share}_accuracy")
            if loss is not None and accuracy is not None:
                parts.append(f"{title}: loss {loss:.3f}, accuracy <b>{100 * accuracy:.1f} %</b>")
    return " &nbsp;|&nbsp; ".join(parts)

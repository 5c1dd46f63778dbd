"""The page with the seven steps of training, one button each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundWidgets.section import Section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundWidgets.bench import Bench

STEPS = (
    (
        "initialise",
        "Initialise",
        "Give all weights small random values: the network knows nothing yet.",
    ),
    (
        "grab_batch",
        "Grab a batch and predict",
        "Take some training examples and let the network say what they are.",
    ),
    ("loss", "Calculate the loss", "Say with one number how wrong the predictions are."),
    (
        "gradients",
        "Calculate the gradients",
        "Find out for each weight in which direction the loss grows.",
    ),
    ("update", "Step the weights", "Move each weight a little against its gradient."),
    ("repeat", "Repeat", "Do steps 2 to 5 again, ten times."),
    ("stop", "Stop when the criterion says", "Look whether it is time to stop."),
)

REPEATS = 10

BEFORE = "Not done yet."


class StepsSection(Section):
    """Seven buttons, with the numbers of each step beside it."""

    title = "Seven steps"
    help = "Train by hand: the seven steps, one button each."

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.buttons: dict[str, Any] = {}
        self.numbers: dict[str, Any] = {}
        self._repeatedFrom: int | None = None
        self.widget = qt.QWidget()
        grid = qt.QGridLayout(self.widget)
        for row, (name, title, help_) in enumerate(STEPS):
            button = qt.QPushButton(f"{row + 1}. {title}")
            button.setObjectName(f"{name}Button")
            button.setToolTip(help_)
            button.setStyleSheet("QPushButton { text-align: left; padding: 4px 8px; }")
            button.connect("clicked(bool)", lambda *_, step=name: self._do(step))
            label = qt.QLabel(BEFORE)
            label.setObjectName(f"{name}NumbersLabel")
            label.setToolTip(help_)
            label.setWordWrap(True)
            label.setTextInteractionFlags(qt.Qt.TextSelectableByMouse)
            grid.addWidget(button, row, 0)
            grid.addWidget(label, row, 1)
            self.buttons[name], self.numbers[name] = button, label
        grid.setColumnStretch(1, 1)

    def created(self, summary: Mapping[str, Any]) -> None:  # noqa: ARG002 - a follower's
        """Forget the numbers of another experiment."""
        self._repeatedFrom = None
        for label in self.numbers.values():
            label.text = BEFORE

    def answered(self, answer: Mapping[str, Any]) -> None:
        """Show the numbers of the step that was done."""
        numbers = answer.get("numbers") or {}
        step = answer.get("act")
        done = answer.get("step", 0)
        # A view that was asked for earlier may be answered first: that repeats nothing.
        if step is None and self._repeatedFrom is not None and done > self._repeatedFrom:
            step, numbers = "repeat", {"steps": done - self._repeatedFrom, **numbers}
            self._repeatedFrom = None
        if step in self.numbers and numbers:
            self.numbers[step].text = sentence(numbers)

    def runningChanged(self, running: bool) -> None:
        """Let the steps alone while the training goes on."""
        for button in self.buttons.values():
            button.enabled = not running

    def troubled(self, sentence: str) -> None:
        """Wait no longer for what has failed."""
        if sentence:
            self._repeatedFrom = None

    def _do(self, step: str) -> None:
        self._repeatedFrom = None
        if step != "repeat":
            self.bench.act(step)
            return
        self.bench.step(REPEATS)
        self._repeatedFrom = self.bench.latest.get("step", 0)


def sentence(numbers: Mapping[str, Any]) -> str:
    """Return numbers as a line: each with its name."""
    parts = []
    for name, value in numbers.items():
        title = str(name).replace("_", " ")
        parts.append(f"{title} <b>{_number(value)}</b>")
    return ", ".join(parts)


def _number(value: Any) -> str:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return {True: "yes", False: "no", None: "-"}.get(value, str(value))
    if isinstance(value, (list, tuple)):
        return ", ".join(_number(entry) for entry in value[:6]) + (" ..." if len(value) > 6 else "")  # noqa: PLR2004 - fits a line
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"

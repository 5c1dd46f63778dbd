"""The seven steps of training on the screen, the present one marked, each with its numbers."""

from __future__ import annotations

import qt

from ELMEDSegmentLib.training.seven_steps import SEVEN_STEPS

HELP = {
    "initialise": "Give the weights their first values: random ones, or those of a trained model.",
    "batch": "Draw patches of the training studies, and let the network say what it sees in them.",
    "loss": "Compare with the expert: one number, small when both agree.",
    "gradients": "Find out how the loss would change with each weight.",
    "step": "Move every weight a little in the direction that makes the loss smaller.",
    "repeat": "Go back to the second step, with another batch.",
    "stop": "End when the planned steps are done, or when patients that the network does not train "
    "on are segmented no better any more.",
}


class TrainingSteps:
    """Rows of a grid: a step's name, and what it has just come to."""

    def __init__(self, layout: qt.QGridLayout) -> None:
        """Fill an empty grid."""
        self._names, self._numbers = {}, {}
        self._latest: dict[str, str] = {}
        self._present = ""
        for row, (stage, title) in enumerate(SEVEN_STEPS.items()):
            self._names[stage] = qt.QLabel(f"{row + 1}. {title}")
            self._numbers[stage] = qt.QLabel("")
            for column, label in enumerate((self._names[stage], self._numbers[stage])):
                label.setToolTip(HELP[stage])
                label.setWordWrap(column == 1)
                label.setAlignment(qt.Qt.AlignTop)
                layout.addWidget(label, row, column)
        layout.setColumnStretch(1, 1)

    @property
    def present(self) -> str:
        """The stage that is marked, "" for none."""
        return self._present

    @property
    def numbers(self) -> dict[str, str]:
        """What is shown beside each step."""
        return {stage: label.text for stage, label in self._numbers.items()}

    def take(self, stage: str, message: str) -> None:
        """Remember what was told; `show` shows it, as often as eyes can follow."""
        if stage in SEVEN_STEPS:
            self._latest[stage] = message
            self._present = stage

    def show(self) -> None:
        """Bring the screen up to date."""
        for stage, title in self._names.items():
            title.setStyleSheet("font-weight: bold; color: #d55e00;" * (stage == self._present))
            self._numbers[stage].text = self._latest.get(stage, "")

    def rest(self) -> None:
        """Mark no step: nothing is being done."""
        self._present = ""
        self.show()

    def clear(self) -> None:
        """Forget the numbers of another run."""
        self._latest.clear()
        self.rest()

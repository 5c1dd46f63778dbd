"""The page where it is chosen how the network is trained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundWidgets.form import Choice, Form, Number
from ELMEDPlaygroundWidgets.section import Section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundWidgets.bench import Bench

LIVE = ("learning_rate", "weight_decay", "batch")
"""What can be changed while the training goes on."""

FIELDS = (
    Choice(
        "optimiser",
        "Optimiser",
        "How gradients become steps: SGD follows them, the others also remember earlier ones.",
        {"adam": "Adam", "sgd": "SGD", "momentum": "SGD with momentum"},
        "adam",
    ),
    Number(
        "learning_rate",
        "Learning rate",
        "The size of a step. It can be changed while the training goes on: too large and the loss "
        "jumps about, too small and nothing happens.",
        1e-6,
        100,
        0.01,
    ),
    Number("batch", "Batch", "How many examples each step looks at.", 1, 4096, 32, True),
    Number(
        "weight_decay",
        "Weight decay",
        "Pulls the weights towards zero in each step, against learning by heart; 0 for none.",
        0,
        1,
        0,
    ),
    Choice(
        "loss",
        "Loss",
        "What is made small: cross-entropy asks for the probability of the right class, the mean "
        "squared error for its distance from 1.",
        {"cross_entropy": "cross-entropy", "squared_error": "mean squared error"},
        "cross_entropy",
    ),
    Number(
        "seed",
        "Seed",
        "Another seed begins with other weights and draws other batches.",
        0,
        999_999,
        0,
        True,
    ),
)

CRITERION = (
    Number("steps", "Steps", "Stop after so many steps; 0 for no limit.", 0, 10_000_000, 0, True),
    Number(
        "accuracy",
        "Test accuracy",
        "Stop as soon as this share of the held-out examples is right; 0 for never.",
        0,
        1,
        0,
    ),
    Number(
        "loss",
        "Training loss",
        "Stop as soon as the loss on the training examples is below this; 0 for never.",
        0,
        100,
        0,
    ),
    Number(
        "patience",
        "Patience",
        "Stop when the test loss has not become better for so many steps; 0 for never.",
        0,
        1_000_000,
        0,
        True,
    ),
)


class SettingsSection(Section):
    """Optimiser, learning rate, batch, weight decay, loss, and when to stop."""

    title = "Training"
    help = "Choose how the network is trained, and when the training stops."

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        self.form = Form(FIELDS, self._changed, bench.troubled)
        self.form.widget.setObjectName("settingsForm")
        layout.addWidget(self.form.widget)
        title = qt.QLabel("<b>Stop when</b> (0: never)")
        title.setToolTip("The training also stops by itself when one of these is reached.")
        layout.addWidget(title)
        self.criterion = Form(CRITERION, self._criterionChanged, bench.troubled)
        self.criterion.widget.setObjectName("criterionForm")
        layout.addWidget(self.criterion.widget)
        layout.addStretch(1)

    def specChanged(self) -> None:
        """Show the chosen settings."""
        settings = self.bench.spec["settings"]
        self.form.show(settings)
        self.criterion.show(settings.get("stop") or {})

    def _changed(self, values: Mapping[str, Any]) -> None:
        before = self.bench.spec["settings"]
        # What was never chosen is as the field shows it: a preset does not say everything.
        known = {**{field.name: field.default for field in FIELDS}, **before}
        changed = {name: value for name, value in values.items() if known[name] != value}
        self.bench.troubled("")
        if changed and set(changed) <= set(LIVE):
            self.bench.changeLive(**changed)
        elif changed:
            self.bench.change(settings={**before, **values})

    def _criterionChanged(self, values: Mapping[str, Any]) -> None:
        self.bench.troubled("")
        self.bench.changeLive(stop={name: value for name, value in values.items() if value})

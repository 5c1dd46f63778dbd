"""The part of the page Generate for points in the plane: what a generator learns, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundWidgets.drawing_row import DrawingRow
from ELMEDPlaygroundWidgets.form import Choice, Form, Number
from ELMEDPlaygroundWidgets.section import Section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundWidgets.bench import Bench

KINDS = {
    "eight-gaussians": "Eight clouds",
    "rings": "Two rings",
    "moons": "Two moons",
    "spiral": "Spiral",
    "drawn": "Drawn by hand",
}
SCHEDULES = {"cosine": "Cosine", "linear": "Linear"}
FEWEST = 4
"""Points that must be drawn."""

FIELDS = (
    Choice("kind", "Points", "What it learns to make more of.", KINDS, "eight-gaussians"),
    Number("neurons", "Neurons", "In each of the three hidden layers.", 4, 256, 64, True),
    Number(
        "levels",
        "Noise levels",
        "In how many steps data become noise, and noise becomes data again.",
        5,
        200,
        50,
        True,
    ),
    Choice(
        "schedule",
        "Noise schedule",
        "How fast the data drown in noise: cosine spares them for longer.",
        SCHEDULES,
        "cosine",
    ),
    Number("learning_rate", "Learning rate", "The size of a step.", 0.000001, 1, 0.004),
    Number("batch", "Batch", "Points in a step.", 1, 2000, 256, True),
    Number("seed", "Seed", "Decides all that chance has a say in.", 0, 999_999, 0, True),
)

HELP = (
    "A <b>diffusion model</b> learns to take noise away from points, and then makes new points out "
    "of noise alone. Begin, and press <b>Run</b>."
)
ON = "On the bench: a diffusion model with {:,} parameters, {:,} points to learn from."
OFF = "On the bench is a network that classifies. Begin, or change something here, to replace it."
TOO_FEW = "Draw at least four points with the mouse."
VIEWS = ("generated", "score-field")


class GeneratePoints(Section):
    """Points, network and noise of a generator."""

    title = "Points in the plane"
    help = "Let a network learn to make new points, where all that happens can be seen."

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._wantsViews = False
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        about = qt.QLabel(HELP)
        about.setWordWrap(True)
        about.setToolTip("What this page is for.")
        layout.addWidget(about)
        self.form = Form(FIELDS, self._changed, bench.troubled)
        self.form.widget.setObjectName("generateForm")
        layout.addWidget(self.form.widget)
        self._addPad(layout)
        row = qt.QHBoxLayout()
        self.beginButton = qt.QPushButton("Begin")
        self.beginButton.setObjectName("generateBeginButton")
        self.beginButton.setToolTip("Lay a generator with these choices on the bench, untrained.")
        self.beginButton.connect("clicked(bool)", self._begin)
        row.addWidget(self.beginButton)
        self.stateLabel = qt.QLabel(OFF)
        self.stateLabel.setObjectName("generateStateLabel")
        self.stateLabel.setWordWrap(True)
        self.stateLabel.setToolTip("What is on the bench now.")
        row.addWidget(self.stateLabel, 1)
        layout.addLayout(row)
        layout.addStretch(1)

    def specChanged(self) -> None:
        """Show the chosen generator, where there is one."""
        spec = self.bench.spec.get("generate")
        if spec:
            self.form.show(spec)
            self.pad.setPoints(spec.get("points") or [])
        self.padRow.visible = self.form.values["kind"] == "drawn"

    def created(self, summary: Mapping[str, Any]) -> None:
        """Say what is on the bench, and show the views of a generator that was begun here."""
        on = bool(summary.get("generates"))
        self.stateLabel.text = ON.format(summary["parameters"], summary["train"]) if on else OFF
        if on and self._wantsViews:
            # After all others have heard of the experiment: the panes must know what suits it.
            qt.QTimer.singleShot(0, lambda: self.bench.views.show(VIEWS))
        self._wantsViews = False

    def _addPad(self, layout: Any) -> None:
        row = DrawingRow(layout, "generate", "mode", self._drawn)
        self.padRow, self.pad, self.modeCombo = row.widget, row.pad, row.combo

    # What the user does

    def _begin(self, *_) -> None:
        self.bench.state = None
        self._wantsViews = True
        self._changed(self.form.values)
        if self.bench.summary is not None and self._isChosen():
            self.bench.reset()

    def _isChosen(self) -> bool:
        return self.bench.spec.get("generate") == self._spec(self.form.values)

    def _spec(self, values: Mapping[str, Any]) -> dict[str, Any]:
        spec = {"model": "diffusion", **values}
        if values["kind"] == "drawn":
            spec["points"] = [list(point) for point in self.pad.points]
        return spec

    def _changed(self, values: Mapping[str, Any]) -> None:
        self.padRow.visible = values["kind"] == "drawn"
        if values["kind"] == "drawn" and len(self.pad.points) < FEWEST:
            self.bench.troubled(TOO_FEW)
            return
        self.bench.troubled("")
        self._wantsViews = self._wantsViews or not self.bench.spec.get("generate")
        self.bench.change(generate=self._spec(values))

    def _drawn(self) -> None:
        self._changed(self.form.values)

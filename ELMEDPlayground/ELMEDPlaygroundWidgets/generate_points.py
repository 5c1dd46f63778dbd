"""The part of the page Generate for points in the plane: which generator, of what, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundWidgets.bench_part import BenchPart
from ELMEDPlaygroundWidgets.drawing_row import DrawingRow
from ELMEDPlaygroundWidgets.form import Form
from ELMEDPlaygroundWidgets.points_models import MODELS
from ELMEDPlaygroundWidgets.views.images_view import offer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundWidgets.bench import Bench
    from ELMEDPlaygroundWidgets.points_models import PointsModel

FEWEST = 4
"""Points that must be drawn."""

SHARED = ("kind", "seed")
"""Are kept when another model is chosen."""

ON = "On the bench: {} with {:,} parameters, {:,} points to learn from."
OTHER = "On the bench is another generator. Begin, or change something here, to replace it."
OFF = "On the bench is a network that classifies. Begin, or change something here, to replace it."
TOO_FEW = "Draw at least four points with the mouse."
OWN = "Own choices"
OWN_HELP = "The fields below are none of the presets."
BEGIN_HELP = "Lay a generator with these choices on the bench, untrained."


class GeneratePoints(BenchPart):
    """Model, points and settings of a generator.

    Attributes:
        modelCombo: which generator.
        presetCombo: choices with a name, where the model has some.
        forms: its fields, by model; the chosen one is `form`.
    """

    title = "Points in the plane"
    help = "Let a network learn to make new points, where all that happens can be seen."

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        self._addModels(layout)
        self.forms = {name: self._addForm(layout, name) for name in MODELS}
        row = DrawingRow(layout, "generate", "mode", self._drawn)
        self.padRow, self.pad, self.modeCombo = row.widget, row.pad, row.combo
        self._addBegin(layout, "generate", BEGIN_HELP, OFF)
        layout.addStretch(1)
        self._showModel()

    @property
    def modelName(self) -> str:
        """The chosen model, as the engine calls it."""
        return str(self.modelCombo.currentData)

    @property
    def model(self) -> PointsModel:
        """The chosen model."""
        return MODELS[self.modelName]

    @property
    def form(self) -> Form:
        """The fields of the chosen model."""
        return self.forms[self.modelName]

    def specChanged(self) -> None:
        """Show the chosen generator, where it is one of points."""
        spec = self.bench.spec.get("generate") or {}
        if spec.get("model") in MODELS:
            wasBlocked = self.modelCombo.blockSignals(True)
            self.modelCombo.setCurrentIndex(self.modelCombo.findData(spec["model"]))
            self.modelCombo.blockSignals(wasBlocked)
            self.form.show(spec)
            if spec.get("kind") == "drawn":  # else what was drawn waits until it is chosen again
                self.pad.setPoints(spec.get("points") or [])
            self._showModel()

    def created(self, summary: Mapping[str, Any]) -> None:
        """Say what is on the bench, and show the views of a generator that was begun here."""
        model = MODELS.get(summary.get("generates") or "")
        if model is not None:
            text = ON.format(model.word, summary["parameters"], summary["train"])
        else:
            text = OTHER if summary.get("generates") else OFF
        self.stateLabel.text = text
        self._showViews(model.views if model is not None else ())

    # Parts

    def _addModels(self, layout: Any) -> None:
        """Add the choice of the model, what it is, and its presets."""
        self.modelCombo = qt.QComboBox()
        self.modelCombo.setObjectName("generateModelCombo")
        self.modelCombo.setToolTip("Which kind of generator learns.")
        for name, model in MODELS.items():
            self.modelCombo.addItem(model.title, name)
        self.modelCombo.connect("currentIndexChanged(int)", self._modelChosen)
        self.presetCombo = qt.QComboBox()
        self.presetCombo.setObjectName("generatePresetCombo")
        self.presetCombo.setToolTip("Choices that show what is worth seeing.")
        self.presetCombo.connect("currentIndexChanged(int)", self._presetChosen)
        row = qt.QHBoxLayout()
        for title, combo in (("Generator:", self.modelCombo), ("Preset:", self.presetCombo)):
            label = qt.QLabel(title)
            label.setToolTip(combo.toolTip)
            row.addWidget(label)
            row.addWidget(combo, 1)
        self.presetLabel = label
        layout.addLayout(row)
        self.aboutLabel = qt.QLabel()
        self.aboutLabel.setObjectName("generateAboutLabel")
        self.aboutLabel.setWordWrap(True)
        self.aboutLabel.setToolTip("What this generator is.")
        layout.addWidget(self.aboutLabel)

    def _addForm(self, layout: Any, name: str) -> Form:
        form = Form(MODELS[name].fields, self._changed, self.bench.troubled)
        form.widget.setObjectName(f"generate{name.capitalize()}Form")
        layout.addWidget(form.widget)
        return form

    def _showModel(self) -> None:
        """Show what belongs to the chosen model alone."""
        model, form = self.model, self.form
        for name, other in self.forms.items():
            other.widget.visible = name == self.modelName
        self.padRow.visible = form.values["kind"] == "drawn"
        place = model.presetOf(form.values) if model.presets else -1
        preset = model.presets[place] if place >= 0 else None
        self.aboutLabel.text = f"{model.about} {preset.help if preset else ''}".strip()
        self.presetCombo.visible = self.presetLabel.visible = bool(model.presets)
        entries = [(entry.title, number) for number, entry in enumerate(model.presets)]
        wasBlocked = self.presetCombo.blockSignals(True)
        offer(self.presetCombo, [(OWN, -1), *entries])
        self.presetCombo.setItemData(0, OWN_HELP, qt.Qt.ToolTipRole)
        for number, entry in enumerate(model.presets):
            self.presetCombo.setItemData(number + 1, entry.help, qt.Qt.ToolTipRole)
        self.presetCombo.setCurrentIndex(place + 1)
        self.presetCombo.blockSignals(wasBlocked)

    # What the user does

    def _spec(self, values: Mapping[str, Any]) -> dict[str, Any]:
        spec = {"model": self.modelName, **values}
        if values["kind"] == "drawn":
            spec["points"] = [list(point) for point in self.pad.points]
        return spec

    def _modelChosen(self, *_) -> None:
        """Show the fields of another model; points and seed stay as they are."""
        before = (self.bench.spec.get("generate") or {}).get("model")
        if before in self.forms:
            kept = {name: self.forms[before].values[name] for name in SHARED}
            self.form.show({**self.form.values, **kept})
        self._wantsViews = True
        self._changed(self.form.values)

    def _presetChosen(self, *_) -> None:
        place = self.presetCombo.currentData
        if place is not None and place >= 0:
            values = {**self.form.values, **self.model.presets[place].values}
            self.form.show(values)
            # What a preset shows is shown from the beginning, also where it could go on from here.
            self._changed(values, anew=True)

    def _changed(self, values: Mapping[str, Any], *, anew: bool = False) -> None:
        self._showModel()
        if values["kind"] == "drawn" and len(self.pad.points) < FEWEST:
            self.bench.troubled(TOO_FEW)
            return
        self.bench.troubled("")
        before = (self.bench.spec.get("generate") or {}).get("model")
        self._wantsViews = self._wantsViews or before not in MODELS
        self._lay(values, anew=anew)

    def _drawn(self) -> None:
        self._changed(self.form.values)

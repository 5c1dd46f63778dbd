"""The page where the network is built by clicking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundWidgets.form import Form
from ELMEDPlaygroundWidgets.layer_kinds import BY_KIND, LAYER_KINDS
from ELMEDPlaygroundWidgets.network_drawing import Column, NetworkDrawing
from ELMEDPlaygroundWidgets.section import Section
from ELMEDPlaygroundWidgets.starting_point import presetSpec, presetTitles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundWidgets.bench import Bench

IMAGE_SIDES = 3


class NetworkSection(Section):
    """The drawing, buttons for layers, and the fields of the chosen one."""

    title = "Network"
    help = "Build the network: add layers, click on one to change it."

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.chosen = 0
        self._summary: Mapping[str, Any] | None = None
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        layout.addLayout(self._presetRow())
        self.drawing = NetworkDrawing(self._choose)
        self.drawing.setObjectName("networkDrawing")
        self.drawing.setToolTip(
            "The network: shapes of what each layer gives, and how many parameters it has. "
            "Click on a layer to change it."
        )
        layout.addWidget(self.drawing)
        layout.addLayout(self._addRow())
        layout.addLayout(self._layerRow())
        self.forms = {entry.kind: self._addForm(layout, entry) for entry in LAYER_KINDS}
        layout.addStretch(1)

    @property
    def layers(self) -> list[dict[str, Any]]:
        """The layers that can be changed, in order."""
        return [dict(layer) for layer in self.bench.spec["network"].get("layers") or []]

    def specChanged(self) -> None:
        """Show the network; its shapes come with the experiment, and stay as long as it does."""
        self._summary = self.bench.summary
        self.chosen = max(min(self.chosen, len(self.layers) - 1), 0)
        self._show()

    def created(self, summary: Mapping[str, Any]) -> None:
        """Show shapes and parameter counts."""
        self._summary = summary
        self._show()

    # Parts

    def _presetRow(self) -> Any:
        row = qt.QHBoxLayout()
        self.presetCombo = qt.QComboBox()
        self.presetCombo.setObjectName("networkPresetComboBox")
        self.presetCombo.setToolTip("Networks to begin with; each brings data that suit it.")
        self.presetCombo.addItem("Choose a preset...", "")
        for name, title in presetTitles().items():
            self.presetCombo.addItem(title, name)
        self.presetCombo.connect("activated(int)", self._presetChosen)
        row.addWidget(self.presetCombo, 1)
        self.totalLabel = qt.QLabel()
        self.totalLabel.setObjectName("networkTotalLabel")
        self.totalLabel.setToolTip("How many numbers training can change.")
        row.addWidget(self.totalLabel)
        return row

    def _addRow(self) -> Any:
        row = qt.QHBoxLayout()
        label = qt.QLabel("Add:")
        label.setToolTip("A new layer comes after the chosen one.")
        row.addWidget(label)
        self.addButtons = {}
        for entry in LAYER_KINDS:
            button = self._button(f"add_{entry.kind}", entry.title, entry.help)
            button.connect("clicked(bool)", lambda *_, kind=entry.kind: self._add(kind))
            self.addButtons[entry.kind] = button
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _layerRow(self) -> Any:
        row = qt.QHBoxLayout()
        self.layerLabel = qt.QLabel()
        self.layerLabel.setObjectName("layerLabel")
        self.layerLabel.setToolTip("The layer that is being changed.")
        row.addWidget(self.layerLabel, 1)
        for name, text, help_, handler in (
            ("layerEarlier", "Earlier", "Move the layer towards the input.", self._earlier),
            ("layerLater", "Later", "Move the layer towards the output.", self._later),
            ("layerRemove", "Remove", "Take the layer out.", self._remove),
        ):
            button = self._button(name, text, help_)
            button.connect("clicked(bool)", handler)
            row.addWidget(button)
            setattr(self, f"{name}Button", button)
        return row

    @staticmethod
    def _button(name: str, text: str, help_: str) -> Any:
        button = qt.QToolButton()
        button.setObjectName(f"{name}Button")
        button.setText(text)
        button.setToolTip(help_)
        return button

    def _addForm(self, layout: Any, entry: Any) -> Form:
        form = Form(entry.fields, self._layerChanged, self.bench.troubled, columns=3)
        form.widget.setObjectName(f"{entry.kind}LayerForm")
        layout.addWidget(form.widget)
        return form

    # What is shown

    def _show(self) -> None:
        layers = self.layers
        self.drawing.show(self._columns(), self.chosen if layers else None)
        kind = layers[self.chosen]["kind"] if layers else ""
        for name, form in self.forms.items():
            form.widget.visible = name == kind
        if kind in self.forms:
            self.forms[kind].show(layers[self.chosen])
        entry = BY_KIND.get(kind)
        self.layerLabel.text = (
            f"Layer {self.chosen + 1}: <b>{entry.title}</b>" if entry else "No hidden layer."
        )
        self.layerLabel.setToolTip(entry.help if entry else "Add a layer.")
        self.layerEarlierButton.enabled = self.chosen > 0
        self.layerLaterButton.enabled = self.chosen < len(layers) - 1
        self.layerRemoveButton.enabled = bool(layers)
        summary = self._classifier()
        images = summary is None or len(summary["input_shape"]) == IMAGE_SIDES
        for entry in LAYER_KINDS:
            self.addButtons[entry.kind].enabled = images or not entry.images
        total = sum(layer["parameters"] for layer in summary["layers"]) if summary else None
        self.totalLabel.text = "" if total is None else f"<b>{total:,}</b> parameters"

    def _classifier(self) -> dict[str, Any] | None:
        """Return the summary of the network that these layers are of; None for a generator's."""
        return None if self._summary and self._summary.get("generates") else self._summary

    def _columns(self) -> list[Column]:
        summary = self._classifier()
        if summary is None:
            return [
                Column(layer["kind"], BY_KIND[layer["kind"]].title, place=number)
                for number, layer in enumerate(self.layers)
                if layer["kind"] in BY_KIND
            ]
        columns = [Column("input", "Input", tuple(summary["input_shape"]))]
        entries = summary["layers"]
        place = 0
        for number, layer in enumerate(entries):
            kind, shape = layer["kind"], tuple(layer["shape"])
            last = number == len(entries) - 1
            changeable = not last and kind in BY_KIND
            title = "Output" if last else BY_KIND[kind].title if changeable else kind.capitalize()
            columns.append(
                Column(
                    "output" if last else kind,
                    title,
                    shape,
                    layer["parameters"],
                    place if changeable else None,
                )
            )
            place += changeable
        return columns

    # What the user does

    def _choose(self, place: int) -> None:
        self.chosen = place
        self._show()

    def _use(self, layers: list[dict[str, Any]]) -> None:
        self.bench.troubled("")
        self.bench.change(network={**self.bench.spec["network"], "layers": layers})

    def _add(self, kind: str) -> None:
        layers = self.layers
        place = min(self.chosen + 1, len(layers))
        layers.insert(place, BY_KIND[kind].new())
        self.chosen = place
        self._use(layers)

    def _move(self, by: int) -> None:
        layers = self.layers
        target = self.chosen + by
        layers[self.chosen], layers[target] = layers[target], layers[self.chosen]
        self.chosen = target
        self._use(layers)

    def _earlier(self, *_) -> None:
        self._move(-1)

    def _later(self, *_) -> None:
        self._move(1)

    def _remove(self, *_) -> None:
        layers = self.layers
        del layers[self.chosen]
        self._use(layers)

    def _layerChanged(self, values: Mapping[str, Any]) -> None:
        layers = self.layers
        layers[self.chosen] = {**layers[self.chosen], **values}
        self._use(layers)

    def _presetChosen(self, *_) -> None:
        name = self.presetCombo.currentData
        if name:
            self.chosen = 0
            self.bench.change(**presetSpec(name))
        self.presetCombo.setCurrentIndex(0)

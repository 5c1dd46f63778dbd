"""The panel's section 'Settings in detail': every choice, and the parameter file it stands for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt
import slicer

from ELMEDLib.bridge.sections import LazySection
from ELMEDLib.errors import ELMEDError, MissingPackageError
from ELMEDRadiomicsLib import settings_edits as edits
from ELMEDRadiomicsLib.names import IMAGE_TYPES
from ELMEDRadiomicsLib.settings import Settings, from_parameters
from ELMEDRadiomicsLib.settings_files import settings_text, write_settings
from ELMEDRadiomicsLib.settings_schema import INTERPOLATORS
from ELMEDRadiomicsWidgets.check_list import CheckList
from ELMEDRadiomicsWidgets.features_tree import FeaturesTree

if TYPE_CHECKING:
    from collections.abc import Callable

    from ELMEDRadiomicsWidgets.settings_choice import SettingsChoice

UI_FILE = Path(__file__).resolve().parent.parent / "Resources" / "UI" / "ELMEDRadiomicsSettings.ui"

WIDTH, COUNT = "width", "count"
BINS = {WIDTH: "of a fixed width", COUNT: "a fixed number"}
BINS_AT_FIRST = {WIDTH: 25.0, COUNT: 32}
SPACING_AT_FIRST = [1.0, 1.0, 1.0]
COMPUTABLE = tuple(name for name in IMAGE_TYPES if name != "LBP3D")
"""LBP3D is refused by the engine."""

FILTER_HELP = {"Original": "The volume as it is."}


class SettingsDetails(LazySection):
    """Every choice of the settings, and the parameter file that they stand for."""

    uiFile = UI_FILE

    def __init__(self, section: Any, choice: SettingsChoice) -> None:
        """Prepare the section; `section` is the empty `ctkCollapsibleButton`."""
        super().__init__(section)
        self._choice = choice

    def built(self) -> None:
        """Connect the widgets."""
        ui = self.ui
        self._tree = FeaturesTree(
            ui.featuresTreeWidget,
            ui.featureSearchBox,
            lambda choice: self._edit(edits.with_features, choice),
        )
        self._filters = CheckList(ui.filtersListWidget, self._filtersChecked)
        for key, text in BINS.items():
            ui.binsComboBox.addItem(text, key)
        for name in INTERPOLATORS:
            ui.interpolatorComboBox.addItem(name.removeprefix("sitk"), name)
        self._connect()
        self.show()

    def _connect(self) -> None:
        ui = self.ui
        ui.logWidthsLineEdit.connect("editingFinished()", self._widthsTyped)
        ui.binsComboBox.connect("currentIndexChanged(int)", self._binsChosen)
        ui.binsSpinBox.connect("valueChanged(double)", self._binsTyped)
        ui.normaliseCheckBox.connect("toggled(bool)", self._normaliseToggled)
        ui.normaliseScaleSpinBox.connect(
            "valueChanged(double)", lambda value: self._set(normalizeScale=value)
        )
        ui.resampleCheckBox.connect("toggled(bool)", self._resampleToggled)
        for box in self._spacings():
            box.connect("valueChanged(double)", self._spacingTyped)
        ui.interpolatorComboBox.connect(
            "currentIndexChanged(int)",
            lambda *_: self._set(interpolator=ui.interpolatorComboBox.currentData),
        )
        ui.settingsCopyButton.connect("clicked(bool)", self._copy)
        ui.settingsSaveButton.connect("clicked(bool)", self._save)
        ui.settingsResetButton.connect("clicked(bool)", lambda *_: self._choice.undo())

    # What is shown

    def show(self) -> None:
        """Show the settings as they are now."""
        ui = self.ui
        settings = self._choice.current() if ui is not None else None
        if ui is None:
            return
        ui.settingsWidget.enabled = settings is not None
        ui.settingsResetButton.enabled = self._choice.changed
        for button in (ui.settingsCopyButton, ui.settingsSaveButton):
            button.enabled = settings is not None
        if settings is None:
            self._say(self._choice.problem())
            ui.settingsTextEdit.setPlainText("")
            return
        self._say("")
        self._showValues(settings)
        text = parameterText(settings)
        if ui.settingsTextEdit.plainText != text:  # else it would scroll to the top
            ui.settingsTextEdit.setPlainText(text)

    def _showValues(self, settings: Settings) -> None:
        ui, general = self.ui, settings.general
        widgets = [ui.binsComboBox, ui.binsSpinBox, ui.normaliseCheckBox, ui.normaliseScaleSpinBox]
        widgets += [ui.resampleCheckBox, ui.interpolatorComboBox, *self._spacings()]
        for widget in widgets:
            widget.blockSignals(True)
        self._tree.show(settings.feature_classes)
        types = settings.image_types
        self._filters.show(
            (name, name, FILTER_HELP.get(name, f"Also of the volume after the filter {name}."), on)
            for name, on in ((name, name in types) for name in COMPUTABLE)
        )
        ui.logWidthsLineEdit.text = ", ".join(
            f"{width:g}" for width in edits.log_widths(settings.parameters)
        )
        ui.logWidthsLineEdit.visible = ui.logWidthsLineEditLabel.visible = "LoG" in types
        counted = general["binCount"] is not None
        ui.binsComboBox.setCurrentIndex(ui.binsComboBox.findData(COUNT if counted else WIDTH))
        ui.binsSpinBox.decimals = 0 if counted else 4
        ui.binsSpinBox.setValue(general["binCount"] if counted else general["binWidth"])
        ui.normaliseCheckBox.setChecked(general["normalize"])
        ui.normaliseScaleSpinBox.setValue(general["normalizeScale"])
        ui.normaliseScaleSpinBox.enabled = general["normalize"]
        spacing = general["resampledPixelSpacing"]
        ui.resampleCheckBox.setChecked(spacing is not None)
        for box, value in zip(self._spacings(), spacing or SPACING_AT_FIRST, strict=False):
            box.setValue(value)
            box.enabled = spacing is not None
        row = ui.interpolatorComboBox.findData(general["interpolator"])
        ui.interpolatorComboBox.setCurrentIndex(row)
        ui.interpolatorComboBox.enabled = spacing is not None
        for widget in widgets:
            widget.blockSignals(False)

    def _spacings(self) -> tuple[Any, ...]:
        ui = self.ui
        return ui.resampleXSpinBox, ui.resampleYSpinBox, ui.resampleZSpinBox

    def _say(self, sentence: str) -> None:
        self.ui.settingsMessageLabel.text = sentence
        self.ui.settingsMessageLabel.visible = bool(sentence)

    # Changes

    def _edit(self, change: Callable[..., dict[str, Any]], *values: Any, **named: Any) -> None:
        """Make a change; one that is not allowed is said and not made."""
        settings = self._choice.current()
        if settings is None:
            return
        try:
            changed = from_parameters(change(settings.parameters, *values, **named))
        except ELMEDError as error:
            self.show()
            self._say(str(error))
            return
        self._choice.change(changed)

    def _set(self, **values: Any) -> None:
        self._edit(edits.with_settings, **values)

    def _filtersChecked(self) -> None:
        self._edit(edits.with_image_types, self._filters.checked)

    def _widthsTyped(self) -> None:
        settings, text = self._choice.current(), self.ui.logWidthsLineEdit.text
        try:
            widths = [float(word) for word in text.replace(",", " ").split()]
        except ValueError:
            self.show()
            self._say("Widths are numbers in mm with commas between them, such as 1, 2, 3.")
            return
        if widths and settings and widths != edits.log_widths(settings.parameters):
            self._edit(edits.with_log_widths, widths)

    def _binsChosen(self, *_) -> None:
        kind = self.ui.binsComboBox.currentData
        self._bins(kind, BINS_AT_FIRST[kind])

    def _binsTyped(self, value: float) -> None:
        self._bins(self.ui.binsComboBox.currentData, value)

    def _bins(self, kind: str, value: float) -> None:
        count = round(value) if kind == COUNT else None
        self._edit(edits.with_bins, None if kind == COUNT else value, count)

    def _normaliseToggled(self, on: bool) -> None:
        self._set(normalize=bool(on))

    def _resampleToggled(self, on: bool) -> None:
        self._set(resampledPixelSpacing=list(SPACING_AT_FIRST) if on else None)

    def _spacingTyped(self, *_) -> None:
        self._set(resampledPixelSpacing=[float(box.value) for box in self._spacings()])

    # The parameter file

    def _copy(self, *_) -> None:
        slicer.app.clipboard().setText(self.ui.settingsTextEdit.plainText)

    def _save(self, *_) -> None:
        dialog = qt.QFileDialog()
        dialog.setWindowTitle("Save the parameter file")
        dialog.setAcceptMode(qt.QFileDialog.AcceptSave)
        dialog.setNameFilter("YAML (*.yaml);;JSON (*.json)")
        dialog.setDefaultSuffix("yaml")
        dialog.selectFile("parameters.yaml")
        if not dialog.exec_():
            return
        with slicer.util.tryWithErrorDisplay("The settings were not saved.", waitCursor=True):
            write_settings(self._choice.current(), dialog.selectedFiles()[0])


def parameterText(settings: Settings) -> str:
    """Return the parameter file's text: YAML, or JSON where PyYAML is not installed."""
    try:
        return settings_text(settings, as_json=False)
    except MissingPackageError:
        return settings_text(settings, as_json=True)

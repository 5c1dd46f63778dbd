"""The choice of settings: a preset, or a parameter file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ELMEDLib.errors import ELMEDError, MissingPackageError
from ELMEDRadiomicsLib.presets import PRESETS, preset
from ELMEDRadiomicsLib.settings_files import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    from ELMEDRadiomicsWidgets.parameters import ELMEDRadiomicsParameterNode

FROM_FILE = ""
"""The preset's name when a parameter file says what is computed."""


class SettingsChoice:
    """The combo box of presets and the line of the parameter file."""

    def __init__(self, ui: SimpleNamespace, onChange: Callable[[], None]) -> None:
        self._ui = ui
        self._onChange = onChange
        self._parameters: ELMEDRadiomicsParameterNode | None = None
        for entry in PRESETS:
            ui.presetComboBox.addItem(entry.title, entry.name)
        ui.presetComboBox.addItem("From a parameter file", FROM_FILE)
        ui.presetComboBox.connect("currentIndexChanged(int)", self._presetChosen)
        ui.parameterFilePathLineEdit.connect("currentPathChanged(QString)", self._fileChosen)

    def show(self, parameters: ELMEDRadiomicsParameterNode | None) -> None:
        """Show what the parameters say."""
        self._parameters = parameters
        if parameters is None:
            return
        combo, line = self._ui.presetComboBox, self._ui.parameterFilePathLineEdit
        for widget in (combo, line):
            widget.blockSignals(True)
        combo.setCurrentIndex(max(combo.findData(parameters.preset), 0))
        if line.currentPath != parameters.parameterFile:  # else the cursor would jump
            line.currentPath = parameters.parameterFile
        for widget in (combo, line):
            widget.blockSignals(False)
        fromFile = parameters.preset == FROM_FILE
        line.visible = fromFile
        self._ui.parameterFilePathLineEditLabel.visible = fromFile
        known = {entry.name: entry.description for entry in PRESETS}
        self._ui.presetDescriptionLabel.text = known.get(
            parameters.preset, "What the file says, as pyradiomics reads it."
        )

    def problem(self) -> str:
        """Return what is wrong with the parameter file, "" when nothing is."""
        parameters = self._parameters
        if parameters is None or parameters.preset != FROM_FILE:
            return ""
        if not parameters.parameterFile.strip("."):
            return "Choose a parameter file."
        try:
            read_settings(Path(parameters.parameterFile))
        except MissingPackageError:
            return ""  # offered when Apply is pressed
        except ELMEDError as error:
            return str(error)
        return ""

    def filters(self) -> set[str]:
        """Return the image types that are asked for."""
        parameters = self._parameters
        if parameters.preset != FROM_FILE:
            return set(preset(parameters.preset).settings().image_types)
        return set(read_settings(Path(parameters.parameterFile)).image_types)

    def _presetChosen(self, *_) -> None:
        if self._parameters is not None:
            self._parameters.preset = self._ui.presetComboBox.currentData
            self._onChange()

    def _fileChosen(self, path: str) -> None:
        if self._parameters is not None:
            self._parameters.parameterFile = path
            self._onChange()

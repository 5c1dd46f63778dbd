"""The choice of settings: a preset, a parameter file, or either with changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import ELMEDError, MissingPackageError
from ELMEDRadiomicsLib.presets import PRESETS, preset
from ELMEDRadiomicsLib.settings_files import parse_settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    from ELMEDRadiomicsLib.settings import Settings
    from ELMEDRadiomicsWidgets.parameters import ELMEDRadiomicsParameterNode

FROM_FILE = ""
"""The preset's name when a parameter file says what is computed."""

CHANGED = "Changed below."


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
        text = known.get(parameters.preset, "What the file says, as pyradiomics reads it.")
        self._ui.presetDescriptionLabel.text = f"{text} {CHANGED}" if self.changed else text

    def problem(self) -> str:
        """Return what is wrong with the parameter file, "" when nothing is."""
        parameters = self._parameters
        if parameters is None or parameters.preset != FROM_FILE or self.changed:
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
        return set(self._read().image_types)

    @property
    def changed(self) -> bool:
        """Whether the settings differ from the preset or the file that they were taken from."""
        return self._parameters is not None and bool(self._parameters.changedSettings)

    @property
    def profile(self) -> str | None:
        """The preset's profile, which changes leave as it is; None for files."""
        name = self._parameters.preset
        return None if name == FROM_FILE else preset(name).profile

    def current(self) -> Settings | None:
        """Return the settings, None where the file cannot be read."""
        if self._parameters is None:
            return None
        try:
            return self._read()
        except ELMEDError:
            return None

    def content(self) -> dict[str, Any] | None:
        """Return the parameter file's content when it was changed here, else None."""
        return json.loads(self._parameters.changedSettings) if self.changed else None

    def change(self, settings: Settings) -> None:
        """Use other settings from now on."""
        self._parameters.changedSettings = json.dumps(dict(settings.parameters))
        self._onChange()

    def undo(self) -> None:
        """Use the preset or the file as it is."""
        self._parameters.changedSettings = ""
        self._onChange()

    def _read(self) -> Settings:
        parameters = self._parameters
        if self.changed:
            return parse_settings(parameters.changedSettings)
        if parameters.preset != FROM_FILE:
            return preset(parameters.preset).settings()
        return read_settings(Path(parameters.parameterFile))

    def _presetChosen(self, *_) -> None:
        if self._parameters is not None:
            self._parameters.changedSettings = ""
            self._parameters.preset = self._ui.presetComboBox.currentData
            self._onChange()

    def _fileChosen(self, path: str) -> None:
        if self._parameters is not None:
            self._parameters.changedSettings = ""
            self._parameters.parameterFile = path
            self._onChange()

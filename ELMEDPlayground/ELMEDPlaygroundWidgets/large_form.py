"""The choices for a large model: what it makes, where it comes from, and what is asked of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ctk
import qt

from ELMEDPlaygroundLib.large.kinds import KINDS
from ELMEDPlaygroundWidgets.buttons import pushButton

if TYPE_CHECKING:
    from collections.abc import Callable

BUNDLED, FOLDER, HUB = "bundled", "folder", "hub"
SOURCES = {BUNDLED: "Bundled", FOLDER: "A folder on this computer", HUB: "The hub"}
PROMPTS = {"image": "an axial slice of a brain", "text": "The scan shows", "dictation": ""}
LENGTHS = {"image": ("Steps:", 25, 200), "text": ("Tokens:", 60, 1000)}
"""By kind: title, usual value and most of what the work is counted in."""


class LargeForm:
    """Rows of choices; what is chosen is read from its properties."""

    def __init__(
        self,
        onLook: Callable[..., None],
        onDownload: Callable[..., None],
        onRun: Callable[..., None],
        onChosen: Callable[[], None],
    ) -> None:
        """Build the rows.

        Args:
            onLook: called when the model is to be looked at.
            onDownload: when it is to be downloaded.
            onRun: when it is to be run.
            onChosen: when another model is chosen.
        """
        self._onChosen: Callable[[], None] = lambda: None
        self.widget = qt.QWidget()
        self._rows = qt.QFormLayout(self.widget)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._addModel(onLook, onDownload)
        self._addQuestion(onRun)
        self._showKind()
        self._onChosen = onChosen

    @property
    def kind(self) -> str:
        """The name of the chosen kind of model."""
        return self.kindCombo.currentData

    @property
    def source(self) -> str:
        """Where the model comes from."""
        return self.sourceCombo.currentData

    @property
    def folder(self) -> str:
        """The chosen folder."""
        return self.pathEdit.currentPath

    @property
    def model(self) -> str:
        """The chosen model of the hub."""
        return self.modelEdit.text.strip()

    @property
    def prompt(self) -> str:
        """The words to begin with."""
        return self.promptEdit.text

    def values(self) -> dict[str, Any]:
        """Return what the engine is asked for: `prompt`, `recording`, `length`, `seed`."""
        return {
            "prompt": self.prompt,
            "recording": self.recordingEdit.currentPath,
            "length": self.lengthSpinBox.value,
            "seed": self.seedSpinBox.value,
        }

    def say(self, text: str) -> None:
        """Show what is known of the model."""
        self.factsLabel.text = text

    def allow(self, look: bool, download: bool, run: bool) -> None:
        """Enable what makes sense now."""
        self.lookButton.enabled = look
        self.downloadButton.enabled = download
        self.runButton.enabled = run

    # Parts

    def _addModel(self, onLook: Callable[..., None], onDownload: Callable[..., None]) -> None:
        self.kindCombo = _combo("largeKindComboBox", "What the model makes.")
        for kind in KINDS.values():
            self.kindCombo.addItem(kind.title, kind.name)
        self._row("Kind:", self.kindCombo)
        self.sourceCombo = _combo("largeSourceComboBox", "Where the model comes from.")
        for name, title in SOURCES.items():
            self.sourceCombo.addItem(title, name)
        self._row("Model from:", self.sourceCombo)
        self.pathEdit = ctk.ctkPathLineEdit()
        self.pathEdit.setObjectName("largePathLineEdit")
        self.pathEdit.filters = ctk.ctkPathLineEdit.Dirs
        self.pathEdit.setToolTip(
            "The folder of a model in the format of diffusers or transformers, with weights in "
            "safetensors files. Others are refused: they can carry code."
        )
        self._folderRow = self._row("Folder:", self.pathEdit)
        self.modelEdit = qt.QLineEdit()
        self.modelEdit.setObjectName("largeModelLineEdit")
        self.modelEdit.setToolTip("The model's name on the hub, as owner/model.")
        self._modelRow = self._row("Name:", self.modelEdit)
        self.lookButton = pushButton(
            "largeLookButton", "Look", "Show size, licence and memory; nothing is loaded.", onLook
        )
        self.downloadButton = pushButton(
            "largeDownloadButton",
            "Download",
            "Download the model from the hub, after asking you.",
            onDownload,
        )
        row = qt.QHBoxLayout()
        row.addWidget(self.lookButton)
        row.addWidget(self.downloadButton)
        row.addStretch(1)
        self._rows.addRow("", row)
        self.factsLabel = qt.QLabel()
        self.factsLabel.setObjectName("largeFactsLabel")
        self.factsLabel.setWordWrap(True)
        self.factsLabel.setToolTip("What is known of the model before it is loaded.")
        self._rows.addRow(self.factsLabel)
        self.kindCombo.connect("currentIndexChanged(int)", self._showKind)
        self.sourceCombo.connect("currentIndexChanged(int)", self._show)
        self.pathEdit.connect("currentPathChanged(QString)", self._changed)
        self.modelEdit.connect("textChanged(QString)", self._changed)

    def _addQuestion(self, onRun: Callable[..., None]) -> None:
        self.promptEdit = qt.QLineEdit()
        self.promptEdit.setObjectName("largePromptLineEdit")
        self.promptEdit.setToolTip("What is to be seen, or how the text begins. No patient's data.")
        self._promptRow = self._row("Words:", self.promptEdit)
        self.recordingEdit = ctk.ctkPathLineEdit()
        self.recordingEdit.setObjectName("largeRecordingLineEdit")
        self.recordingEdit.filters = ctk.ctkPathLineEdit.Files
        self.recordingEdit.nameFilters = ["WAV files (*.wav)"]
        self.recordingEdit.setToolTip("A WAV file of up to a minute.")
        self._recordingRow = self._row("Recording:", self.recordingEdit)
        row = qt.QHBoxLayout()
        self.lengthLabel = qt.QLabel()
        self.lengthSpinBox = qt.QSpinBox()
        self.lengthSpinBox.setObjectName("largeLengthSpinBox")
        self.lengthSpinBox.setToolTip("How many steps take the noise away, or tokens are added.")
        self.lengthLabel.setToolTip(self.lengthSpinBox.toolTip)
        self.seedLabel = qt.QLabel("Seed:")
        self.seedSpinBox = qt.QSpinBox()
        self.seedSpinBox.setObjectName("largeSeedSpinBox")
        self.seedSpinBox.setRange(0, 999_999)
        self.seedSpinBox.setToolTip("Decides what chance does: the same seed, the same result.")
        self.seedLabel.setToolTip(self.seedSpinBox.toolTip)
        self.runButton = pushButton(
            "largeRunButton", "Generate", "Load the model and run it.", onRun
        )
        for part in (self.lengthLabel, self.lengthSpinBox, self.seedLabel, self.seedSpinBox):
            row.addWidget(part)
        row.addWidget(self.runButton, 1)
        self._rows.addRow(row)

    def _row(self, title: str, control: Any) -> tuple[Any, Any]:
        label = qt.QLabel(title)
        label.setToolTip(control.toolTip)
        self._rows.addRow(label, control)
        return label, control

    # What is shown

    def _showKind(self, *_) -> None:
        """Begin with what is usual for the chosen kind."""
        if self.kind in LENGTHS:
            title, usual, most = LENGTHS[self.kind]
            self.lengthLabel.text = title
            self.lengthSpinBox.setRange(1, most)
            self.lengthSpinBox.setValue(usual)
        self.promptEdit.setText(PROMPTS[self.kind])
        self.modelEdit.setPlaceholderText(KINDS[self.kind].example)
        self._show()

    def _show(self, *_) -> None:
        """Show the rows that the chosen kind and source need."""
        speaks = self.kind == "dictation"
        for row, shown in (
            (self._folderRow, self.source == FOLDER),
            (self._modelRow, self.source == HUB),
            (self._promptRow, not speaks),
            (self._recordingRow, speaks),
            ((self.lengthLabel, self.lengthSpinBox), not speaks),
            ((self.seedLabel, self.seedSpinBox), not speaks),
        ):
            for part in row:
                part.visible = shown
        self.downloadButton.visible = self.source == HUB
        self.lookButton.visible = self.source != BUNDLED
        self._onChosen()

    def _changed(self, *_) -> None:
        self._onChosen()


def _combo(name: str, help: str) -> Any:  # noqa: A002 - what it is
    combo = qt.QComboBox()
    combo.setObjectName(name)
    combo.setToolTip(help)
    return combo

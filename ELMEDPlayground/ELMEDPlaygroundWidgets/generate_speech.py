"""The part of the page Generate for speech: a spoken command is recognised and carried out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import ctk
import qt
from slicer.i18n import translate

from ELMEDLib.bridge.packages import ensurePackages
from ELMEDLib.environment import SPEECH
from ELMEDLib.errors import ELMEDError
from ELMEDPlaygroundLib.speech.commands import COMMANDS, SPOKEN
from ELMEDPlaygroundWidgets.buttons import pushButton
from ELMEDPlaygroundWidgets.speech_actions import carryOut
from ELMEDPlaygroundWidgets.work_part import WorkPart

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundWidgets.bench import Bench

TITLE = "ELMED Playground"

HELP = (
    "<b>Say a command.</b> The recogniser knows the sentences below and no other: a grammar of "
    "commands, not dictation. What fits none of them is refused. Nothing leaves this computer."
)
NOTHING = "Nothing was heard yet. Choose a recording, or press Listen and speak."
HEARD = "Heard: <b>{}</b> · confidence {:.0f} %"
REFUSED = "<b>Refused.</b> {} · confidence {:.0f} %"
DONE = " · carried out"
LISTENING_S = 4
CONTEXT = "speech.commands"
"""In which the list's texts are translated."""
ROWS_SHOWN = 6


class GenerateSpeech(WorkPart):
    """A recording or the microphone, what was heard, and the list of commands."""

    title = "Speech"
    help = "Steer the playground and Slicer's views with spoken commands."

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "speech", HELP)
        layout = self.layout
        self._addSources(layout)
        self._addResult(layout)
        layout.addWidget(self.work.widget)
        self._addTable(layout)
        layout.addStretch(1)
        self.work.controls = (self.sources,)
        self._fileChosen()

    # Parts

    def _addSources(self, layout: Any) -> None:
        self.sources = qt.QWidget()
        rows = qt.QVBoxLayout(self.sources)
        rows.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.sources)
        row = qt.QHBoxLayout()
        label = qt.QLabel("Recording:")
        self.pathEdit = ctk.ctkPathLineEdit()
        self.pathEdit.setObjectName("speechPathLineEdit")
        self.pathEdit.filters = ctk.ctkPathLineEdit.Files
        self.pathEdit.nameFilters = ["WAV files (*.wav)"]
        self.pathEdit.setToolTip("A WAV file in which a command is said: any rate, any width.")
        label.setToolTip(self.pathEdit.toolTip)
        self.pathEdit.connect("currentPathChanged(QString)", self._fileChosen)
        self.fileButton = pushButton(
            "speechFileButton", "Recognise", "Recognise the command in the recording.", self._file
        )
        row.addWidget(label)
        row.addWidget(self.pathEdit, 1)
        row.addWidget(self.fileButton)
        rows.addLayout(row)
        row = qt.QHBoxLayout()
        self.microphoneButton = pushButton(
            "speechMicrophoneButton",
            f"Listen for {LISTENING_S} seconds",
            "Record this computer's microphone, and recognise the command. Nothing is kept.",
            self._microphone,
        )
        row.addWidget(self.microphoneButton)
        self.carryOutCheckBox = qt.QCheckBox("Carry out")
        self.carryOutCheckBox.setObjectName("speechCarryOutCheckBox")
        self.carryOutCheckBox.setToolTip(
            "Do what the recognised command says. Without it, it is shown and nothing else."
        )
        self.carryOutCheckBox.setChecked(True)
        row.addWidget(self.carryOutCheckBox)
        row.addStretch(1)
        rows.addLayout(row)

    def _addResult(self, layout: Any) -> None:
        self.heardLabel = qt.QLabel(NOTHING)
        self.heardLabel.setObjectName("speechHeardLabel")
        self.heardLabel.setWordWrap(True)
        self.heardLabel.setToolTip(
            "The command that was recognised, and how sure that is: from 50 % on it counts. The "
            "rest is refused, because it fits any other speech sounds much better."
        )
        layout.addWidget(self.heardLabel)

    def _addTable(self, layout: Any) -> None:
        self.table = qt.QTableWidget(len(COMMANDS), 2)
        self.table.setObjectName("speechCommandsTable")
        self.table.setToolTip("What can be said, and what happens then. [ ] may be left out.")
        self.table.setHorizontalHeaderLabels(["Say", "What happens"])
        self.table.verticalHeader().setVisible(False)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.setEditTriggers(qt.QAbstractItemView.NoEditTriggers)
        self.table.setSelectionBehavior(qt.QAbstractItemView.SelectRows)
        for row, command in enumerate(COMMANDS):
            self.table.setItem(row, 0, qt.QTableWidgetItem(command.phrase))
            self.table.setItem(row, 1, qt.QTableWidgetItem(translate(CONTEXT, command.does)))
        self.table.resizeColumnToContents(0)
        self.table.setMinimumHeight(ROWS_SHOWN * self.table.rowHeight(0))
        layout.addWidget(self.table)

    # What the user does

    def _fileChosen(self, *_) -> None:
        self.fileButton.enabled = bool(self.pathEdit.currentPath)

    def _file(self, *_) -> None:
        self._listen("speech_file", {"path": self.pathEdit.currentPath})

    def _microphone(self, *_) -> None:
        self._listen("speech_microphone", {"seconds": LISTENING_S})

    def _listen(self, task: str, arguments: Mapping[str, Any]) -> None:
        self.heardLabel.text = NOTHING
        self.table.clearSelection()
        try:
            if not ensurePackages(SPEECH, TITLE):
                return
        except ELMEDError as error:
            self.work.say(str(error))
            return
        self.work.ask(task, arguments, lambda answer: self._show(task, answer))

    def _show(self, task: str, answer: Mapping[str, Any]) -> str:
        """Show what was heard, and carry it out."""
        share = 100 * answer["confidence"]
        names = [command.name for command in COMMANDS]
        if not answer["command"]:
            self.heardLabel.text = REFUSED.format(answer["why"], share)
        else:
            carried = self.carryOutCheckBox.checked
            heard = HEARD.format(answer["phrase"], share)
            self.heardLabel.text = f"{heard}{DONE}" if carried else heard
            self.table.selectRow(names.index(answer["command"]))
        self.bench.happened(task, answer)
        if answer["command"] and self.carryOutCheckBox.checked:
            carryOut(answer["command"], self.bench)
            self.bench.happened(SPOKEN, answer)
        source = Path(self.pathEdit.currentPath).name if task == "speech_file" else "the microphone"
        return f"{answer['seconds']:.1f} seconds from {source}."

"""The page from which everything can be taken away: files, pictures, tables and charts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt
import slicer

from ELMEDLib.errors import ELMEDError, InputError, OutputError
from ELMEDLib.files import written_whole
from ELMEDPlaygroundLib.arrays import decode
from ELMEDPlaygroundLib.experiment.file import read_json
from ELMEDPlaygroundLib.experiment.tables import (
    HISTORY,
    confusion_columns,
    csv_of,
    history_columns,
)
from ELMEDPlaygroundLib.generative.tables import samples_columns
from ELMEDPlaygroundWidgets.results import (
    chartOfHistory,
    tableOfConfusion,
    tableOfHistory,
    tableOfSamples,
)
from ELMEDPlaygroundWidgets.saved_spec import readSpec, readState
from ELMEDPlaygroundWidgets.section import Section

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ELMEDPlaygroundWidgets.bench import Bench

FORMAT = "elmed-playground-experiment"
NOT_SAVED = "Not saved: {}. The experiment was gone before it could be fetched; save it again."
CONFUSION = "confusion"
SAMPLES = "generated"
NO_POINTS = (
    "There are no generated points: what is on the bench makes none. Begin a generator of points "
    "in the plane on the page Generate."
)
NO_CLASSES = (
    "This network generates examples and tells no classes apart, so there is no confusion matrix. "
    "Choose data with classes on the page Data."
)

ACTIONS = (
    (
        "saveExperiment",
        "Save the experiment...",
        (
            "Write data, network, settings and weights into a JSON file. "
            "They are also saved with the scene."
        ),
    ),
    ("openExperiment", "Open an experiment...", "Go on with an experiment from a JSON file."),
    (
        "saveScript",
        "Save as a PyTorch script...",
        (
            "Write a Python program that trains the same network and gives the same curve, "
            "with numpy and PyTorch alone."
        ),
    ),
    ("savePictures", "Save the views as pictures...", "Write each view on screen as a PNG file."),
    (
        "makeTable",
        "Results to a table",
        "Put what was measured in training, such as loss and accuracy, into a table node.",
    ),
    (
        "makeChart",
        "Results to a chart",
        "Draw what was measured in training into charts that are kept with the scene.",
    ),
    (
        "makeConfusion",
        "Confusion matrix to a table",
        (
            "Put how often each class is taken for which into a table node: a row for each true "
            "class. All images of the part are counted that the view 'Confusion matrix' shows."
        ),
    ),
    (
        "makeSamples",
        "Generated points to a table",
        (
            "Put the points that a generator makes now into a table node: x, y and mode; those "
            "that the view 'Generated points' was asked for."
        ),
    ),
    (
        "saveTables",
        "Save the results as CSV...",
        "Write what was measured in training, and the confusion matrix or the generated points.",
    ),
)


class ExportSection(Section):
    """A button for each thing to take away."""

    title = "Export"
    help = "Take the experiment and its results away."

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._tableNode: slicer.vtkMRMLTableNode | None = None
        self._charted: tuple[slicer.vtkMRMLTableNode, list[slicer.vtkMRMLPlotChartNode]] | None = (
            None
        )
        self._confusionNode: slicer.vtkMRMLTableNode | None = None
        self._samplesNode: slicer.vtkMRMLTableNode | None = None
        self._saving: list[str] = []  # files of experiments that are being fetched
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        grid = qt.QGridLayout()
        for number, (name, title, help_) in enumerate(ACTIONS):
            button = qt.QPushButton(title)
            button.setObjectName(f"{name}Button")
            button.setToolTip(help_)
            button.connect("clicked(bool)", getattr(self, f"_{name}"))
            grid.addWidget(button, number // 2, number % 2)
        layout.addLayout(grid)
        self.saidLabel = qt.QLabel()
        self.saidLabel.setWordWrap(True)
        self.saidLabel.setToolTip("What was written, and where.")
        layout.addWidget(self.saidLabel)
        layout.addStretch(1)

    def sceneClosed(self) -> None:
        """Forget the tables: they are gone."""
        self._tableNode = self._confusionNode = self._samplesNode = self._charted = None
        self.saidLabel.text = ""
        self._notSaved()

    # What can be done without dialogs

    def writeExperiment(self, path: Path, then: Callable[[], None] | None = None) -> None:
        """Write the experiment as it is now; the file is there when `then` is called.

        What the worker does first may take long; whatever begins meanwhile, this one is written.
        """

        def write(spec: Mapping[str, Any], state: Mapping[str, Any] | None) -> None:
            if path.name in self._saving:
                self._saving.remove(path.name)
            self._write(path, json.dumps({"format": FORMAT, "spec": spec, "state": state}))
            if then is not None:
                then()

        self._saving.append(path.name)
        self._say(f"Saving: {path.name}...")
        self.bench.takeAway(write, self._notSaved)

    def readExperiment(self, path: Path) -> None:
        """Take up the experiment of a file.

        Raises:
            InputError: it is not one.
        """
        content = read_json(path)
        isOurs = isinstance(content, dict) and content.get("format") == FORMAT
        spec = readSpec(content.get("spec")) if isOurs else None
        state = content.get("state") if isOurs else None
        if spec is None or (state is not None and readState(state) is None):
            raise InputError(
                f"'{path.name}' is not an experiment of the playground.",
                "Choose a JSON file that was saved here.",
            )
        self.bench.restore(spec, state)
        self._say(f"Opened: {path.name}.")

    def writeScript(self, path: Path) -> None:
        """Write the PyTorch script."""
        self._askExperiment("script", {}, lambda answer: self._write(path, answer["script"]))

    def writePictures(self, folder: Path) -> list[Path]:
        """Write each view on screen as a picture, and return the files.

        Raises:
            OutputError: one cannot be written.
        """
        written = []
        for view in self.bench.views.onScreen():
            path = folder / f"{view.name}.png"
            with written_whole(path) as temporary:
                if not view.picture().save(str(temporary)):
                    raise OutputError(f"'{path}' cannot be written.", "Choose another folder.")
            written.append(path)
        names = ", ".join(path.name for path in written)
        self._say(f"Saved: {names}." if written else "There is no view on screen.")
        return written

    def writeTables(self, folder: Path) -> None:
        """Write `training.csv` and `confusion-matrix.csv`; a file of before is replaced.

        A generator tells no classes apart; one of points in the plane has `samples.csv` instead.
        """

        def write(more: Mapping[str, Mapping[str, Any]]) -> None:
            training = history_columns(self.bench.history, self._columns())
            tables: dict[str, Mapping[str, Any]] = {"training.csv": training, **more}
            for name, columns in tables.items():
                with written_whole(folder / name) as temporary:
                    temporary.write_text(csv_of(columns), encoding="utf-8")
            self._say(f"Saved: {', '.join(tables)}.")

        def take(name: str, columns: Mapping[str, Any]) -> None:
            self._try(lambda: write({name: columns}))

        if (self.bench.summary or {}).get("plane"):
            self._withSamples(lambda shown: take("samples.csv", samples_columns(shown)))
        elif self._generates():
            self._try(lambda: write({}))
        else:
            self._withConfusion(
                lambda found: take("confusion-matrix.csv", confusion_columns(found))
            )

    # The buttons

    def _saveExperiment(self, *_) -> None:
        path = _ask("Save the experiment", "Experiment (*.json)", "experiment.json")
        if path:
            self.writeExperiment(path)

    def _openExperiment(self, *_) -> None:
        path = _ask("Open an experiment", "Experiment (*.json)")
        if path:
            self._try(lambda: self.readExperiment(path))

    def _saveScript(self, *_) -> None:
        path = _ask("Save as a PyTorch script", "Python (*.py)", "experiment.py")
        if path:
            self.writeScript(path)

    def _savePictures(self, *_) -> None:
        folder = qt.QFileDialog.getExistingDirectory(None, "A folder for the pictures")
        if folder:
            self._try(lambda: self.writePictures(Path(folder)))

    def _makeTable(self, *_) -> None:
        columns = self._columns()
        self._tableNode = tableOfHistory(self.bench.history, self._tableNode, columns)
        names = ", ".join(title.lower() for title in list(columns)[1:])
        self._say(f"By step, {names} are in the table '{self._tableNode.GetName()}'.")

    def _makeChart(self, *_) -> None:
        self._makeTable()
        charts = self._chartsOf(self._tableNode)
        slicer.modules.plots.logic().ShowChartInLayout(charts[0])
        names = " and ".join(f"'{chart.GetName()}'" for chart in charts)
        self._say(f"The charts {names} are shown in the layout.")

    def _chartsOf(self, tableNode: slicer.vtkMRMLTableNode) -> list[slicer.vtkMRMLPlotChartNode]:
        """Return the charts of a table: those of before follow it."""
        isThere = slicer.mrmlScene.IsNodePresent
        table, charts = self._charted or (None, [])
        if table is not tableNode or not all(map(isThere, charts)):
            self._charted = tableNode, chartOfHistory(tableNode)
        return self._charted[1]

    def _makeConfusion(self, *_) -> None:
        def make(confusion: Mapping[str, Any]) -> None:
            self._confusionNode = tableOfConfusion(confusion, self._confusionNode)
            part = "test" if confusion["part"] == "test" else "training"
            self._say(
                f"How often each class is taken for which, of {confusion['looked_at']:,} {part} "
                f"examples, is in the table '{self._confusionNode.GetName()}'."
            )

        self._withConfusion(make)

    def _makeSamples(self, *_) -> None:
        def make(shown: Mapping[str, Any]) -> None:
            self._samplesNode = tableOfSamples(shown, self._samplesNode)
            name = self._samplesNode.GetName()
            self._say(f"{len(shown['points'])} generated points are in the table '{name}'.")

        self._withSamples(make)

    def _saveTables(self, *_) -> None:
        folder = qt.QFileDialog.getExistingDirectory(None, "A folder for the tables")
        if folder:
            self.writeTables(Path(folder))

    def _withSamples(self, take: Callable[[Mapping[str, Any]], None]) -> None:
        """Have points generated as the view of them asks for, and hand them on."""
        if not (self.bench.summary or {}).get("plane"):
            self.bench.troubled(NO_POINTS)
            return
        view = next(view for view in self.bench.views.views if view.name == SAMPLES)

        def answered(answer: Mapping[str, Any]) -> None:
            take(decode(answer["views"][SAMPLES]))

        self._askExperiment("view", {"views": {SAMPLES: view.request()}}, answered)

    def _withConfusion(self, take: Callable[[Mapping[str, Any]], None]) -> None:
        """Have the examples counted, and hand on what came of it."""
        if self._generates():
            self.bench.troubled(NO_CLASSES)
            return
        view = next(view for view in self.bench.views.views if view.name == CONFUSION)
        options = {"part": view.part, "everything": True}

        def answered(answer: Mapping[str, Any]) -> None:
            take(decode(answer["views"][CONFUSION]))

        self._askExperiment("view", {"views": {CONFUSION: options}}, answered)

    def _askExperiment(
        self, task: str, arguments: Mapping[str, Any], onAnswer: Callable[[dict[str, Any]], None]
    ) -> None:
        """Ask about the experiment; one that cannot be made is tried again, which says why not."""
        if self.bench.summary is None and not self.bench.laboratory.busy:
            self.bench.create()
        self.bench.ask(task, arguments, onAnswer)

    def _generates(self) -> bool:
        return bool((self.bench.summary or {}).get("generates"))

    def _columns(self) -> Mapping[str, str]:
        """Return what a table of the history has: titles, and the numbers that they stand for."""
        return (self.bench.summary or {}).get("columns") or HISTORY

    def _write(self, path: Path, text: str) -> None:
        def write() -> None:
            with written_whole(path) as temporary:
                temporary.write_text(text, encoding="utf-8")
            self._say(f"Saved: {path.name}.")

        self._try(write)

    def _try(self, action: Callable[[], Any]) -> None:
        try:
            action()
        except ELMEDError as error:
            self.bench.troubled(str(error))
        except OSError as error:
            self.bench.troubled(f"It could not be written: {error.strerror}. Try another folder.")

    def _notSaved(self) -> None:
        """Say which experiments cannot be written any more."""
        if self._saving:
            self._say(NOT_SAVED.format(", ".join(self._saving)))
            self._saving = []

    def _say(self, sentence: str) -> None:
        self.saidLabel.text = sentence

    def created(self, summary: Mapping[str, Any]) -> None:  # noqa: ARG002 - a follower's
        """Let the next tables be new ones: it is another experiment."""
        self._tableNode = self._confusionNode = self._samplesNode = self._charted = None
        self._notSaved()  # the worker answers in turn: what is not there now does not come


def _ask(title: str, nameFilter: str, suggested: str = "") -> Path | None:
    """Ask for a file to write, or without a suggestion for one to read; None for neither."""
    dialog = qt.QFileDialog()
    dialog.setWindowTitle(title)
    dialog.setNameFilter(nameFilter)
    if suggested:
        dialog.setAcceptMode(qt.QFileDialog.AcceptSave)
        dialog.setDefaultSuffix(suggested.rpartition(".")[2])
        dialog.selectFile(suggested)
    else:
        dialog.setFileMode(qt.QFileDialog.ExistingFile)
    if not dialog.exec_():
        return None
    return Path(dialog.selectedFiles()[0])

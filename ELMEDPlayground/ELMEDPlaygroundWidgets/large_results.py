"""What a large model made: a picture or a text, and the way into the scene."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

import qt
import SimpleITK as sitk
import slicer

from ELMEDPlaygroundWidgets.synthetic_nodes import SYNTHETIC, addSynthetic, tag

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDTH = 256
LONGEST_NAME = 40
TEXT_HEIGHT = 110


class LargeResults:
    """A picture or a text, marked as synthetic, and a button that adds it to the scene."""

    def __init__(self) -> None:
        self._removal: weakref.finalize | None = None  # of the picture's folder
        self._answer: Mapping[str, Any] = {}
        self._prompt = ""
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        layout.setContentsMargins(0, 0, 0, 0)
        self.pictureLabel = qt.QLabel()
        self.pictureLabel.setObjectName("largePictureLabel")
        self.pictureLabel.setToolTip(f"The picture. {SYNTHETIC}.")
        self.textEdit = qt.QPlainTextEdit()
        self.textEdit.setObjectName("largeTextEdit")
        self.textEdit.setReadOnly(True)
        self.textEdit.setMaximumHeight(TEXT_HEIGHT)
        self.textEdit.setToolTip("The text that the model wrote.")
        self.sceneButton = qt.QPushButton("To the scene")
        self.sceneButton.setObjectName("largeSceneButton")
        self.sceneButton.setToolTip(
            "Add the picture as a volume of grey values, or the text as a text node."
        )
        self.sceneButton.connect("clicked(bool)", self._toScene)
        for part in (self.pictureLabel, self.textEdit, self.sceneButton):
            layout.addWidget(part)
        self.clear()

    def question(self, kind: str, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return the task of a kind and its arguments.

        Args:
            kind: name of the kind of model.
            values: see `LargeForm.values`.
        """
        self.clear()
        if kind == "dictation":
            return "large_dictation", {"recording": values["recording"]}
        asked = {"prompt": values["prompt"], "seed": values["seed"]}
        if kind == "text":
            return "large_text", {**asked, "tokens": values["length"]}
        folder = tempfile.mkdtemp(prefix="elmed-picture-")
        # At the end of the application at the latest: it may tell no panel that it ends.
        self._removal = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        output = str(Path(folder) / "picture.png")
        return "large_picture", {**asked, "steps": values["length"], "output": output}

    def show(self, answer: Mapping[str, Any], prompt: str) -> str:
        """Show what a model made, and return a sentence about it."""
        self._answer, self._prompt = dict(answer), prompt
        isPicture = "output" in answer
        self.pictureLabel.visible = isPicture
        self.textEdit.visible = not isPicture
        self.sceneButton.visible = True
        if isPicture:
            pixmap = qt.QPixmap()
            pixmap.loadFromData(Path(answer["output"]).read_bytes())
            self.pictureLabel.setPixmap(
                pixmap.scaled(WIDTH, WIDTH, qt.Qt.KeepAspectRatio, qt.Qt.SmoothTransformation)
            )
            return f"{SYNTHETIC}. {answer['columns']} x {answer['rows']} pixels."
        self.textEdit.setPlainText(answer["text"] or "(nothing)")
        return f"{answer['origin']}." if "origin" in answer else "Written down from the recording."

    def clear(self) -> None:
        """Forget what was made, and remove its file."""
        self._answer = {}
        if self._removal is not None:
            self._removal()
        for part in (self.pictureLabel, self.textEdit, self.sceneButton):
            part.visible = False

    def _toScene(self, *_) -> None:
        if "output" in self._answer:
            colours = sitk.GetArrayFromImage(sitk.ReadImage(self._answer["output"]))
            grey = colours.mean(axis=2).round().astype("uint8")[None]
            node = addSynthetic(sitk.GetImageFromArray(grey), self._prompt[:LONGEST_NAME])
            node.CreateDefaultDisplayNodes()
            slicer.util.setSliceViewerLayers(background=node, fit=True)
            return
        isWritten = "origin" not in self._answer
        title = "Dictation" if isWritten else f"{SYNTHETIC}: {self._prompt[:LONGEST_NAME]}"
        node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTextNode", title)
        node.SetText(self._answer["text"])
        if not isWritten:
            tag(node)

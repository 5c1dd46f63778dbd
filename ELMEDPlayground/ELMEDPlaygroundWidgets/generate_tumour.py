"""The part of the page Generate for tumours: paint a mask, get a slice in four contrasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import qt
import SimpleITK as sitk
import slicer

from ELMEDLib.bridge.glioma import GLIOMA_SEGMENTS
from ELMEDLib.bridge.segmentations import setSegments
from ELMEDLib.errors import ELMEDError
from ELMEDPlaygroundLib.arrays import decode, encode
from ELMEDPlaygroundLib.tumour.brains import Brain, bundled_brains
from ELMEDPlaygroundLib.tumour.example import example
from ELMEDPlaygroundLib.tumour.masks import USUAL_LEVEL, volumes_of
from ELMEDPlaygroundWidgets.synthetic_nodes import SYNTHETIC, addSynthetic, tag
from ELMEDPlaygroundWidgets.tumour_pad import TumourPad
from ELMEDPlaygroundWidgets.tumour_pictures import TumourPictures
from ELMEDPlaygroundWidgets.tumour_runs import SliceMaskRun
from ELMEDPlaygroundWidgets.tumour_tools import TumourTools
from ELMEDPlaygroundWidgets.work_part import WorkPart
from ELMEDSegmentLib.labels import CHANNEL_TITLES, LABEL_TITLES
from ELMEDSegmentWidgets.glioma_labels import referenceVolumeOf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundWidgets.bench import Bench

HELP = (
    "<b>Paint a tumour, get a slice.</b> A small network that comes with ELMED draws a brain "
    "with the tumour that you paint, in four contrasts. What it draws is no patient."
)
FIRST_EXAMPLE = 3
MOST_SEED = 999_999
SHOWN = "Drawn in {:.1f} s. Brightness in SDs above the brain's mean, T1 with contrast | FLAIR: {}"
HEALTHY = "Drawn in {:.1f} s: a brain without tumour."
BRIGHT = "{} {:+.1f} | {:+.1f}"
NO_VOLUME = (
    "It is not known which volume the segmentation belongs to. Choose the volume as its source "
    "geometry in the Segment Editor."
)
NOT_AXIAL = "The red view shows no axial slices now. Choose Axial in its controls."
AXIAL = 0.9
"""How far up a slice faces that counts as axial: those of a head that leans do, too."""


class GenerateTumour(WorkPart):
    """A pad with its tools, the pictures that come of it, and the way into the scene."""

    title = "A painted tumour"
    help = "Paint a tumour into a brain, and see it in T1, T1 with contrast, T2 and FLAIR."

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "tumour", HELP)
        self._brains: dict[str, Brain] = {}
        self._examples = FIRST_EXAMPLE
        self._drawn: dict[str, Any] | None = None
        layout = self.layout
        self._addBrain(layout)
        row = qt.QHBoxLayout()
        self.pad = TumourPad(self._painted)
        self.pad.setObjectName("tumourPad")
        self.pad.setToolTip(
            "Paint with the mouse. Dark grey is fluid, grey and light grey are grey and white "
            "matter; the front is at the top, the patient's right at the left."
        )
        row.addWidget(self.pad)
        self.tools = TumourTools(self.pad, self._clear, self._example, self._takeScan)
        column = qt.QVBoxLayout()
        column.addWidget(self.tools.widget, 1)
        self._addGenerate(column)
        row.addLayout(column, 1)
        layout.addLayout(row)
        self.pictures = TumourPictures()
        self.pictures.setObjectName("tumourPictures")
        self.pictures.setToolTip("The slice in four contrasts; synthetic, not a patient's.")
        layout.addWidget(self.pictures)
        layout.addWidget(self.work.widget)
        layout.addStretch(1)
        self.work.controls = (self.generateButton, self.tools.widget)
        self._loadBrains()

    # Parts

    def _addBrain(self, layout: Any) -> None:
        row = qt.QHBoxLayout()
        self.brainCombo = qt.QComboBox()
        self.brainCombo.setObjectName("tumourBrainComboBox")
        self.brainCombo.setToolTip("The brain that is painted into; each is a simulated one.")
        self.levelSlider = qt.QSlider(qt.Qt.Horizontal)
        self.levelSlider.setObjectName("tumourLevelSlider")
        self.levelSlider.setToolTip("The height of the slice, from the base of the brain upwards.")
        self.levelLabel = qt.QLabel()
        self.levelLabel.setObjectName("tumourLevelLabel")
        self.levelLabel.setToolTip(self.levelSlider.toolTip)
        self.levelLabel.setMinimumWidth(60)
        for title, control in (("Brain:", self.brainCombo), ("Height:", self.levelSlider)):
            label = qt.QLabel(title)
            label.setToolTip(control.toolTip)
            row.addWidget(label)
            row.addWidget(control, 1)
        row.addWidget(self.levelLabel)
        layout.addLayout(row)
        self.brainCombo.connect("currentIndexChanged(int)", self._brainChosen)
        self.levelSlider.connect("valueChanged(int)", self._levelChosen)

    def _addGenerate(self, column: Any) -> None:
        row = qt.QHBoxLayout()
        label = qt.QLabel("Seed:")
        row.addWidget(label)
        self.seedSpinBox = qt.QSpinBox()
        self.seedSpinBox.setObjectName("tumourSeedSpinBox")
        self.seedSpinBox.setRange(0, MOST_SEED)
        self.seedSpinBox.setToolTip("Decides what chance does: the same seed draws the same slice.")
        label.setToolTip(self.seedSpinBox.toolTip)
        row.addWidget(self.seedSpinBox)
        self.generateButton = qt.QPushButton("Generate")
        self.generateButton.setObjectName("tumourGenerateButton")
        self.generateButton.setToolTip("Draw the slice in four contrasts; takes a few seconds.")
        self.generateButton.connect("clicked(bool)", self._generate)
        row.addWidget(self.generateButton, 1)
        column.addLayout(row)
        row = qt.QHBoxLayout()
        self.outlineCheckBox = qt.QCheckBox("Outline")
        self.outlineCheckBox.setObjectName("tumourOutlineCheckBox")
        self.outlineCheckBox.setToolTip("Show over the pictures where the mask was painted.")
        self.outlineCheckBox.connect("toggled(bool)", self._outlined)
        row.addWidget(self.outlineCheckBox)
        self.sceneButton = qt.QPushButton("To the scene")
        self.sceneButton.setObjectName("tumourSceneButton")
        self.sceneButton.setToolTip(
            f"Add the four pictures as volumes and the mask as a segmentation, each called "
            f"'{SYNTHETIC}'."
        )
        self.sceneButton.connect("clicked(bool)", self._toScene)
        self.sceneButton.enabled = False
        row.addWidget(self.sceneButton, 1)
        column.addLayout(row)

    # The life of the page

    def sceneClosed(self) -> None:
        """Stop: a segmentation that is being read is gone."""
        self.work.close()

    # What the user does

    @property
    def brain(self) -> Brain | None:
        """The brain that is painted into, None where none could be read."""
        return self._brains.get(self.brainCombo.currentText)

    @property
    def level(self) -> int:
        """The slice of it that is shown, from below."""
        return self.levelSlider.value

    def _loadBrains(self) -> None:
        try:
            self._brains = bundled_brains()
        except ELMEDError as error:
            self.generateButton.enabled = False
            self.work.controls = ()
            self.work.say(str(error))
            return
        for name in self._brains:
            self.brainCombo.addItem(name)
        self._example()

    def _brainChosen(self, *_) -> None:
        if self.brain is None:
            return
        wasBlocked = self.levelSlider.blockSignals(True)
        share = self.level / self.levelSlider.maximum if self.level else USUAL_LEVEL
        self.levelSlider.setRange(0, self.brain.levels - 1)
        self.levelSlider.setValue(round(share * (self.brain.levels - 1)))
        self.levelSlider.blockSignals(wasBlocked)
        self._levelChosen()

    def _levelChosen(self, *_) -> None:
        if self.brain is not None:
            self.levelLabel.text = f"{self.brain.height_mm(self.level):.0f} mm"
            self.pad.setSlice(self.brain.classes[self.level])

    def _painted(self) -> None:
        self.work.say("")

    def _clear(self) -> None:
        self.pad.setMask(np.zeros_like(self.pad.mask))

    def _example(self) -> None:
        if self.brain is not None:
            self.pad.setMask(example(self.brain.classes[self.level], self._examples))
            self._examples += 1

    def _takeScan(self) -> None:
        node = self.tools.segmentationSelector.currentNode()
        volume = referenceVolumeOf(node)
        if volume is None:
            self.work.say(NO_VOLUME)
            return
        height = _axialHeight()
        if height is None:
            self.work.say(NOT_AXIAL)
            return
        brain = self.brain.name
        self.work.start(
            lambda worker, onProgress, onEnd: SliceMaskRun(
                worker, node, volume, height, brain, onProgress, onEnd
            ),
            lambda answer: self._scanTaken(brain, answer),
        )

    def _scanTaken(self, brain: str, answer: Mapping[str, Any]) -> str:
        # Another brain may have been chosen meanwhile, which the tumour was not fitted into.
        self.brainCombo.setCurrentIndex(self.brainCombo.findText(brain))
        self.levelSlider.setValue(answer["level"])
        self.pad.setMask(decode(answer["mask"]))
        return "This is the tumour of the slice that the axial view shows. Press Generate."

    def _generate(self, *_) -> None:
        arguments = {
            "brain": self.brain.name,
            "level": self.level,
            "mask": encode(self.pad.mask),
            "seed": self.seedSpinBox.value,
        }
        mask = self.pad.mask.copy()
        self.work.ask("tumour_draw", arguments, lambda answer: self._show(arguments, mask, answer))

    def _show(self, asked: Mapping[str, Any], mask: np.ndarray, answer: Mapping[str, Any]) -> str:
        found = decode(answer)
        self._drawn = {**asked, **found, "mask": mask}
        self.pictures.show_(found["slices"], mask)
        parts = [
            BRIGHT.format(LABEL_TITLES[part["label"]].lower(), *_rounded(part["means"]))
            for part in found["brightness"]
            if part["label"] in LABEL_TITLES
        ]
        self.sceneButton.enabled = True
        if not parts:
            return HEALTHY.format(max(found["seconds"], 0.1))
        return SHOWN.format(max(found["seconds"], 0.1), ", ".join(parts) + ".")

    def _outlined(self, on: bool) -> None:
        self.pictures.outline(on)

    def _toScene(self, *_) -> None:
        drawn = self._drawn
        if drawn is None:
            return
        level, brain = drawn["level"], self._brains[drawn["brain"]]
        levels = range(level, level + 1)
        images = volumes_of(drawn["slices"][None], drawn["classes"][None], levels, brain.levels)
        title = f"seed {drawn['seed']}"
        nodes = {
            name: addSynthetic(image, f"{CHANNEL_TITLES[name]}, {title}")
            for name, image in images.items()
        }
        labels = sitk.GetImageFromArray(drawn["mask"][None])
        labels.CopyInformation(images["t1c"])
        segmentation = slicer.mrmlScene.AddNewNodeByClass(
            "vtkMRMLSegmentationNode", f"{SYNTHETIC}: painted tumour, {title}"
        )
        setSegments(segmentation, labels, GLIOMA_SEGMENTS, nodes["t1c"])
        tag(segmentation)
        slicer.util.setSliceViewerLayers(background=nodes["t1c"], fit=True)
        self.work.say(f"Four volumes and a segmentation were added, named '{SYNTHETIC}'.")


def _axialHeight() -> float | None:
    """Return how high the slice of the axial view lies, in mm; None where that is turned."""
    toRAS = slicer.mrmlScene.GetNodeByID("vtkMRMLSliceNodeRed").GetSliceToRAS()
    return toRAS.GetElement(2, 3) if abs(toRAS.GetElement(2, 2)) > AXIAL else None


def _rounded(means: list[float]) -> tuple[float, float]:
    """Return T1 with contrast and FLAIR with one decimal place, and no minus before a zero."""
    return round(means[1], 1) + 0.0, round(means[3], 1) + 0.0

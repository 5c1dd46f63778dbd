"""The upper part of the page Scan: examples for an experiment, cut out of loaded volumes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ctk
import qt
import slicer

from ELMEDPlaygroundWidgets.form import Choice, Form, Number
from ELMEDPlaygroundWidgets.scan_runs import CopyRun
from ELMEDPlaygroundWidgets.segment_chooser import SegmentChooser
from ELMEDSegmentLib.inputs.channels import channel_of

if TYPE_CHECKING:
    from ELMEDPlaygroundWidgets.bench import Bench
    from ELMEDPlaygroundWidgets.scan_work import ScanWork

FIELDS = (
    Choice(
        "task",
        "Task",
        "What the network is to tell: the plane that a picture was cut in, the tissue in its "
        "middle (three classes of intensity of the first volume, parted by Otsu's thresholds; on a "
        "T1 roughly fluid, grey and white matter), or whether its middle lies in the segment.",
        {"plane": "which plane", "tissue": "which tissue", "segment": "in the segment or not"},
        "plane",
    ),
    Choice(
        "split",
        "Held out",
        "What is kept for testing: whole blocks of the volume, or whole subjects. Neighbouring "
        "slices are never dealt out to both sides: they are nearly the same picture.",
        {"blocks": "blocks of the volume", "subjects": "whole subjects"},
        "blocks",
    ),
    Choice(
        "cut",
        "Pictures",
        "Small patches, or whole slices.",
        {"patches": "patches", "slices": "whole slices"},
        "patches",
    ),
    Number("patch", "Pixels a side", "The side of a picture in pixels.", 6, 64, 16, True),
    Number("spacing_mm", "Pixel in mm", "How much of the head a pixel covers.", 0.5, 6, 2),
    Number(
        "gap_mm",
        "Gap in mm",
        "At least this much lies between a held-out picture and any that is learnt.",
        2,
        40,
        6,
    ),
    Number("count", "Number", "How many pictures are cut in all.", 20, 5000, 600, True),
)

NETWORK = {
    "layers": [
        {"kind": "conv", "filters": 8, "kernel": 3, "padding": 1, "activation": "relu"},
        {"kind": "pool", "mode": "max", "size": 2},
        {"kind": "conv", "filters": 16, "kernel": 3, "padding": 1, "activation": "relu"},
        {"kind": "global_pool", "mode": "average"},
    ]
}
"""What is laid on the bench where there was a network for points."""


class ScanLearning:
    """Choices of data, and the button that lays them on the bench."""

    def __init__(self, bench: Bench, work: ScanWork) -> None:
        self._bench = bench
        self._work = work
        self._folder: Path | None = None
        self.widget = ctk.ctkCollapsibleButton()
        self.widget.setText("Learn from this scan")
        self.widget.setToolTip("Cut labelled pictures out of the loaded volumes.")
        layout = qt.QFormLayout(self.widget)
        self.volumesCombo = slicer.qMRMLCheckableNodeComboBox()
        self.volumesCombo.setObjectName("scanVolumesComboBox")
        self.volumesCombo.nodeTypes = ["vtkMRMLScalarVolumeNode"]
        self.volumesCombo.showChildNodeTypes = False
        self.volumesCombo.setMRMLScene(slicer.mrmlScene)
        self.volumesCombo.setToolTip("The volumes to learn from; check one or several.")
        layout.addRow("Volumes:", self.volumesCombo)
        self.togetherCombo = qt.QComboBox()
        self.togetherCombo.setObjectName("scanTogetherComboBox")
        self.togetherCombo.setToolTip(
            "Contrasts of one subject become the channels of each picture; volumes of several "
            "subjects can be held out as a whole."
        )
        self.togetherCombo.addItem("are contrasts of one subject", "channels")
        self.togetherCombo.addItem("are one subject each", "subjects")
        layout.addRow("The volumes:", self.togetherCombo)
        self.segmentCombo = SegmentChooser("scanSegmentComboBox", "(no segment)")
        layout.addRow("Segment:", self.segmentCombo.widget)
        self.form = Form(FIELDS, lambda _values: None, bench.troubled)
        layout.addRow(self.form.widget)
        self.button = qt.QPushButton("Learn from this scan")
        self.button.setObjectName("scanLearnButton")
        self.button.setToolTip("Cut the pictures, and begin an experiment with them.")
        self.button.connect("clicked(bool)", self._start)
        layout.addRow(self.button)

    def refresh(self) -> None:
        """Take up what the scene holds now."""
        self.segmentCombo.refresh()

    def forget(self) -> None:
        """Remove the copies of the volumes."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder = None

    def _start(self, *_) -> None:
        nodes = self.volumesCombo.checkedNodes()
        values = self.form.values
        segment = self.segmentCombo.chosen()
        apart = self.togetherCombo.currentData == "subjects"
        problem = self.form.problem or _problem(nodes, values, segment, apart)
        if problem:
            self._work.say(problem)
            return
        volumes = dict(zip(namesOf(nodes), nodes, strict=True))
        segments = {} if segment is None else {"the segment": segment}
        title = "" if segment is None else _titleOf(segment)

        def copied(files: dict[str, str]) -> str:
            self.forget()
            self._folder = Path(next(iter(files.values()))).parent
            labels = {"labels": files.pop("the segment")} if segments else {}
            if apart:
                subjects = [{"images": {"volume": path}, **labels} for path in files.values()]
            else:
                subjects = [{"images": files, **labels}]
            data = {"kind": "scan", "subjects": subjects, "test_share": 0.3, "seed": 0, **values}
            if values["task"] == "segment":
                data["segment_name"] = title
            self._lay(data)
            return "The experiment has begun anew with pictures of this scan; press Run."

        self._work.start(
            lambda worker, onProgress, onEnd: CopyRun(worker, volumes, segments, onProgress, onEnd),
            copied,
        )

    def _lay(self, data: dict[str, Any]) -> None:
        """Lay the data on the bench, with a network for pictures where there is none."""
        layers = self._bench.spec["network"].get("layers") or []
        parts = {"data": data}
        if not any(layer.get("kind") == "conv" for layer in layers):
            parts["network"] = NETWORK
        self._bench.change(**parts)


def _problem(nodes: list[Any], values: dict[str, Any], segment: Any, apart: bool) -> str:
    """Return what keeps the choices from being used, "" when nothing does."""
    if not nodes:
        return "Check at least one volume to learn from."
    if values["task"] == "segment" and segment is None:
        return "Choose the segment that the network is to tell from the rest."
    if values["task"] == "segment" and apart:
        return "A segment belongs to one subject: choose contrasts of one subject for this task."
    if values["split"] == "subjects" and not (apart and len(nodes) > 1):
        return "To hold out a subject, check volumes of two subjects that are one subject each."
    return ""


def namesOf(nodes: list[Any]) -> list[str]:
    """Return a name for each volume: its contrast where its own name tells it; never twice."""
    names: list[str] = []
    for number, node in enumerate(nodes):
        found = channel_of(node.GetName())
        name = found[0] if found else f"volume {number + 1}"
        names.append(name if name not in names else f"volume {number + 1}")
    return names


def _titleOf(segment: Any) -> str:
    node, segmentID = segment
    return node.GetSegmentation().GetSegment(segmentID).GetName()

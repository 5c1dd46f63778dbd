"""The part of the page Generate for slices of the open scan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt
import slicer

from ELMEDPlaygroundLib.generative.slices.figures import COLUMNS, rows_of, sentence_of
from ELMEDPlaygroundLib.generative.slices.settings import CLASSES, SEGMENT_CLASSES
from ELMEDPlaygroundWidgets import scan_nodes
from ELMEDPlaygroundWidgets.form import Choice, Form, Number
from ELMEDPlaygroundWidgets.scan_learning import namesOf
from ELMEDPlaygroundWidgets.segment_chooser import SegmentChooser
from ELMEDPlaygroundWidgets.slices_bench import SlicesBench
from ELMEDPlaygroundWidgets.slices_run import SlicesRun, SlicesWish
from ELMEDPlaygroundWidgets.synthetic_nodes import SYNTHETIC, addSynthetic
from ELMEDPlaygroundWidgets.views.images_view import offer
from ELMEDPlaygroundWidgets.work_part import WorkPart

if TYPE_CHECKING:
    from collections.abc import Mapping

    import SimpleITK as sitk

    from ELMEDPlaygroundWidgets.bench import Bench

HELP = (
    "<b>New slices like those of the loaded scan</b>, by latent diffusion: slices are compressed, "
    "a small network learns to denoise what they are compressed to, and new ones are drawn out of "
    "noise. They become a volume in the scan's place. <b>It is no patient's.</b>"
)
FIELDS = (
    Choice(
        "plane",
        "Plane",
        "How the scan is cut into slices, along its own axes.",
        {"axial": "axial", "coronal": "coronal", "sagittal": "sagittal"},
        "axial",
    ),
    Choice(
        "latent",
        "Compressed by",
        "Principal components (PCA) are quick; a small variational autoencoder (VAE) takes longer "
        "and blurs more.",
        {"pca": "PCA", "vae": "a small VAE"},
        "pca",
    ),
    Number(
        "guidance",
        "Guidance",
        "How strongly slices with or without the segment are asked for: the more, the surer the "
        "class, and the less various the slices. Thirds are told by their place alone.",
        0,
        10,
        1,
    ),
    Number("seed", "Seed", "Decides all that chance has a say in.", 0, 999_999, 0, True),
)
OWN = "as in the scan"
TABLE = "New slices, measured"
NO_VOLUME = "Check at least one volume to learn from."
ONE_SUBJECT = "A segment belongs to one subject: choose contrasts of one subject, or no segment."


class GenerateSlices(WorkPart):
    """Volumes, plane, class, and one button."""

    title = "Slices of the open scan"
    help = "Learn the slices of loaded volumes, and make a new, synthetic volume of them."

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "slices", HELP)
        self.work.onAnswer = bench.happened
        self.training: dict[str, int] = {}
        """Settings of the engine that the page has no fields for; it has none by itself."""
        layout = self.layout
        rows = qt.QFormLayout()
        layout.addLayout(rows)
        self._addVolumes(rows)
        self.form = Form(FIELDS, self._changed, self.work.say)
        self.form.widget.setObjectName("generateSlicesForm")
        rows.addRow(self.form.widget)
        self._addClasses(rows)
        self._addButtons(layout)
        layout.addWidget(self.work.widget)
        self._addTable(layout)
        layout.addStretch(1)
        self.walking = SlicesBench(bench, self.work)
        self.work.controls = (self.generateButton, self.walkButton)
        self._showClasses()

    # Parts

    def _addVolumes(self, rows: Any) -> None:
        self.volumesCombo = slicer.qMRMLCheckableNodeComboBox()
        self.volumesCombo.setObjectName("slicesVolumesComboBox")
        self.volumesCombo.nodeTypes = ["vtkMRMLScalarVolumeNode"]
        self.volumesCombo.showChildNodeTypes = False
        self.volumesCombo.setMRMLScene(slicer.mrmlScene)
        self.volumesCombo.setToolTip("The volumes to learn from; check one or several.")
        rows.addRow("Volumes:", self.volumesCombo)
        self.togetherCombo = qt.QComboBox()
        self.togetherCombo.setObjectName("slicesTogetherComboBox")
        self.togetherCombo.setToolTip(
            "Contrasts of one subject are made together, a new volume for each; volumes of several "
            "subjects are learnt as one kind of picture, and one new volume is made."
        )
        self.togetherCombo.addItem("are contrasts of one subject", "channels")
        self.togetherCombo.addItem("are one subject each", "subjects")
        rows.addRow("The volumes:", self.togetherCombo)

    def _addClasses(self, rows: Any) -> None:
        self.segmentCombo = SegmentChooser("slicesSegmentComboBox", "thirds of the stack")
        self.segmentCombo.widget.setToolTip(
            "What slices are told apart by: where they lie, or whether they have a segment."
        )
        self.segmentCombo.widget.connect("currentIndexChanged(int)", self._showClasses)
        rows.addRow("Classes by:", self.segmentCombo.widget)
        self.classCombo = qt.QComboBox()
        self.classCombo.setObjectName("slicesClassComboBox")
        self.classCombo.setToolTip(
            "What to make: the whole stack as it is in the scan, one third of it, or a whole stack "
            "with the segment, or without."
        )
        rows.addRow("Make slices:", self.classCombo)

    def _addButtons(self, layout: Any) -> None:
        row = qt.QHBoxLayout()
        self.generateButton = qt.QPushButton("Make a new volume")
        self.generateButton.setObjectName("slicesGenerateButton")
        self.generateButton.setToolTip(
            "Learn the slices, and add a volume with the scan's geometry, named "
            f"'{SYNTHETIC}'. Takes less than a minute."
        )
        self.generateButton.connect("clicked(bool)", self._generate)
        row.addWidget(self.generateButton, 2)
        self.walkButton = qt.QPushButton("Walk among slices")
        self.walkButton.setObjectName("slicesWalkButton")
        self.walkButton.setToolTip(
            "Lay a variational autoencoder on the bench that writes each slice down as a point of "
            "a plane, and walk in that plane while it learns."
        )
        self.walkButton.connect("clicked(bool)", self._walk)
        row.addWidget(self.walkButton, 1)
        layout.addLayout(row)

    def _addTable(self, layout: Any) -> None:
        self.tableView = slicer.qMRMLTableView()
        self.tableView.setObjectName("slicesTableView")
        self.tableView.setToolTip(
            "How like the scan new slices are, whether they are copies, and what guidance does."
        )
        self.tableView.setMRMLScene(slicer.mrmlScene)
        self.tableView.setMinimumHeight(215)
        self.tableView.visible = False
        layout.addWidget(self.tableView)

    # The life of the page

    def created(self, summary: Mapping[str, Any]) -> None:
        """Show the plane of an experiment that was begun here."""
        self.walking.created(summary)

    def enter(self) -> None:
        """Take up segments that have come."""
        super().enter()
        if not self.work.running:
            self.segmentCombo.refresh()
            self._showClasses()

    def sceneClosed(self) -> None:
        """Forget what belonged to the scene."""
        self.work.close()
        self.walking.forget()
        self.segmentCombo.refresh()
        self._showClasses()
        self.tableView.visible = False

    def cleanup(self) -> None:
        """End the worker, and let go of the table."""
        super().cleanup()
        self.walking.forget()
        self.tableView.setMRMLTableNode(None)

    # What the user does

    def _changed(self, _values: Mapping[str, Any]) -> None:
        self._showClasses()

    def _showClasses(self, *_) -> None:
        """Offer the classes that there are for this plane, or for the segment."""
        bySegment = self.segmentCombo.chosen() is not None
        names = SEGMENT_CLASSES if bySegment else CLASSES[self.form.values["plane"]]
        entries = [(f"the {name} alone" if not bySegment else f"all {name}") for name in names]
        offer(self.classCombo, [(OWN, None), *((text, n) for n, text in enumerate(entries))])
        self.form.setVisible("guidance", bySegment)

    def wish(self) -> SlicesWish | str:
        """Return what is asked for, or what keeps it from being asked."""
        nodes = self.volumesCombo.checkedNodes()
        segment = self.segmentCombo.chosen()
        apart = self.togetherCombo.currentData == "subjects"
        if self.form.problem:
            return self.form.problem
        if not nodes:
            return NO_VOLUME
        if segment is not None and apart and len(nodes) > 1:
            return ONE_SUBJECT
        volumes = dict(zip(namesOf(nodes), nodes, strict=True))
        settings = {**self.form.values, **self.training, "wanted": self.classCombo.currentData}
        return SlicesWish(volumes, apart, segment, settings)

    def _generate(self, *_) -> None:
        wish = self.wish()
        if isinstance(wish, str):
            self.work.say(wish)
            return
        self.work.start(
            lambda worker, onProgress, onEnd: SlicesRun(worker, wish, onProgress, onEnd),
            lambda result: self._show(wish, *result),
        )

    def _walk(self, *_) -> None:
        wish = self.wish()
        if isinstance(wish, str):
            self.work.say(wish)
            return
        self.walking.lay(wish)

    def _show(self, wish: SlicesWish, report: dict[str, Any], images: dict[str, sitk.Image]) -> str:
        """Add the new volumes, and show the first in the slice views and the figures below."""
        settings = report["settings"]
        title = f"{settings['plane']} slices, seed {settings['seed']}"
        made = [
            addSynthetic(image, title if name == "volume" else f"{name}, {title}")
            for name, image in images.items()
        ]
        source = next(iter(wish.volumes.values()))
        _lightAs(made[0], source)
        slicer.util.setSliceViewerLayers(background=made[0], foreground=None, fit=True)
        rows = rows_of(report)
        columns = {name: [row[place] for row in rows] for place, name in enumerate(COLUMNS)}
        self.tableView.setMRMLTableNode(scan_nodes.putTable(TABLE, columns))
        self.tableView.resizeColumnsToContents()
        self.tableView.visible = True
        self.work.onAnswer("generate_slices", report)
        return sentence_of(report)


def _lightAs(node: Any, source: Any) -> None:
    """Show a volume as bright as its source, so that the two can be compared."""
    own, shown = node.GetDisplayNode(), source.GetDisplayNode()
    if own is not None and shown is not None:
        own.SetAutoWindowLevel(False)
        own.SetWindowLevel(shown.GetWindow(), shown.GetLevel())

"""The lower part of the page Scan: what ELMEDSegment's network makes of the patient's scan."""

from __future__ import annotations

import base64
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import ctk
import qt
import slicer

from ELMEDLib.errors import ELMEDError
from ELMEDPlaygroundWidgets import scan_nodes
from ELMEDPlaygroundWidgets.buttons import pushButton
from ELMEDPlaygroundWidgets.scan_runs import Question, Reply, ScanRun, stateOf
from ELMEDPlaygroundWidgets.segment_chooser import SegmentChooser
from ELMEDSegmentLib.labels import CHANNEL_TITLES, CHANNELS
from ELMEDSegmentWidgets.channel_selectors import ChannelSelectors

if TYPE_CHECKING:
    from collections.abc import Callable

    from ELMEDPlaygroundWidgets.scan_work import ScanWork

THUMBNAILS = "scan_thumbnails"
THUMBNAIL = 56
REGION_TITLES = {
    "WT": "whole tumour (WT)",
    "TC": "tumour core (TC)",
    "ET": "enhancing tumour (ET)",
}


class _Choices:
    """The chosen volumes, as `ChannelSelectors` reads and sets them."""

    def __init__(self, selectors: dict[str, Any]) -> None:
        self.__dict__["_selectors"] = selectors

    def __getattr__(self, channel: str) -> Any:
        return self._selectors[channel].currentNode()

    def __setattr__(self, channel: str, node: Any) -> None:
        self._selectors[channel].setCurrentNode(node)


class ScanNetwork:
    """Volumes, layers, channels, and three things to ask."""

    def __init__(self, work: ScanWork) -> None:
        self._work = work
        self._open: tuple[Any, ...] | None = None
        self._drawn: tuple[Any, ...] | None = None
        """Which scan and layer the thumbnails are of."""
        self._layers: list[dict[str, Any]] = []
        self.widget = ctk.ctkCollapsibleButton()
        self.widget.setText("Look into the network of ELMED Segment")
        self.widget.setToolTip("See what the segmentation network makes of the patient's scan.")
        layout = qt.QFormLayout(self.widget)
        self._addVolumes(layout)
        self._addLayers(layout)
        self._addQuestions(layout)
        self.tableView = slicer.qMRMLTableView()
        self.tableView.setObjectName("scanTableView")
        self.tableView.setToolTip("The numbers of what was asked last.")
        self.tableView.setMRMLScene(slicer.mrmlScene)
        self.tableView.setMaximumHeight(130)
        self.tableView.visible = False
        layout.addRow(self.tableView)

    # Parts

    def _addVolumes(self, layout: Any) -> None:
        self.selectors = {}
        names: dict[str, Any] = {}
        for channel in CHANNELS:
            selector = slicer.qMRMLNodeComboBox()
            selector.setObjectName(f"scan{channel.capitalize()}Selector")
            selector.nodeTypes = ["vtkMRMLScalarVolumeNode"]
            selector.showChildNodeTypes = False
            selector.noneEnabled = True
            selector.addEnabled = selector.removeEnabled = False
            selector.setMRMLScene(slicer.mrmlScene)
            selector.setToolTip(f"The {CHANNEL_TITLES[channel]} volume.")
            layout.addRow(f"{CHANNEL_TITLES[channel]}:", selector)
            self.selectors[channel] = selector
            names[f"{channel}Selector"] = selector
            reason = _label(f"scan{channel.capitalize()}ReasonLabel", "Why this volume was taken.")
            names[f"{channel}ReasonLabel"] = reason
            layout.addRow("", reason)
        names["remarksLabel"] = _label("scanRemarksLabel", "What is still missing.")
        layout.addRow(names["remarksLabel"])
        self._choices = _Choices(self.selectors)
        self._guesses = ChannelSelectors(SimpleNamespace(**names))
        for selector in self.selectors.values():
            selector.connect(
                "currentNodeChanged(vtkMRMLNode*)", lambda *_: self._guesses.follow(self._choices)
            )
        self.openButton = pushButton(
            "scanOpenButton",
            "List the layers",
            "Load the network, prepare the scan for it, and list the network's layers.",
            self._list,
        )
        layout.addRow(self.openButton)

    def _addLayers(self, layout: Any) -> None:
        self.layerCombo = qt.QComboBox()
        self.layerCombo.setObjectName("scanLayerComboBox")
        self.layerCombo.setToolTip(
            "A layer of the network, in the order in which the scan passes them; the number is the "
            "length of its voxels."
        )
        self.layerCombo.connect("currentIndexChanged(int)", self._layerChosen)
        layout.addRow("Layer:", self.layerCombo)
        self.channelList = qt.QListWidget()
        self.channelList.setObjectName("scanChannelListWidget")
        self.channelList.setViewMode(qt.QListWidget.IconMode)
        self.channelList.setIconSize(qt.QSize(THUMBNAIL, THUMBNAIL))
        self.channelList.setFixedHeight(2 * THUMBNAIL + 54)
        self.channelList.setToolTip(
            "The layer's channels on one slice: orange is more, blue is less than what the channel "
            "says of most of the brain. Click on one to choose it."
        )
        layout.addRow("Channel:", self.channelList)
        self.mapButton = pushButton(
            "scanMapButton",
            "Show the feature map over the slices",
            "Make the channel's map a volume at the scan's place, and lay it over the scan.",
            self._showMap,
        )
        layout.addRow(self.mapButton)

    def _addQuestions(self, layout: Any) -> None:
        self.regionCombo = qt.QComboBox()
        self.regionCombo.setObjectName("scanRegionComboBox")
        self.regionCombo.setToolTip("The region whose finding Grad-CAM explains.")
        for region, title in REGION_TITLES.items():
            self.regionCombo.addItem(title, region)
        layout.addRow("Region:", self.regionCombo)
        self.segmentCombo = SegmentChooser("scanExplainedComboBox", "where the network finds it")
        self.segmentCombo.widget.setToolTip(
            "The voxels that Grad-CAM explains: those where the network finds the region, or those "
            "of a segment."
        )
        layout.addRow("Voxels:", self.segmentCombo.widget)
        self.camButton = pushButton(
            "scanCamButton",
            "Show what speaks for the region (Grad-CAM)",
            "Weigh the layer's maps by how much they raise the region's score, and lay the sum "
            "over the scan (Selvaraju 2017; Vinogradova 2020 for segmentation).",
            self._showCam,
        )
        layout.addRow(self.camButton)
        self.contrastCombo = qt.QComboBox()
        self.contrastCombo.setObjectName("scanContrastComboBox")
        self.contrastCombo.setToolTip("The contrast to take from the network.")
        for channel in CHANNELS:
            self.contrastCombo.addItem(CHANNEL_TITLES[channel], channel)
        self.contrastCombo.setCurrentIndex(CHANNELS.index("flair"))
        layout.addRow("Contrast:", self.contrastCombo)
        self.contrastButton = pushButton(
            "scanContrastButton",
            "Segment without this contrast",
            "Segment with all contrasts and again with this one set to zero, and compare.",
            self._removeContrast,
        )
        layout.addRow(self.contrastButton)

    # The scene

    def refresh(self) -> None:
        """Guess which volume is which, and take up the scene's segments."""
        self._guesses.guess(self._choices, keepChosen=True)
        self.segmentCombo.refresh()

    def forget(self) -> None:
        """Forget layers and channels: the scene, or the worker, is gone."""
        self._open = self._drawn = None
        self._layers = []
        wasBlocked = self.layerCombo.blockSignals(True)
        self.layerCombo.clear()
        self.layerCombo.blockSignals(wasBlocked)
        self.channelList.clear()
        self.tableView.visible = False
        self._guesses.forgetReasons()

    def cleanup(self) -> None:
        """Let go of the volumes and the table."""
        self._guesses.cleanup()
        self.tableView.setMRMLTableNode(None)

    @property
    def source(self) -> Any:
        """The volume that results are laid over, and whose geometry they have."""
        # The engine's own choice of reference: the contrast-enhanced T1.
        return self.selectors["t1c"].currentNode()

    # What the user does

    def _list(self, *_) -> None:
        self._ask(Question(), lambda _reply: "Choose a layer.")

    def _layerChosen(self, *_) -> None:
        self._drawThumbnails()

    def _drawThumbnails(self, sentence: str = "") -> None:
        """Have the layer's channels drawn; what was said before may be said again."""
        self.channelList.clear()
        if not self.layerCombo.count or self._work.running:
            return
        arguments = {"layer": self.layerCombo.currentData}

        def show(reply: Reply) -> str:
            count = self._showThumbnails(reply)
            return sentence or count

        self._ask(Question(THUMBNAILS, arguments), show)

    def _showThumbnails(self, reply: Reply) -> str:
        self.channelList.clear()
        for number, text in enumerate(reply.answer["thumbnails"], start=1):
            pixmap = qt.QPixmap()
            pixmap.loadFromData(base64.b64decode(text))
            item = qt.QListWidgetItem(qt.QIcon(pixmap), str(number))
            item.setToolTip(f"Channel {number}")
            self.channelList.addItem(item)
        self.channelList.setCurrentRow(0)
        return f"{self.channelList.count} channels; choose one."

    def _showMap(self, *_) -> None:
        channel = max(self.channelList.currentRow, 0)
        arguments = {"channel": channel}

        def show(reply: Reply) -> str:
            answer = reply.answer
            name = f"{answer['layer']}, channel {channel + 1}"
            node = scan_nodes.putVolume(name, reply.images["output"])
            spread = max(answer["spread"], 1e-6)
            scan_nodes.overlay(node, self.source, -spread, spread)
            return (
                f"{name}: orange is more, blue is less than {answer['typical']:.2f}, which it says "
                "of most of the brain."
            )

        self._askOfLayer("scan_feature_map", arguments, show)

    def _showCam(self, *_) -> None:
        region = self.regionCombo.currentData
        segment = self.segmentCombo.chosen()

        def show(reply: Reply) -> str:
            answer = reply.answer
            name = f"Grad-CAM of {region}, {answer['layer']}"
            node = scan_nodes.putVolume(name, reply.images["output"])
            scan_nodes.overlay(node, self.source, 0.0, 1.0)
            return (
                f"{name}: {100 * answer['share_inside']:.0f} % of it lies in the voxels that it "
                "explains."
            )

        self._askOfLayer("scan_grad_cam", {"region": region}, show, segment)

    def _removeContrast(self, *_) -> None:
        channel = self.contrastCombo.currentData
        title = CHANNEL_TITLES[channel]

        def show(reply: Reply) -> str:
            source, images = self.source, reply.images
            scan_nodes.putSegmentation("With all contrasts", images["before"], source)
            scan_nodes.putSegmentation(f"Without {title}", images["after"], source)
            node = scan_nodes.putVolume(f"Change without {title}", images["difference"])
            scan_nodes.overlay(node, source, -1.0, 1.0)
            rows = reply.answer["changes"]
            self._showTable(
                f"Without {title}",
                {
                    "Region": [row["region"] for row in rows],
                    "With (ml)": [round(row["with_ml"], 2) for row in rows],
                    "Without (ml)": [round(row["without_ml"], 2) for row in rows],
                    "Dice between": [round(row["dice"], 3) for row in rows],
                },
            )
            whole = rows[0]
            return (
                f"Without {title} the whole tumour has {whole['without_ml']:.1f} instead of "
                f"{whole['with_ml']:.1f} ml; Dice between the two is {whole['dice']:.2f}."
            )

        outputs = ("before", "after", "difference")
        self._ask(Question("scan_contrast_removed", {"channel": channel}, outputs), show)

    # The machinery

    def _askOfLayer(
        self,
        task: str,
        arguments: dict[str, Any],
        show: Callable[[Reply], str],
        segment: Any = None,
    ) -> None:
        if not self.layerCombo.count:
            self._work.say("Press 'List the layers' and choose one first.")
            return
        arguments = {**arguments, "layer": self.layerCombo.currentData}
        self._ask(Question(task, arguments, ("output",), segment), show)

    def _ask(self, question: Question, show: Callable[[Reply], str]) -> None:
        volumes = {name: selector.currentNode() for name, selector in self.selectors.items()}
        missing = [CHANNEL_TITLES[name] for name, node in volumes.items() if node is None]
        if missing:
            self._work.say(f"Choose the volume for {', '.join(missing)}.")
            return
        try:
            key = stateOf(volumes)
        except ELMEDError as error:
            self._work.say(str(error))
            return
        place = self._work.place
        isOpen = self._open == (place.workerProcessID, key)

        def answered(reply: Reply) -> str:
            if not all(slicer.mrmlScene.IsNodePresent(node) for node in volumes.values()):
                return "The scan was removed meanwhile; there is nothing to show."
            if reply.opened is not None:
                self._open = (place.workerProcessID, key)
                self._showLayers(reply.opened)
            sentence = show(reply)
            if question.task:
                self._work.onAnswer(question.task, reply.answer)
            drawn = (key, self.layerCombo.currentData)
            if question.task == THUMBNAILS:
                self._drawn = drawn
            elif drawn != self._drawn:
                # The run that has brought this ends after this.
                said = sentence if question.task else ""
                qt.QTimer.singleShot(0, lambda: self._drawAnew(said))
            return sentence

        self._work.start(
            lambda worker, onProgress, onEnd: ScanRun(
                worker, volumes, isOpen, question, onProgress, onEnd
            ),
            answered,
        )

    def _showLayers(self, opened: dict[str, Any]) -> None:
        if opened["layers"] == self._layers:
            return
        self._layers = opened["layers"]
        before = self.layerCombo.currentData
        wasBlocked = self.layerCombo.blockSignals(True)
        self.layerCombo.clear()
        for layer in self._layers:
            self.layerCombo.addItem(f"{layer['name']} ({layer['channels']})", layer["path"])
        self.layerCombo.setCurrentIndex(max(self.layerCombo.findData(before), 0) if before else 0)
        self.layerCombo.blockSignals(wasBlocked)
        self.channelList.clear()

    def _drawAnew(self, sentence: str) -> None:
        """Replace thumbnails of another scan or layer, unless the scan is not open any more."""
        if self._open is not None and self._open[0] == self._work.place.workerProcessID:
            self._drawThumbnails(sentence)

    def _showTable(self, name: str, columns: dict[str, list[Any]]) -> None:
        table = scan_nodes.putTable(name, columns)
        self.tableView.setMRMLTableNode(table)
        self.tableView.resizeColumnsToContents()
        self.tableView.visible = True


def _label(name: str, help: str) -> Any:  # noqa: A002 - what it is
    label = qt.QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setToolTip(help)
    label.visible = False
    return label

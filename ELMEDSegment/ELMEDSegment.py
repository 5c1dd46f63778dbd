"""ELMEDSegment, as Slicer sees it: four MRI volumes in, a glioma segmentation out."""

from __future__ import annotations

import sys
from pathlib import Path

import slicer
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
)

try:
    import ELMEDLib  # noqa: F401 - only to see whether it can be found
except ModuleNotFoundError:
    # In a checkout ELMEDLib lies beside this module's folder; installed, it lies in it.
    sys.path.append(str(Path(__file__).resolve().parent.parent))

from ELMEDLib.bridge.module_widget import PanelModuleWidget, describe
from ELMEDLib.errors import ELMEDError
from ELMEDSegmentWidgets.panel import SegmentPanel
from ELMEDSegmentWidgets.parameters import ELMEDSegmentParameterNode
from ELMEDSegmentWidgets.sample_data import loadSampleStudy, registerSampleData
from ELMEDSegmentWidgets.segmenter import Segmenter


class ELMEDSegment(ScriptedLoadableModule):
    """What Slicer's module list shows."""

    def __init__(self, parent):
        super().__init__(parent)
        describe(
            self.parent,
            "ELMED Segment",
            "Segmentation",
            "Segments a glioma in four MRI volumes (T1, contrast-enhanced T1, T2 and FLAIR) into "
            "necrotic core, oedema and enhancing tumour, and measures them. "
            "Choose the volumes, press Apply.",
        )
        slicer.app.connect("startupCompleted()", registerSampleData)


class ELMEDSegmentWidget(PanelModuleWidget):
    """The module's panel in Slicer; `SegmentPanel` fills it with life."""

    def makeLogic(self):
        """Return the module's logic."""
        return ELMEDSegmentLogic()

    def makePanel(self, isEntered):
        """Return the panel, and let it fill `self.ui` with life."""
        return SegmentPanel(self.ui, self.logic, isEntered)


class ELMEDSegmentLogic(ScriptedLoadableModuleLogic):
    """What can be done without the panel.

    Example, in Slicer's Python console:
        >>> from ELMEDSegment import ELMEDSegmentLogic
        >>> volumes = {"t1": nodeA, "t1c": nodeB, "t2": nodeC, "flair": nodeD}
        >>> segmentationNode = ELMEDSegmentLogic().segment(volumes)
    """

    def __init__(self):
        super().__init__()
        self.segmenter = Segmenter()

    def getParameterNode(self):
        """Return the panel's choices, which are saved with the scene."""
        return ELMEDSegmentParameterNode(super().getParameterNode())

    def segment(self, volumes, **options):
        """Segment the volume nodes `volumes` (by channel), and return the segmentation node.

        The window stays responsive meanwhile. Options are those of `segmenter.Request`.

        Raises:
            ELMEDError: the volumes or the model cannot be used; nothing in the scene has changed.
        """
        run = self.segmenter.start(volumes, **options)
        return run.wait().segmentationNode


class ELMEDSegmentTest(ScriptedLoadableModuleTest):
    """The module's self-test: segments the sample study with the bundled model."""

    def setUp(self):
        """Start from an empty scene."""
        slicer.mrmlScene.Clear()

    def runTest(self):
        """Run every test."""
        self.setUp()
        self.test_sampleStudyIsSegmented()

    def test_sampleStudyIsSegmented(self):
        """The sample study's tumour is found about where it was simulated."""
        from ELMEDSegmentWidgets.self_test import assertTumourFound, reasonToSkip

        reason = reasonToSkip()
        if reason:
            self.skipTest(reason)
        volumes = loadSampleStudy()
        logic = ELMEDSegmentLogic()
        try:
            segmentationNode = logic.segment(volumes)
        except ELMEDError as error:
            self.fail(str(error))
        finally:
            logic.segmenter.close()
        assertTumourFound(segmentationNode, volumes["t1c"])

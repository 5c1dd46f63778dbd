"""ELMEDSegment, as Slicer sees it: four MRI volumes in, a glioma segmentation out."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import slicer
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
    ScriptedLoadableModuleWidget,
)

try:
    import ELMEDLib
except ModuleNotFoundError:
    # In a checkout ELMEDLib lies beside this module's folder; installed, it lies in it.
    sys.path.append(str(Path(__file__).resolve().parent.parent))
    import ELMEDLib

from ELMEDLib.errors import ELMEDError
from ELMEDSegmentWidgets.panel import SegmentPanel
from ELMEDSegmentWidgets.parameters import ELMEDSegmentParameterNode
from ELMEDSegmentWidgets.sample_data import loadSampleStudy, registerSampleData
from ELMEDSegmentWidgets.segmenter import Segmenter


class ELMEDSegment(ScriptedLoadableModule):
    """What Slicer's module list shows."""

    def __init__(self, parent):
        super().__init__(parent)
        self.parent.title = "ELMED Segment"
        self.parent.categories = ["Segmentation"]
        self.parent.dependencies = []
        self.parent.contributors = ["ELMED contributors"]
        self.parent.helpText = (
            "Segments a glioma in four MRI volumes (T1, contrast-enhanced T1, T2 and FLAIR) into "
            "necrotic core, oedema and enhancing tumour, and measures them. "
            "Choose the volumes, press Apply. Research use only: not for diagnosis or treatment."
        )
        self.parent.acknowledgementText = (
            f"ELMED {ELMEDLib.__version__}, by the ELMED contributors. The README says how to cite "
            "it, its model and the data that the model was trained on."
        )
        slicer.app.connect("startupCompleted()", registerSampleData)


class ELMEDSegmentWidget(ScriptedLoadableModuleWidget):
    """The module's panel in Slicer; `SegmentPanel` fills it with life."""

    def __init__(self, parent=None):
        self.panel = None
        self.logic = None
        super().__init__(parent)

    def setup(self):
        """Build the panel, once, when the module is first opened."""
        super().setup()
        uiWidget = slicer.util.loadUI(self.resourcePath("UI/ELMEDSegment.ui"))
        self.layout.addWidget(uiWidget)
        self.ui = slicer.util.childWidgetVariables(uiWidget)
        uiWidget.setMRMLScene(slicer.mrmlScene)
        self.logic = ELMEDSegmentLogic()
        self.panel = SegmentPanel(self.ui, self.logic, lambda: self.parent.isEntered)

    def enter(self):
        """Show what the scene holds, each time the module is opened."""
        self.panel.enter()

    def exit(self):
        """Stop following the scene, each time another module is opened."""
        self.panel.exit()

    def cleanup(self):
        """End the worker and let go of the scene, when the module is unloaded or reloaded."""
        if self.panel:
            self.panel.cleanup()
        if self.logic:
            self.logic.segmenter.close()

    def onReload(self):
        """Load the module's packages again too: Slicer itself does it for this file alone."""
        from ELMEDLib.reloading import forget_modules

        forget_modules("ELMEDSegmentWidgets", "ELMEDSegmentLib", "ELMEDLib")
        super().onReload()


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
        while run.running:
            slicer.app.processEvents()
            time.sleep(0.01)
        return run.result().segmentationNode


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

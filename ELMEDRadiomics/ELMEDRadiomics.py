"""ELMEDRadiomics, as Slicer sees it: segments and volumes in, a table of radiomic features out."""

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
    import ELMEDSegmentLib  # noqa: F401 - it guesses sequences from names
except ModuleNotFoundError:
    # In a checkout both lie beside this module's folder; installed, they lie in it.
    sys.path.append(str(Path(__file__).resolve().parent.parent))
    sys.path.append(str(Path(__file__).resolve().parent.parent / "ELMEDSegment"))
    import ELMEDLib

from ELMEDLib.errors import ELMEDError
from ELMEDRadiomicsWidgets.extraction import Extractor, Request
from ELMEDRadiomicsWidgets.panel import RadiomicsPanel
from ELMEDRadiomicsWidgets.parameters import ELMEDRadiomicsParameterNode


class ELMEDRadiomics(ScriptedLoadableModule):
    """What Slicer's module list shows."""

    def __init__(self, parent):
        super().__init__(parent)
        self.parent.title = "ELMED Radiomics"
        self.parent.categories = ["Quantification"]
        self.parent.dependencies = []
        self.parent.contributors = ["ELMED contributors"]
        self.parent.helpText = (
            "Measures segments in any number of volumes: the radiomic features of pyradiomics and "
            "IBSI, with pyradiomics' parameter files. Choose a segmentation, check the volumes, "
            "press Apply. Research use only: not for diagnosis or treatment."
        )
        self.parent.acknowledgementText = (
            f"ELMED {ELMEDLib.__version__}, by the ELMED contributors. "
            "The README says how to cite it."
        )


class ELMEDRadiomicsWidget(ScriptedLoadableModuleWidget):
    """The module's panel in Slicer; `RadiomicsPanel` fills it with life."""

    def __init__(self, parent=None):
        self.panel = None
        self.logic = None
        super().__init__(parent)

    def setup(self):
        """Build the panel, once, when the module is first opened."""
        super().setup()
        uiWidget = slicer.util.loadUI(self.resourcePath("UI/ELMEDRadiomics.ui"))
        self.layout.addWidget(uiWidget)
        self.ui = slicer.util.childWidgetVariables(uiWidget)
        uiWidget.setMRMLScene(slicer.mrmlScene)
        self.logic = ELMEDRadiomicsLogic()
        self.panel = RadiomicsPanel(self.ui, self.logic, lambda: self.parent.isEntered)

    def enter(self):
        """Show what the scene holds, each time the module is opened."""
        self.panel.enter()

    def exit(self):
        """Let the worker go, each time another module is opened."""
        self.panel.exit()

    def cleanup(self):
        """End the worker and let go of the scene, when the module is unloaded or reloaded."""
        if self.panel:
            self.panel.cleanup()
        if self.logic:
            self.logic.extractor.close()

    def onReload(self):
        """Load the module's packages again too: Slicer itself does it for this file alone."""
        from ELMEDLib.reloading import forget_modules

        forget_modules("ELMEDRadiomicsWidgets", "ELMEDRadiomicsLib", "ELMEDLib")
        super().onReload()


class ELMEDRadiomicsLogic(ScriptedLoadableModuleLogic):
    """What can be done without the panel.

    Example, in Slicer's Python console:
        >>> from ELMEDRadiomics import ELMEDRadiomicsLogic
        >>> volumes = {"t1c": nodeA, "flair": nodeB}
        >>> tableNode = ELMEDRadiomicsLogic().extract(segmentationNode, volumes, preset="course")
    """

    def __init__(self):
        super().__init__()
        self.extractor = Extractor()

    def getParameterNode(self):
        """Return the panel's choices, which are saved with the scene."""
        return ELMEDRadiomicsParameterNode(super().getParameterNode())

    def extract(self, segmentationNode, volumes, **options):
        """Measure segments in the volume nodes `volumes` (by name), and return the table node.

        The window stays responsive meanwhile. Options are those of `extraction.Request`.

        Raises:
            ELMEDError: something cannot be used; nothing in the scene has changed.
        """
        run = self.extractor.start(Request(segmentationNode, volumes, **options))
        while run.running:
            slicer.app.processEvents()
            time.sleep(0.01)
        return run.result().tableNode


class ELMEDRadiomicsTest(ScriptedLoadableModuleTest):
    """The module's self-test: measures the sample study's true segments."""

    def setUp(self):
        """Start from an empty scene."""
        slicer.mrmlScene.Clear()

    def runTest(self):
        """Run every test."""
        self.setUp()
        self.test_sampleStudyIsMeasured()

    def test_sampleStudyIsMeasured(self):
        """The enhancing tumour has the volume that was simulated."""
        from ELMEDRadiomicsWidgets.self_test import (
            assertTumourVolume,
            loadLabelledStudy,
            reasonToSkip,
        )

        reason = reasonToSkip()
        if reason:
            self.skipTest(reason)
        segmentationNode, volumes = loadLabelledStudy()
        logic = ELMEDRadiomicsLogic()
        try:
            tableNode = logic.extract(segmentationNode, {"t1c": volumes["t1c"]})
        except ELMEDError as error:
            self.fail(str(error))
        finally:
            logic.extractor.close()
        assertTumourVolume(tableNode)

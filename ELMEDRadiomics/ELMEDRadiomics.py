"""ELMEDRadiomics, as Slicer sees it: segments and volumes in, a table of radiomic features out."""

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
    import ELMEDSegmentLib  # noqa: F401 - it guesses sequences from names
except ModuleNotFoundError:
    # In a checkout both lie beside this module's folder; installed, they lie in it.
    sys.path.append(str(Path(__file__).resolve().parent.parent))
    sys.path.append(str(Path(__file__).resolve().parent.parent / "ELMEDSegment"))

from ELMEDLib.bridge.module_widget import PanelModuleWidget, describe
from ELMEDLib.errors import ELMEDError
from ELMEDRadiomicsWidgets.extraction import Extractor, Request
from ELMEDRadiomicsWidgets.panel import RadiomicsPanel
from ELMEDRadiomicsWidgets.parameters import ELMEDRadiomicsParameterNode


class ELMEDRadiomics(ScriptedLoadableModule):
    """What Slicer's module list shows."""

    def __init__(self, parent):
        super().__init__(parent)
        describe(
            self.parent,
            "ELMED Radiomics",
            "Quantification",
            "Measures segments in any number of volumes: the radiomic features of pyradiomics and "
            "IBSI, with pyradiomics' parameter files. Choose a segmentation, check the volumes, "
            "press Apply.",
        )


class ELMEDRadiomicsWidget(PanelModuleWidget):
    """The module's panel in Slicer; `RadiomicsPanel` fills it with life."""

    def makeLogic(self):
        """Return the module's logic."""
        return ELMEDRadiomicsLogic()

    def makePanel(self, isEntered):
        """Return the panel, and let it fill `self.ui` with life."""
        return RadiomicsPanel(self.ui, self.logic, isEntered)


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
        return run.wait().tableNode


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

"""ELMEDPlayground, as Slicer sees it: a neural network to take apart."""

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
    import ELMEDSegmentWidgets  # noqa: F401 - its network is one of those to be taken apart
except ModuleNotFoundError:
    # In a checkout both lie beside this module's folder; installed, they lie in it.
    sys.path.append(str(Path(__file__).resolve().parent.parent))
    sys.path.append(str(Path(__file__).resolve().parent.parent / "ELMEDSegment"))

from ELMEDLib.bridge.module_widget import PanelModuleWidget, describe
from ELMEDPlaygroundWidgets.laboratory import Laboratory
from ELMEDPlaygroundWidgets.panel import PlaygroundPanel
from ELMEDPlaygroundWidgets.parameters import ELMEDPlaygroundParameterNode


class ELMEDPlayground(ScriptedLoadableModule):
    """What Slicer's module list shows."""

    def __init__(self, parent):
        super().__init__(parent)
        describe(
            self.parent,
            "ELMED Playground",
            "Informatics",
            "Shows how a neural network learns: build one, train it step by step, look inside. "
            "Choose data and a network, press Run, and watch; the lessons show the way.",
        )


class ELMEDPlaygroundWidget(PanelModuleWidget):
    """The module's panel in Slicer; `PlaygroundPanel` fills it with life."""

    def makeLogic(self):
        """Return the module's logic."""
        return ELMEDPlaygroundLogic()

    def makePanel(self, isEntered):
        """Return the panel, and let it fill `self.ui` with life."""
        return PlaygroundPanel(self.ui, self.logic, isEntered)


class ELMEDPlaygroundLogic(ScriptedLoadableModuleLogic):
    """What can be done without the panel.

    Example, in Slicer's Python console:
        >>> from ELMEDPlayground import ELMEDPlaygroundLogic
        >>> from ELMEDPlaygroundWidgets.starting_point import startingSpec
        >>> answer = ELMEDPlaygroundLogic().train(startingSpec(), steps=500)
        >>> answer["history"][-1]["test_accuracy"]
    """

    def __init__(self):
        super().__init__()
        self.laboratory = Laboratory()

    def getParameterNode(self):
        """Return the panel's choices, which are saved with the scene."""
        return ELMEDPlaygroundParameterNode(super().getParameterNode())

    def train(self, spec, steps):
        """Train the experiment `spec` for some steps, and return the worker's last answer.

        The window stays responsive meanwhile. The worker is one of its own, and gone afterwards:
        what lies on the panel's bench stays as it is.

        Raises:
            ELMEDError: the experiment cannot be made, or there is no worker.
        """
        laboratory = Laboratory()
        try:
            laboratory.askAndWait("create", spec)
            return laboratory.askAndWait("advance", {"steps": steps})
        finally:
            laboratory.close()


class ELMEDPlaygroundTest(ScriptedLoadableModuleTest):
    """The module's self-test: a spiral is learnt."""

    def setUp(self):
        """Start from an empty scene."""
        slicer.mrmlScene.Clear()

    def runTest(self):
        """Run every test."""
        self.setUp()
        self.test_spiralIsLearnt()

    def test_spiralIsLearnt(self):
        """A small network tells the spiral's arms apart, on points that it was not trained on."""
        from ELMEDPlaygroundWidgets.self_test import assertLearnt, reasonToSkip, spiral

        reason = reasonToSkip()
        if reason:
            self.skipTest(reason)
        assertLearnt(ELMEDPlaygroundLogic().train(*spiral()))

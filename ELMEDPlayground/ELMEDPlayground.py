"""ELMEDPlayground, as Slicer sees it: a neural network to take apart."""

from __future__ import annotations

import sys
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


class ELMEDPlayground(ScriptedLoadableModule):
    """What Slicer's module list shows."""

    def __init__(self, parent):
        super().__init__(parent)
        self.parent.title = "ELMED Playground"
        self.parent.categories = ["Informatics"]
        self.parent.dependencies = []
        self.parent.contributors = ["ELMED contributors"]
        self.parent.helpText = (
            "Shows how a neural network learns: build one, train it step by step, look inside. "
            "The panel is in preparation. "
            "Research use only: not for diagnosis or treatment."
        )
        self.parent.acknowledgementText = (
            f"ELMED {ELMEDLib.__version__}, by the ELMED contributors. "
            "The README says how to cite it."
        )


class ELMEDPlaygroundWidget(ScriptedLoadableModuleWidget):
    """The module's panel in Slicer, which says so far what it will do."""

    def setup(self):
        """Build the panel, once, when the module is first opened."""
        super().setup()
        uiWidget = slicer.util.loadUI(self.resourcePath("UI/ELMEDPlayground.ui"))
        self.layout.addWidget(uiWidget)
        self.ui = slicer.util.childWidgetVariables(uiWidget)
        uiWidget.setMRMLScene(slicer.mrmlScene)
        self.logic = ELMEDPlaygroundLogic()

    def onReload(self):
        """Load the module's packages again too: Slicer itself does it for this file alone."""
        from ELMEDLib.reloading import forget_modules

        forget_modules("ELMEDPlaygroundLib", "ELMEDLib")
        super().onReload()


class ELMEDPlaygroundLogic(ScriptedLoadableModuleLogic):
    """What can be done without the panel: nothing yet."""


class ELMEDPlaygroundTest(ScriptedLoadableModuleTest):
    """The module's self-test."""

    def setUp(self):
        """Start from an empty scene."""
        slicer.mrmlScene.Clear()

    def runTest(self):
        """Run every test."""
        self.setUp()
        self.test_panelSaysWhatIsComing()

    def test_panelSaysWhatIsComing(self):
        """The panel can be opened and has its text."""
        ui = slicer.modules.elmedplayground.widgetRepresentation().self().ui
        self.assertIn("in preparation", ui.stateLabel.text)

"""What the file that Slicer loads is in every room: a description, and a panel to hand over to."""

from __future__ import annotations

import slicer
from slicer.ScriptedLoadableModule import ScriptedLoadableModuleWidget

import ELMEDLib
from ELMEDLib.reloading import forget_modules


def describe(parent, title: str, category: str, helpText: str) -> None:
    """Fill in what Slicer's module list shows of a room.

    Args:
        parent: the module.
        title: as users read it.
        category: of Slicer's module menu.
        helpText: what the module does and how to begin; that it is for research is added.
    """
    parent.title = title
    parent.categories = [category]
    parent.dependencies = []
    parent.contributors = ["ELMED contributors"]
    parent.helpText = f"{helpText} Research use only: not for diagnosis or treatment."
    parent.acknowledgementText = (
        f"ELMED {ELMEDLib.__version__}, by the ELMED contributors. The README says how to cite it."
    )


class PanelModuleWidget(ScriptedLoadableModuleWidget):
    """A module's panel in Slicer, filled with life by a `ELMEDLib.bridge.panels.Panel`."""

    def __init__(self, parent=None):
        self.panel = None
        self.logic = None
        self._uiWidget = None
        super().__init__(parent)

    def makeLogic(self):
        """Return the module's logic."""
        raise NotImplementedError

    def makePanel(self, isEntered):
        """Return the panel for `self.ui` and `self.logic`.

        Args:
            isEntered: tells whether the module is the one that the user sees.
        """
        raise NotImplementedError

    def setup(self):
        """Build the panel, once, when the module is first opened."""
        super().setup()
        self._uiWidget = slicer.util.loadUI(self.resourcePath(f"UI/{self.moduleName}.ui"))
        self.layout.addWidget(self._uiWidget)
        self.ui = slicer.util.childWidgetVariables(self._uiWidget)
        self._uiWidget.setMRMLScene(slicer.mrmlScene)
        self.logic = self.makeLogic()
        self.panel = self.makePanel(lambda: self.parent.isEntered)

    def enter(self):
        """Show what the scene holds, each time the module is opened."""
        self.panel.enter()

    def exit(self):
        """Let go of what only an open panel needs, each time another module is opened."""
        self.panel.exit()

    def cleanup(self):
        """End the worker and let go of the scene, when the module is unloaded or reloaded."""
        if self.panel:
            self.panel.cleanup()
        if self._uiWidget:
            self._letGoOfTheScene()

    def onReload(self):
        """Load the module's packages again too: Slicer itself does it for its one file alone."""
        forget_modules(f"{self.moduleName}Widgets", f"{self.moduleName}Lib", "ELMEDLib")
        super().onReload()

    def _letGoOfTheScene(self):
        """Slicer only hides what is reloaded: it would go on following the scene, unseen."""
        for widget in [self._uiWidget, *slicer.util.findChildren(self._uiWidget)]:
            if hasattr(widget, "setMRMLScene"):
                # Quietly: nobody chose another node.
                widget.blockSignals(True)
                widget.setMRMLScene(None)

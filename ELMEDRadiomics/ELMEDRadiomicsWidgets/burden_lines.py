"""Diameters as lines in the slices, which can be dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import slicer
from slicer.util import VTKObservationMixin

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ELMEDRadiomicsLib.burden.results import Burden, Lesion, Line

LESION = "ELMED.Lesion"
"""Attribute of a line: the name of the lesion that it belongs to."""

WHICH = "ELMED.Diameter"
"""Attribute of a line: `longest` or `perpendicular`."""

COLOURS = {"longest": (1.0, 0.85, 0.2), "perpendicular": (0.35, 0.8, 1.0)}
TITLES = {"longest": "longest", "perpendicular": "perpendicular"}

MOVED_MM = 0.05
"""A line whose ends have moved by less is as it was computed."""


class BurdenLines(VTKObservationMixin):
    """The lines of all lesions; tells when one was dragged."""

    def __init__(self, onMoved: Callable[[str], None]) -> None:
        """Prepare; nothing is added to the scene yet.

        Args:
            onMoved: called with the lesion's name when the user has moved a line.
        """
        super().__init__()
        self._onMoved = onMoved
        self._quiet = False

    def show(self, burden: Burden) -> None:
        """Replace the lines in the scene by those of a burden."""
        self.remove()
        for lesion in burden.lesions:
            diameters = lesion.diameters(burden.rule)
            for which in TITLES:
                self._add(lesion, which, getattr(diameters, which))

    def follow(self) -> None:
        """Watch the lines that the scene holds, after it was loaded."""
        self.removeObservers()
        for node in lineNodes():
            self.addObserver(node, node.PointModifiedEvent, self._moved)

    def remove(self) -> None:
        """Take the lines out of the scene."""
        self.removeObservers()
        for node in lineNodes():
            slicer.mrmlScene.RemoveNode(node)

    def release(self) -> None:
        """Stop watching; the lines stay."""
        self.removeObservers()

    def restore(self, burden: Burden, names: Sequence[str]) -> None:
        """Put the lines of lesions back to where they were computed."""
        for lesion in burden.lesions:
            if lesion.name not in names:
                continue
            diameters = lesion.diameters(burden.rule)
            for node in lineNodes(lesion.name):
                _place(node, getattr(diameters, node.GetAttribute(WHICH)))
            self._onMoved(lesion.name)

    def setVisible(self, names: Sequence[str]) -> None:
        """Show the lines of these lesions, and hide the others."""
        for node in lineNodes():
            node.GetDisplayNode().SetVisibility(node.GetAttribute(LESION) in names)

    def _add(self, lesion: Lesion, which: str, line: Line) -> None:
        node = slicer.mrmlScene.AddNewNodeByClass(
            "vtkMRMLMarkupsLineNode", f"{lesion.name}: {TITLES[which]}"
        )
        node.SetAttribute(LESION, lesion.name)
        node.SetAttribute(WHICH, which)
        node.CreateDefaultDisplayNodes()
        display = node.GetDisplayNode()
        for colour in (display.SetSelectedColor, display.SetColor):
            colour(*COLOURS[which])
        display.SetPointLabelsVisibility(False)
        display.SetPropertiesLabelVisibility(False)
        display.SetGlyphScale(1.6)
        for point in _world(line):
            node.AddControlPoint(*point)
        self.addObserver(node, node.PointModifiedEvent, self._moved)

    def _moved(self, node, _event) -> None:
        self._onMoved(node.GetAttribute(LESION))


def lineNodes(lesion: str | None = None) -> list[slicer.vtkMRMLMarkupsLineNode]:
    """Return the lines of a lesion, or of all."""
    return [
        node
        for node in slicer.util.getNodesByClass("vtkMRMLMarkupsLineNode")
        if node.GetAttribute(LESION) and lesion in (None, node.GetAttribute(LESION))
    ]


def endsOf(lesion: str) -> dict[str, np.ndarray]:
    """Return both ends (2, 3) of each line of a lesion, in LPS mm; lines that were deleted lack."""
    found = {}
    for node in lineNodes(lesion):
        count = 2
        if node.GetNumberOfControlPoints() == count:
            ends = np.zeros((count, 3))
            for number in range(count):
                node.GetNthControlPointPositionWorld(number, ends[number])
            found[node.GetAttribute(WHICH)] = ends * (-1, -1, 1)
    return found


def wasMoved(line: Line, ends: np.ndarray) -> bool:
    """Return whether a line lies elsewhere than it was computed."""
    return bool(np.abs(np.array([line.start, line.end]) - ends).max() > MOVED_MM)


def jumpToLine(line: Line) -> None:
    """Move all slices to the middle of a diameter."""
    middle = np.mean(_world(line), axis=0)
    for sliceNode in slicer.util.getNodesByClass("vtkMRMLSliceNode"):
        sliceNode.JumpSliceByCentering(*middle)


def _world(line: Line) -> list[tuple[float, float, float]]:
    """Return the ends in RAS, as nodes have them."""
    return [(-x, -y, z) for x, y, z in (line.start, line.end)]


def _place(node: slicer.vtkMRMLMarkupsLineNode, line: Line) -> None:
    with slicer.util.NodeModify(node):
        for number, point in enumerate(_world(line)):
            node.SetNthControlPointPositionWorld(number, *point)

"""The base of Slicer's MRML widgets: a widget that holds the scene."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import vtk
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from host.pythonqt.classes import stands_in
from host.pythonqt.errors import guarded
from host.widgets.ctk_buttons import ctkCollapsibleButton

if TYPE_CHECKING:
    from collections.abc import Callable


class Observations:
    """Observers of VTK objects that are gone when the widget that asked for them is."""

    def __init__(self, widget: Any) -> None:
        self._held: list[tuple[Any, int]] = []
        held = self._held
        widget.destroyed.connect(lambda *_: Observations.release(held))

    def add(self, observed: Any, event: Any, callback: Callable[[], None]) -> None:
        """Call `callback()` at every event."""

        def called(_caller: Any, _event: str) -> None:
            guarded(callback)

        self._held.append((observed, observed.AddObserver(event, called)))

    def add_for_nodes(self, scene: Any, event: Any, callback: Callable[[Any], None]) -> None:
        """Call `callback(node)` at every event of the scene that is about a node."""

        # Only these events carry an object; others carry text, which must not be taken for one.
        @vtk.calldata_type(vtk.VTK_OBJECT)
        def called(_caller: Any, _event: str, node: Any) -> None:
            guarded(callback, node)

        self._held.append((scene, scene.AddObserver(event, called)))

    def remove(self, observed: Any = None) -> None:
        """Stop observing one object, or all."""
        Observations.release(self._held, observed)

    @staticmethod
    def release(held: list[tuple[Any, int]], observed: Any = None) -> None:
        """Remove the observers in `held`."""
        for entry in list(held):
            if observed is None or entry[0] is observed:
                entry[0].RemoveObserver(entry[1])
                held.remove(entry)


class HoldsScene:
    """Adds `setMRMLScene`, `mrmlScene` and the signal to a widget class."""

    mrmlSceneChanged = Signal(object)

    def setMRMLScene(self, scene: Any) -> None:
        """Take the scene and tell the children that were connected in the `.ui` file."""
        if scene is not self.mrmlScene():
            self.__dict__["_scene"] = scene
            self._scene_changed(scene)
            self.mrmlSceneChanged.emit(scene)

    def mrmlScene(self) -> Any:
        """Return the scene."""
        return self.__dict__.get("_scene")

    def _scene_changed(self, scene: Any) -> None:
        """Follow a new scene; for subclasses."""


@stands_in
class qMRMLWidget(HoldsScene, QWidget):
    """The widget that `.ui` files have at the top."""

    mrmlSceneChanged = Signal(object)

    def __init__(self, *args: Any) -> None:
        QWidget.__init__(self, *args)


@stands_in
class qSlicerWidget(HoldsScene, QWidget):
    """The widget that modules have at the top."""

    mrmlSceneChanged = Signal(object)

    def __init__(self, *args: Any) -> None:
        QWidget.__init__(self, *args)


@stands_in
class qMRMLCollapsibleButton(HoldsScene, ctkCollapsibleButton):
    """A collapsible button that holds the scene."""

    mrmlSceneChanged = Signal(object)

    def __init__(self, *args: Any) -> None:
        ctkCollapsibleButton.__init__(self, *args)

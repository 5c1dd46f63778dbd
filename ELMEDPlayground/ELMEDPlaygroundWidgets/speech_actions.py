"""What a spoken command does: to the experiment, and to Slicer's views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer

if TYPE_CHECKING:
    from collections.abc import Callable

    from ELMEDPlaygroundWidgets.bench import Bench

LARGER, SMALLER = 0.8, 1.25
"""What the field of view is multiplied by."""

OF_THE_EXPERIMENT: dict[str, Callable[[Bench], None]] = {
    "run": lambda bench: bench.run(),
    "pause": lambda bench: bench.pause(),
    "step": lambda bench: bench.step(),
    "reset": lambda bench: bench.reset(),
}


def carryOut(command: str, bench: Bench) -> None:
    """Do what a command asks for.

    Opening pages and lessons is left to those who hear of it from the bench (`happened`).

    Args:
        command: its name; see `ELMEDPlaygroundLib.speech.commands`.
        bench: the experiment.
    """
    if command in OF_THE_EXPERIMENT:
        OF_THE_EXPERIMENT[command](bench)
    elif command in _OF_THE_VIEWS:
        _OF_THE_VIEWS[command]()


def _arrange(name: str) -> Callable[[], None]:
    def arrange() -> None:
        arrangement = getattr(slicer.vtkMRMLLayoutNode, f"SlicerLayout{name}View")
        slicer.app.layoutManager().setLayout(arrangement)

    return arrange


def _zoom(factor: float) -> Callable[[], None]:
    def zoom() -> None:
        for node in slicer.util.getNodesByClass("vtkMRMLSliceNode"):
            width, height, depth = node.GetFieldOfView()
            node.SetFieldOfView(width * factor, height * factor, depth)

    return zoom


def _fit() -> None:
    slicer.app.layoutManager().resetSliceViews()


def _move(slices: int) -> Callable[[], None]:
    def move() -> None:
        for logic in _sliceLogics():
            spacing = logic.GetLowestVolumeSliceSpacing()[2]
            logic.SetSliceOffset(logic.GetSliceOffset() + slices * spacing)

    return move


def _sliceLogics() -> list[Any]:
    manager = slicer.app.layoutManager()
    return [manager.sliceWidget(name).sliceLogic() for name in manager.sliceViewNames()]


def _showSegments(shown: bool) -> Callable[[], None]:
    def show() -> None:
        for node in slicer.util.getNodesByClass("vtkMRMLSegmentationNode"):
            if node.GetDisplayNode() is not None:
                node.GetDisplayNode().SetVisibility(shown)

    return show


_OF_THE_VIEWS: dict[str, Callable[[], None]] = {
    "axial": _arrange("OneUpRedSlice"),
    "sagittal": _arrange("OneUpYellowSlice"),
    "coronal": _arrange("OneUpGreenSlice"),
    "four-views": _arrange("FourUp"),
    "three-d": _arrange("OneUp3D"),
    "zoom-in": _zoom(LARGER),
    "zoom-out": _zoom(SMALLER),
    "fit": _fit,
    "next-slice": _move(1),
    "previous-slice": _move(-1),
    "show-segments": _showSegments(True),
    "hide-segments": _showSegments(False),
}

"""The layout manager: slice views Red, Green, Yellow and one 3D view."""

from __future__ import annotations

from typing import Any

import slicer
from PySide6.QtCore import Property, QObject, Signal
from trame_slicer.views import (
    ScheduledRenderStrategy,
    SliceView,
    ThreeDView,
    ViewProps,
)

from host import session
from host.pythonqt.classes import stands_in
from host.widgets.mrml_views import (
    qMRMLSliceView,
    qMRMLSliceWidget,
    qMRMLThreeDView,
    qMRMLThreeDWidget,
)

_SLICES = (
    ("Red", "Axial", "#F34A33"),
    ("Green", "Coronal", "#6EB04B"),
    ("Yellow", "Sagittal", "#EDD54C"),
)


class _RenderSoon(ScheduledRenderStrategy):
    """Asks the widget that shows the view to render when it next may."""

    def __init__(self) -> None:
        super().__init__()
        self.widget: Any = None

    def schedule_render(self) -> None:
        """Ask for a new picture."""
        manager = session.current().layout_manager
        if self.widget is not None and manager is not None and not manager.paused:
            self.widget.scheduleRender()


@stands_in
class qSlicerLayoutManager(QObject):
    """Makes the views when they are first asked for."""

    layoutChanged = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.paused = 0
        self._logic = slicer.vtkMRMLLayoutLogic()
        self._slices: dict[str, qMRMLSliceWidget] = {}
        self._threed: qMRMLThreeDWidget | None = None

    def make_views(self) -> None:
        """Make the slice views, so that the scene has their nodes."""
        core = session.current().core
        for name, orientation, colour in _SLICES:
            strategy = _RenderSoon()
            view = SliceView(core.scene, core.app_logic, name, scheduled_render_strategy=strategy)
            view.set_view_properties(
                ViewProps(label=name[0], orientation=orientation, color=colour)
            )
            view.set_mapped_in_layout(True)
            strategy.widget = qMRMLSliceView(view)
            self._slices[name] = qMRMLSliceWidget(strategy.widget)
        strategy = _RenderSoon()
        threed = ThreeDView(core.scene, core.app_logic, "1", scheduled_render_strategy=strategy)
        threed.set_mapped_in_layout(True)
        threed.set_background_gradient_color([193, 195, 232], [117, 120, 189])
        threed.renderer().SetGradientBackground(True)
        strategy.widget = qMRMLThreeDView(threed)
        self._threed = qMRMLThreeDWidget(strategy.widget)
        # Only now: the layout logic takes the views that are there, or would make nodes of its own.
        self._logic.SetMRMLScene(core.scene)

    threeDViewCount = Property(int, lambda _self: 1)
    plotViewCount = Property(int, lambda _self: 0)
    tableViewCount = Property(int, lambda _self: 0)
    layout = Property(
        int,
        lambda self: self._logic.GetLayoutNode().GetViewArrangement(),
        lambda self, arrangement: self.setLayout(arrangement),
    )

    def setLayout(self, arrangement: int) -> None:
        """Choose a layout: the scene remembers it, the host's window stays as it is."""
        self._logic.GetLayoutNode().SetViewArrangement(arrangement)
        self.layoutChanged.emit(arrangement)

    def layoutLogic(self) -> Any:
        """Return the layout logic."""
        return self._logic

    def mrmlScene(self) -> Any:
        """Return the scene."""
        return session.current().core.scene

    def sliceViewNames(self) -> list[str]:
        """Return the names of the slice views."""
        return list(self._slices)

    def sliceWidget(self, name: str) -> Any:
        """Return a slice view's widget, or None."""
        return self._slices.get(name)

    def threeDWidget(self, index: int | str) -> Any:
        """Return the 3D view's widget."""
        return self._threed if index in (0, "1", "View1") else None

    def mrmlSliceLogics(self) -> Any:
        """Return the slice logics as a collection."""
        return session.current().core.app_logic.GetSliceLogics()

    def mrmlViewLogics(self) -> Any:
        """Return the view logics as a collection."""
        return session.current().core.app_logic.GetViewLogics()

    def resetSliceViews(self) -> None:
        """Show all of each slice's background volume."""
        for widget in self._slices.values():
            widget.fitSliceToBackground()

    def resetThreeDViews(self) -> None:
        """Look at the middle of what the 3D view shows."""
        if self._threed is not None:
            self._threed.threeDView().resetFocalPoint()
            self._threed.threeDView().resetCamera()

    def pauseRender(self) -> None:
        """Render nothing for now."""
        self.paused += 1

    def resumeRender(self) -> None:
        """Render again."""
        self.paused = max(self.paused - 1, 0)

    def setRenderPaused(self, paused: bool) -> None:
        """Pause or resume."""
        (self.pauseRender if paused else self.resumeRender)()

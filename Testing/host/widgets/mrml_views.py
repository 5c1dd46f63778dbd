"""Slice, 3D and plot views: rendered off screen by Slicer's own code, painted by Qt."""

from __future__ import annotations

from typing import Any

import numpy as np
import vtk
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from vtk.util.numpy_support import vtk_to_numpy

from host.pythonqt.classes import stands_in
from host.widgets.mrml_widget import HoldsScene, Observations


class Picture(QImage):
    """A picture whose bytes can be kept: PySide6's lie in memory that goes with the picture."""

    def constBits(self) -> bytes:
        """Return a copy of the bytes, rows from the top, each filled up to whole fours."""
        return bytes(super().constBits())


def picture_of(window: vtk.vtkRenderWindow) -> Picture:
    """Render a window and return what it shows."""
    window.Render()
    grab = vtk.vtkWindowToImageFilter()
    grab.SetInput(window)
    grab.SetInputBufferTypeToRGB()
    grab.ReadFrontBufferOff()
    grab.Update()
    image = grab.GetOutput()
    width, height, _ = image.GetDimensions()
    pixels = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(height, 3 * width)[::-1]
    # Qt's rows fill whole fours of bytes; what is beyond the pixels is 0, not what was there.
    rows = np.pad(pixels, ((0, 0), (0, -3 * width % 4)))
    shown = QImage(rows.tobytes(), width, height, rows.shape[1], QImage.Format.Format_RGB888)
    return Picture(shown.copy())


class RenderedView(QWidget):
    """A widget that paints what a VTK render window shows, and passes the mouse on to it."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._picture: QImage | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.forceRender)
        self.setMinimumSize(80, 80)

    def renderWindow(self) -> Any:
        """Return the render window."""
        raise NotImplementedError

    def scheduleRender(self) -> None:
        """Render soon, once for many changes; not at all while nobody looks."""
        self._picture = None
        if self.isVisible() and not self._timer.isActive():
            self._timer.start(30)

    def forceRender(self) -> None:
        """Render now."""
        self.renderWindow().SetSize(self.width(), self.height())
        self._picture = picture_of(self.renderWindow())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the picture."""
        if self._picture is None:
            self.forceRender()
        painter = QPainter(self)
        painter.drawImage(self.rect(), self._picture)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Render at the new size."""
        super().resizeEvent(event)
        self.scheduleRender()

    def _tell(self, event: Any, name: str) -> None:
        interactor = self.renderWindow().GetInteractor()
        if interactor is None:
            return
        position = event.position()
        modifiers = event.modifiers()
        interactor.SetEventInformationFlipY(
            int(position.x()),
            int(position.y()),
            bool(modifiers & Qt.KeyboardModifier.ControlModifier),
            bool(modifiers & Qt.KeyboardModifier.ShiftModifier),
        )
        interactor.InvokeEvent(name)
        self.scheduleRender()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pass the button on."""
        self._tell(event, f"{_BUTTONS.get(event.button(), 'Left')}ButtonPressEvent")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Pass the button on."""
        self._tell(event, f"{_BUTTONS.get(event.button(), 'Left')}ButtonReleaseEvent")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pass the movement on."""
        self._tell(event, "MouseMoveEvent")

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Pass the wheel on."""
        up = event.angleDelta().y() > 0
        self._tell(event, "MouseWheelForwardEvent" if up else "MouseWheelBackwardEvent")


_BUTTONS = {
    Qt.MouseButton.LeftButton: "Left",
    Qt.MouseButton.RightButton: "Right",
    Qt.MouseButton.MiddleButton: "Middle",
}


class MRMLView(RenderedView):
    """A view of `trame_slicer`, which sets up Slicer's displayable managers."""

    def __init__(self, view: Any, *args: Any) -> None:
        super().__init__(*args)
        self.view = view

    def renderWindow(self) -> Any:
        """Return the render window."""
        return self.view.render_window()


@stands_in
class qMRMLSliceView(MRMLView):
    """A slice view."""

    def mrmlSliceNode(self) -> Any:
        """Return the slice node."""
        return self.view.get_view_node()


@stands_in
class qMRMLThreeDView(MRMLView):
    """A 3D view."""

    def mrmlViewNode(self) -> Any:
        """Return the view node."""
        return self.view.get_view_node()

    def cameraNode(self) -> Any:
        """Return the camera node."""
        return self.view.get_camera_node()

    def resetFocalPoint(self) -> None:
        """Look at the middle of what is shown."""
        self.view.reset_focal_point()

    def resetCamera(self, *_flags: bool) -> None:
        """Show everything."""
        self.view.reset_camera()

    def rotateToViewAxis(self, axis: int) -> None:
        """Look along an axis."""
        self.cameraNode().RotateTo(int(axis))


class ViewWidget(QWidget):
    """A widget with a view in it."""

    def __init__(self, view: MRMLView, *args: Any) -> None:
        super().__init__(*args)
        self._view = view
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(view)

    def viewWidget(self) -> MRMLView:
        """Return the view."""
        return self._view


@stands_in
class qMRMLSliceWidget(ViewWidget):
    """A slice view with its controls."""

    def sliceView(self) -> MRMLView:
        """Return the view."""
        return self._view

    def sliceLogic(self) -> Any:
        """Return the logic."""
        return self._view.view._logic

    def mrmlSliceNode(self) -> Any:
        """Return the slice node."""
        return self._view.view.get_view_node()

    def mrmlSliceCompositeNode(self) -> Any:
        """Return the node that says which volumes are shown."""
        return self.sliceLogic().GetSliceCompositeNode()

    def fitSliceToBackground(self) -> None:
        """Show all of the background volume."""
        self._view.view.fit_view_to_content()

    def setSliceOrientation(self, orientation: str) -> None:
        """Turn the slice."""
        self.mrmlSliceNode().SetOrientation(orientation)


@stands_in
class qMRMLThreeDWidget(ViewWidget):
    """A 3D view with its controls."""

    def __init__(self, view: MRMLView, *args: Any) -> None:
        super().__init__(view, *args)
        # VTK's own smoothing of edges loses see-through surfaces when it draws off screen.
        view.renderWindow().SetMultiSamples(0)

    def threeDView(self) -> MRMLView:
        """Return the view."""
        return self._view

    def mrmlViewNode(self) -> Any:
        """Return the view node."""
        return self._view.view.get_view_node()

    def viewLogic(self) -> Any:
        """Return the logic."""
        return self._view.view._logic


@stands_in
class qMRMLPlotView(HoldsScene, RenderedView):
    """A plot chart node as a chart."""

    mrmlSceneChanged = Signal(object)

    def __init__(self, *args: Any) -> None:
        RenderedView.__init__(self, *args)
        self._view_node: Any = None
        self._observations = Observations(self)
        self._context = vtk.vtkContextView()
        self._context.GetRenderWindow().SetOffScreenRendering(1)
        self._context.GetRenderer().SetBackground(1.0, 1.0, 1.0)

    def renderWindow(self) -> Any:
        """Return the render window."""
        return self._context.GetRenderWindow()

    def setMRMLPlotViewNode(self, node: Any) -> None:
        """Show the chart of a plot view node."""
        self._view_node = node
        self._follow()

    def fitToContent(self) -> None:
        """Show all of the chart."""
        self.scheduleRender()

    def _follow(self) -> None:
        from host.widgets.plot_chart import chart_of

        self._observations.remove()
        chart = self._view_node.GetPlotChartNode() if self._view_node is not None else None
        modified = vtk.vtkCommand.ModifiedEvent
        for node in (self._view_node, chart):
            if node is not None:
                self._observations.add(node, modified, self._follow)
        self._context.GetScene().ClearItems()
        if chart is not None:
            self._context.GetScene().AddItem(chart_of(chart))
        self.scheduleRender()

"""Slices and surfaces as Slicer's own displayable managers draw them, without a screen."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from PIL import Image

# As in Slicer's layouts: which view shows which orientation, and which is the 3D view.
SLICE_VIEWS = {"axial": "Red", "sagittal": "Yellow", "coronal": "Green"}
ORIENTATIONS = tuple(SLICE_VIEWS)
SURFACE_VIEW = "1"

# For each orientation: the RAS axis along which it slices, and the RAS axes that go across and up.
SLICE_AXIS = {"axial": 2, "sagittal": 0, "coronal": 1}
IN_PLANE = {"axial": (0, 1), "sagittal": (1, 2), "coronal": (0, 2)}

MARGIN = 1.12
"""How much wider than the brain a picture is."""


@dataclass(frozen=True)
class Extent:
    """A box in RAS coordinates (mm).

    Attributes:
        lower: its smallest coordinates.
        upper: its largest coordinates.
    """

    lower: tuple[float, float, float]
    upper: tuple[float, float, float]

    @property
    def centre(self) -> tuple[float, float, float]:
        """The middle of the box."""
        x, y, z = ((a + b) / 2 for a, b in zip(self.lower, self.upper, strict=True))
        return x, y, z

    def size(self, axis: int) -> float:
        """Return the box's length along an axis, in mm."""
        return self.upper[axis] - self.lower[axis]


def render_without_screen() -> None:
    """Choose VTK's windowless rendering where there is no screen; call before VTK is imported."""
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")


class SlicePictures:
    """Draws slices of the volumes of a scene, with its segmentations over them.

    The views are the red, yellow and green ones of Slicer's layouts, so that a scene opens there as
    it was drawn last. They have to be made before the segmentations are: what comes into a view
    first is drawn first, and only what is drawn before a segment is seen through it.
    """

    def __init__(self, app: Any, size: int, volume: Any) -> None:
        from slicer import vtkMRMLAbstractViewNode
        from trame_slicer.views import SliceView
        from trame_slicer.views.render_scheduler import NoScheduleRendering

        self._views = {}
        for orientation, name in SLICE_VIEWS.items():
            view = SliceView(
                app.scene, app.app_logic, name, scheduled_render_strategy=NoScheduleRendering()
            )
            view.get_view_node().SetLayoutLabel(name[0])
            view.update_size(size, size)
            view.set_orientation(orientation.capitalize())
            view.set_background_volume_id(volume.GetID())
            view.render()
            view.set_ruler(vtkMRMLAbstractViewNode.RulerTypeThin)
            self._views[orientation] = view

    def picture(
        self, volume: Any, orientation: str, position: tuple[float, float, float], brain: Extent
    ) -> Image.Image:
        """Draw one slice in the radiological convention: the patient's right is on the left.

        Args:
            volume: the volume node to show.
            orientation: one of `ORIENTATIONS`.
            position: the RAS point (mm) whose slice is shown.
            brain: what must be in the picture.

        Returns:
            An RGB picture as high as wide.
        """
        view = self._views[orientation]
        node = view.get_view_node()
        view.set_background_volume_id(volume.GetID())
        view.fit_view_to_content()
        across, up = IN_PLANE[orientation]
        field = MARGIN * max(brain.size(across), brain.size(up))
        node.SetFieldOfView(field, field, node.GetFieldOfView()[2])
        centre = list(brain.centre)
        centre[SLICE_AXIS[orientation]] = position[SLICE_AXIS[orientation]]
        node.JumpSliceByCentering(*centre)
        view.render()
        return picture_of(view)

    def close(self) -> None:
        """Release the views' windows."""
        for view in self._views.values():
            view.finalize()


class SurfacePictures:
    """Draws what a scene shows in 3D."""

    def __init__(self, app: Any, size: int) -> None:
        from trame_slicer.views import ThreeDView
        from trame_slicer.views.render_scheduler import NoScheduleRendering

        self._view = ThreeDView(
            app.scene, app.app_logic, SURFACE_VIEW, scheduled_render_strategy=NoScheduleRendering()
        )
        # Drawn larger and shrunk: VTK's own smoothing of edges loses see-through surfaces here.
        self._size = size
        self._view.update_size(2 * size, 2 * size)
        self._view.render_window().SetMultiSamples(0)
        self._view.set_box_visible(False)
        self._view.set_background_color([0, 0, 0])

    def picture(
        self, centre: tuple[float, float, float], azimuth: float, radius: float
    ) -> Image.Image:
        """Draw the surfaces around a point.

        Args:
            centre: the RAS point (mm) in the middle of the picture.
            azimuth: degrees from the front towards the patient's left.
            radius: half the width of what must be in the picture, in mm.
        """
        from slicer import vtkMRMLAbstractViewNode

        camera = self._view.get_camera_node().GetCamera()
        angle = np.deg2rad(azimuth)
        radius = MARGIN * radius
        away = np.array([-np.sin(angle), np.cos(angle), 0.35]) * 6 * radius
        camera.SetFocalPoint(centre)
        camera.SetPosition(np.asarray(centre) + away)
        camera.SetViewUp(0, 0, 1)
        camera.SetViewAngle(2 * np.rad2deg(np.arctan(radius / np.linalg.norm(away))))
        self._view.set_orientation_marker(
            vtkMRMLAbstractViewNode.OrientationMarkerTypeAxes,
            vtkMRMLAbstractViewNode.OrientationMarkerSizeSmall,
        )
        self._view.renderer().ResetCameraClippingRange()
        self._view.render()
        return picture_of(self._view).resize((self._size, self._size))

    def close(self) -> None:
        """Release the view's window."""
        self._view.finalize()


def picture_of(view: Any) -> Image.Image:
    """Return what a view's render window shows, as an RGB picture."""
    from PIL import Image
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkRenderingCore import vtkWindowToImageFilter

    grab = vtkWindowToImageFilter()
    grab.SetInput(view.render_window())
    grab.SetInputBufferTypeToRGB()
    grab.ReadFrontBufferOff()
    grab.Update()
    image = grab.GetOutput()
    width, height, _ = image.GetDimensions()
    pixels = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(height, width, 3)
    return Image.fromarray(np.ascontiguousarray(pixels[::-1]))

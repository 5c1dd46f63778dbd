"""Pictures of a panel beside the views of the scene."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from host.widgets.mrml_views import picture_of, qMRMLSliceView

if TYPE_CHECKING:
    from pathlib import Path

PANEL_WIDTH = 460
VIEW_SIZE = QSize(420, 360)
_GAP = 2
BACKGROUND = QColor("#efefef")


def panel_picture(host: Any, width: int = PANEL_WIDTH, least_height: int = 0) -> QImage:
    """Draw the present module's panel, as high as it wants to be.

    As in Slicer, it is no narrower than its parts allow, whatever `width` is.
    """
    widget = host.main_window.shown_panel()
    if widget is None:
        return QImage()
    width = max(width, widget.minimumSizeHint().width())
    window = host.main_window
    window.resize(width + 40, max(least_height, 600))
    window.show()
    host.process_events()
    # As in Slicer's scroll area: text that wraps is as high as its lines at this width.
    wanted = widget.layout().totalHeightForWidth(width) if widget.layout() else 0
    height = max(wanted, widget.minimumSizeHint().height(), least_height)
    window.resize(width + 40, height + 120)
    host.process_events()
    widget.resize(width, height)
    host.process_events()
    return widget.grab().toImage()


def views_picture(
    host: Any, size: QSize = VIEW_SIZE, focus: tuple[float, float, float] | None = None
) -> QImage:
    """Draw the axial, 3D, coronal and sagittal views, the slices through `focus` (RAS, in mm)."""
    manager = host.layout_manager
    views = [
        manager.sliceWidget("Red").sliceView(),
        manager.threeDWidget(0).threeDView(),
        manager.sliceWidget("Green").sliceView(),
        manager.sliceWidget("Yellow").sliceView(),
    ]
    picture = QImage(2 * size.width() + _GAP, 2 * size.height() + _GAP, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.black)
    painter = QPainter(picture)
    for index, view in enumerate(views):
        view.renderWindow().SetSize(size.width(), size.height())
        view.renderWindow().Render()  # the size is taken up at the first rendering only
        _aim(view, focus)
        corner = QPoint((index % 2) * (size.width() + _GAP), (index // 2) * (size.height() + _GAP))
        painter.drawImage(corner, picture_of(view.renderWindow()))
    painter.end()
    return picture


def _aim(view: Any, focus: tuple[float, float, float] | None) -> None:
    """Show all there is; with a focus, slices go through it, and 3D leaves the box away."""
    is_slice = isinstance(view, qMRMLSliceView)
    if focus is not None and not is_slice:
        view.mrmlViewNode().SetBoxVisible(False)
        view.mrmlViewNode().SetAxisLabelsVisible(False)
    view.view.fit_view_to_content()
    if focus is not None and is_slice:
        view.mrmlSliceNode().JumpSliceByOffsetting(*focus)


def screenshot(
    host: Any,
    path: Path,
    *,
    views: bool = True,
    focus: tuple[float, float, float] | None = None,
) -> Path:
    """Draw the panel, with the views to its right, into a PNG file."""
    least = 2 * VIEW_SIZE.height() + _GAP
    panel = panel_picture(host, least_height=least if views else 0)
    view_size = QSize(VIEW_SIZE.width(), max(panel.height() - _GAP, least - _GAP) // 2)
    right = views_picture(host, view_size, focus) if views else QImage()
    return save_picture(side_by_side(panel, right, Qt.GlobalColor.black), path)


def side_by_side(left: QImage, right: QImage, behind: Any = BACKGROUND) -> QImage:
    """Put two pictures beside each other; what is below the right one is `behind`."""
    size = QSize(left.width() + right.width(), max(left.height(), right.height()))
    picture = QImage(size, QImage.Format.Format_RGB32)
    picture.fill(BACKGROUND)
    painter = QPainter(picture)
    painter.drawImage(0, 0, left)
    if not right.isNull():
        painter.fillRect(left.width(), 0, right.width(), size.height(), behind)
        painter.drawImage(left.width(), 0, right)
    painter.end()
    return picture


def save_picture(picture: QImage, path: Path) -> Path:
    """Write a picture as a PNG file and return its path.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not picture.save(str(path)):
        raise OSError(f"'{path}' cannot be written")
    return path

"""The latent plane of slices: what each place of it is decoded to, to walk in with the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundWidgets.views.charts import Scale
from ELMEDPlaygroundWidgets.views.images_canvas import ImageCanvas
from ELMEDPlaygroundWidgets.views.images_painting import INK, PALE, Box, left, picture, words
from ELMEDPlaygroundWidgets.views.images_view import ImageView, offer
from ELMEDPlaygroundWidgets.views.palette import colourOf

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HEAD, FOOT, BETWEEN = 22, 20, 8
MARK = "#ffd400"
NO_CLASS, NO_COLOUR = 255, "#9a9a9a"
RADIUS = 3.0


class WalkCanvas(ImageCanvas):
    """A sheet that tells where the mouse is while its button is down."""

    onWalk: Callable[[float, float], None] | None = None

    def mousePressEvent(self, event: Any) -> None:
        """Go there."""
        self._walk(event)

    def mouseMoveEvent(self, event: Any) -> None:
        """Follow the mouse."""
        self._walk(event)

    def _walk(self, event: Any) -> None:
        where = event.pos()
        if self.onWalk is not None:
            self.onWalk(where.x(), where.y())


class SlicesWalkView(ImageView):
    """Decoded slices all over the plane, real ones as dots, and the slice of the chosen point."""

    name = "slices-walk"
    title = "Walk among slices"
    help = (
        "Two numbers stand for each slice: a point of this plane. The small pictures show what "
        "each place is decoded to, dots are real slices (squares: held out). Click or drag, and "
        "see the slice of that point beside the learnt one that is most like it."
    )
    showsOneImage = False
    canvasClass = WalkCanvas

    def __init__(self) -> None:
        """Make the sheet, and the choice of a contrast."""
        super().__init__()
        self.at: tuple[float, float] | None = None
        self._plane: tuple[Box, float] | None = None
        self._waits = False
        self._asked: tuple[float, float] | None = None
        self.canvas.setObjectName("slicesWalkCanvas")
        self.canvas.onWalk = self._walked
        self.channelCombo = self.addCombo("Which of the volumes is shown.")
        self.bar.addStretch(1)

    def suits(self, summary: Mapping[str, Any]) -> bool:
        """Suit autoencoders of slices."""
        suits = summary.get("generates") == "slices-vae"
        if suits:
            entries = [(name, place) for place, name in enumerate(summary["channels"])]
            offer(self.channelCombo, entries)
            self.channelCombo.visible = len(entries) > 1
        return suits

    def clear(self) -> None:
        """Forget what was drawn, and go back to the middle."""
        super().clear()
        self.at = None
        self._waits = False

    def request(self) -> dict[str, Any]:
        """Ask for the chosen point."""
        return {"at": None if self.at is None else list(self.at), "channel": self._channel()}

    def show(self, data: Mapping[str, Any]) -> None:
        """Paint, and go on where the mouse has gone meanwhile."""
        super().show(data)
        if self._waits:
            self._waits = False
            if self.at != self._asked:
                self._ask()

    def walkTo(self, x: float, y: float) -> None:
        """Choose a point of the plane."""
        self.at = (x, y)
        if not self._waits:
            self._ask()

    def _ask(self) -> None:
        # One question at a time: the mouse moves faster than slices are decoded.
        self._waits, self._asked = True, self.at
        self.changed()

    def _channel(self) -> int:
        return self.channelCombo.currentData or 0

    def _walked(self, x: float, y: float) -> None:
        if self._plane is None:
            return
        box, extent = self._plane
        across = min(max((x - box.x) / box.width, 0.0), 1.0)
        down = min(max((y - box.y) / box.height, 0.0), 1.0)
        self.walkTo(round((2 * across - 1) * extent, 4), round((1 - 2 * down) * extent, 4))

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Paint the plane at the left, and the two slices at the right."""
        painter.setRenderHint(qt.QPainter.Antialiasing)
        least = min((height - 3 * HEAD) / 2, 0.4 * width)
        room = min(height - HEAD - FOOT, width - least - 3 * BETWEEN)
        plane = Box(BETWEEN, HEAD, room, room)
        extent = float(data["extent"])
        words(
            painter,
            Box(plane.x, 2, room, HEAD - 4),
            ("What each place stands for, and the real slices", "The latent plane", "Plane"),
            12,
            INK,
            left(),
            bold=True,
        )
        self._paintGrid(painter, plane, data["grid"])
        scale = Scale(plane, (-extent, extent), (-extent, extent))
        self._paintDots(painter, scale, data)
        self._paintMark(painter, scale, data["at"])
        self._paintLegend(painter, Box(plane.x, plane.y + room + 2, room, FOOT - 2), data)
        self._plane = (plane, extent)
        x = plane.x + room + BETWEEN
        self._paintPair(painter, Box(x, 0, width - x - 2, height), data)

    @staticmethod
    def _paintPair(painter: Any, box: Box, data: Mapping[str, Any]) -> None:
        """Paint the slice of the point, and the learnt one, where they are largest."""
        below = min((box.height - 3 * HEAD) / 2, box.width)
        beside = min((box.width - BETWEEN) / 2, box.height - HEAD - FOOT)
        side = max(below, beside)
        at = ", ".join(f"{number:.1f}".replace("-", "−") for number in data["at"])
        pairs = (
            ((f"Decoded at ({at})", f"At ({at})", "Decoded"), data["picture"]),
            (
                (f"Nearest learnt: {data['apart']:.2f} apart", "Nearest learnt", "Learnt"),
                data["nearest"],
            ),
        )
        for number, (title, pixels) in enumerate(pairs):
            x, y, wide = box.x, number * (side + HEAD + BETWEEN), box.width
            if beside > below:
                x, y, wide = box.x + number * (side + BETWEEN), 0, side
            words(painter, Box(x, y + 2, wide, HEAD - 4), title, 12, INK, left(), bold=number == 0)
            picture(painter, Box(x, y + HEAD, side, side), pixels)

    @staticmethod
    def _paintGrid(painter: Any, plane: Box, grid: Any) -> None:
        rows, columns, side, _ = grid.shape
        # One large picture: small ones beside each other would leave seams.
        whole = grid.transpose(0, 2, 1, 3).reshape(rows * side, columns * side)
        picture(painter, plane, whole)

    @staticmethod
    def _paintDots(painter: Any, scale: Scale, data: Mapping[str, Any]) -> None:
        for (x, y), target, isTest in zip(
            data["points"], data["targets"], data["is_test"], strict=True
        ):
            if max(abs(x), abs(y)) > scale.x[1]:
                continue
            spot = scale.point(float(x), float(y))
            painter.setPen(qt.QPen(qt.QColor("#ffffff"), 0.8))
            painter.setBrush(qt.QBrush(qt.QColor(_colour(target))))
            if isTest:
                half = 0.85 * RADIUS
                painter.drawRect(qt.QRectF(spot.x() - half, spot.y() - half, 2 * half, 2 * half))
            else:
                painter.drawEllipse(spot, RADIUS, RADIUS)

    @staticmethod
    def _paintMark(painter: Any, scale: Scale, at: Any) -> None:
        spot = scale.point(float(at[0]), float(at[1]))
        painter.setBrush(qt.QBrush(qt.Qt.NoBrush))
        painter.setPen(qt.QPen(qt.QColor(MARK), 2))
        painter.drawEllipse(spot, 7, 7)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(
                qt.QPointF(spot.x() + 7 * dx, spot.y() + 7 * dy),
                qt.QPointF(spot.x() + 12 * dx, spot.y() + 12 * dy),
            )

    @staticmethod
    def _paintLegend(painter: Any, box: Box, data: Mapping[str, Any]) -> None:
        names = [name.removesuffix(" third") for name in data["classes"]]
        each = box.width / len(names)
        for number, name in enumerate(names):
            x = box.x + number * each
            painter.setPen(qt.QPen(qt.Qt.NoPen))
            painter.setBrush(qt.QBrush(qt.QColor(colourOf(number))))
            painter.drawEllipse(qt.QPointF(x + 5, box.y + box.height / 2), 4, 4)
            at = Box(x + 13, box.y, each - 14, box.height)
            words(painter, at, (name, name.replace(" the segment", "")), 11, PALE, left())


def _colour(target: int) -> str:
    return NO_COLOUR if target == NO_CLASS else colourOf(target)

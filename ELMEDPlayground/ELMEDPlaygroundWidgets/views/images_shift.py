"""Shift the image with arrows, and see what each layer does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundWidgets.views.images_painting import (
    INK,
    ORANGE,
    PALE,
    SMALLEST,
    Box,
    fill,
    frame,
    left,
    picture,
    words,
)
from ELMEDPlaygroundWidgets.views.images_shift_layers import paintLayers
from ELMEDPlaygroundWidgets.views.images_view import ImageView

if TYPE_CHECKING:
    from collections.abc import Mapping

TITLE = 24
LINE = 19
MOST = 8
"""The image can be shifted by so many pixels."""

ARROWS = (
    ("←", "Shift the image one pixel to the left.", 0, -1),
    ("→", "Shift the image one pixel to the right.", 0, 1),
    ("↑", "Shift the image one pixel up.", -1, 0),
    ("↓", "Shift the image one pixel down.", 1, 0),
)
RIGHT, WRONG = (0, 114, 178), (213, 94, 0)
ASIDE = 0.36
"""Share of the width for image and table, where the layers find room beside them."""

LEAST_WIDTH = 720
SMALL_TABLE = 140
"""Below this height, what the test says stands beside the table."""

READABLE = 18
"""From this height on, a cell has room for words."""


class ShiftView(ImageView):
    """The image and where it was shifted to, every layer's answer, and the prediction."""

    name = "shift"
    title = "Shift the image"
    help = (
        "Shift the image with the arrow keys, the buttons or a click in the table. A convolution "
        "moves with the image: it is equivariant. Only pooling over the image makes the answer "
        "stay: invariant."
    )

    def __init__(self) -> None:
        """Offer arrows."""
        self.down = 0
        self.right = 0
        super().__init__()
        self.bar.addSpacing(12)
        for text, toolTip, down, right in ARROWS:
            self.addButton(text, toolTip, self._mover(down, right))
        self.addButton("0", "Put the image back.", lambda: self.shiftTo(0, 0))
        self.bar.addStretch(1)

    # Shifting

    def request(self) -> dict[str, Any]:
        """Ask for the shift, too."""
        return {**super().request(), "down": self.down, "right": self.right}

    def clear(self) -> None:
        """Put the image back."""
        self.down = self.right = 0
        super().clear()

    def shiftTo(self, down: int, right: int) -> None:
        """Shift the image to so many pixels from where it is by itself."""
        self.down = min(max(down, -MOST), MOST)
        self.right = min(max(right, -MOST), MOST)
        self.changed()

    def clicked(self, what: Any) -> None:
        """Shift the image as the clicked cell of the table says."""
        self.shiftTo(*what)

    def keyPressed(self, key: Any) -> bool:
        """Shift with the arrow keys; put the image back with Home."""
        moves = {
            qt.Qt.Key_Left: (0, -1),
            qt.Qt.Key_Right: (0, 1),
            qt.Qt.Key_Up: (-1, 0),
            qt.Qt.Key_Down: (1, 0),
        }
        for arrow, (down, right) in moves.items():
            if key == arrow:
                self.shiftTo(self.down + down, self.right + right)
                return True
        if key == qt.Qt.Key_Home:
            self.shiftTo(0, 0)
            return True
        return False

    def _mover(self, down: int, right: int) -> Any:
        return lambda: self.shiftTo(self.down + down, self.right + right)

    # Painting

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw image and table at the left, the layers at the right; below where it is narrow."""
        words(painter, Box(8, 0, width - 16, TITLE), _where(data), 14, INK, left(), bold=True)
        room = Box(8, TITLE, width - 16, height - TITLE - 4)
        if width >= LEAST_WIDTH:
            aside = Box(room.x, room.y, room.width * ASIDE, room.height)
            pictures = Box(aside.x, aside.y, aside.width, aside.height * 0.44)
            table = Box(aside.x, aside.y + aside.height * 0.44, aside.width, aside.height * 0.56)
            layers = Box(
                room.x + aside.width + 12, room.y, room.width - aside.width - 12, room.height
            )
        else:
            top = Box(room.x, room.y, room.width, room.height * 0.38)
            pictures = Box(top.x, top.y, top.width * 0.55, top.height)
            table = Box(top.x + top.width * 0.57, top.y, top.width * 0.43, top.height)
            layers = Box(room.x, room.y + top.height + 4, room.width, room.height - top.height - 4)
        self._pictures(painter, data, pictures)
        self._table(painter, data, table)
        paintLayers(painter, layers, data["layers"], data["down"] != 0 or data["right"] != 0)

    @staticmethod
    def _pictures(painter: Any, data: Mapping[str, Any], box: Box) -> None:
        """Draw the image before and after, each with what the network says."""
        for number, (pixels, said, shares) in enumerate(
            (
                (data["picture"], data["predicted"], data["probabilities"]),
                (data["moved_picture"], data["moved_predicted"], data["moved_probabilities"]),
            )
        ):
            half = box.cell(0, number, 1, 2)
            side = min(half.width - 8, half.height - 2 * LINE - 6)
            place = Box(half.x, half.y, side, side)
            picture(painter, place, pixels)
            right = said == data["truth"]
            text = f"{data['classes'][said]} ({100 * float(shares[said]):.0f} %)"
            at = Box(half.x, half.y + side + 2, half.width - 6, LINE)
            words(painter, at, "as it is" if number == 0 else "shifted", 12, PALE, left())
            at = Box(at.x, at.y + LINE - 2, at.width, LINE)
            words(painter, at, text, 14, INK if right else ORANGE, left(), bold=True)

    def _table(self, painter: Any, data: Mapping[str, Any], box: Box) -> None:
        """Draw what is predicted at each shift: blue where it is right, orange where not."""
        reach, classes = data["reach"], data["classes"]
        count = 2 * reach + 1
        truth = classes[data["truth"]]
        text = (f"says at each shift; blue is {truth}", f"at each shift; blue: {truth}")
        words(painter, Box(box.x, box.y, box.width, LINE), text, 12, PALE, left())
        small = box.height < SMALL_TABLE
        side = min(box.width, box.height - (1 if small else 2) * LINE - 4)
        table = Box(box.x, box.y + LINE, side, side)
        for row in range(count):
            for column in range(count):
                cell = table.cell(row, column, count, count)
                said = int(data["table_predicted"][row, column])
                share = float(data["table_probability"][row, column])
                ends = RIGHT if said == data["truth"] else WRONG
                depth = share if said == data["truth"] else 1 - share
                fill(painter, cell, qt.QColor(*(int(255 + depth * (c - 255)) for c in ends)))
                frame(painter, cell, "#ffffff")
                if cell.height >= READABLE:
                    size = int(min(max(cell.height * 0.45, SMALLEST), 14))
                    light = depth > 0.55  # noqa: PLR2004 - where white reads better
                    name = str(classes[said])
                    text = (name, name[:3])
                    words(painter, cell, text, size, "#ffffff" if light else INK)
                self.canvas.spot(cell, (row - reach, column - reach))
        here = (data["down"] + reach, data["right"] + reach)
        if max(here) < count and min(here) >= 0:
            frame(painter, table.cell(*here, count, count), INK, 3)
        shares = (100 * data["accuracy"], 100 * data["moved_accuracy"])
        if small:
            text = f"test images right:\n{shares[0]:.0f} %, shifted {shares[1]:.0f} %"
            at = Box(box.x + side + 8, table.y, box.width - side - 8, side)
        else:
            text = f"test images right: {shares[0]:.0f} %, shifted {shares[1]:.0f} %"
            at = Box(box.x, table.y + side + 2, box.width, LINE)
        words(painter, at, text, 12, INK, left())


def _where(data: Mapping[str, Any]) -> str:
    """Return in words which image it is, and where it was shifted to."""
    down, right = data["down"], data["right"]
    ways = [
        f"{abs(pixels)} pixel{'s' if abs(pixels) > 1 else ''} {name}"
        for pixels, name in (
            (down, "down" if down > 0 else "up"),
            (right, "right" if right > 0 else "left"),
        )
        if pixels
    ]
    shift = " and ".join(ways)
    truth = data["classes"][data["truth"]]
    return f"Image {data['image']}: {truth}, " + (f"shifted {shift}" if ways else "not shifted")

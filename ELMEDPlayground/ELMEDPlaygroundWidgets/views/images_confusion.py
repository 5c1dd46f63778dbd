"""Which classes are taken for which, and the worst mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt

from ELMEDPlaygroundWidgets.views.images_painting import (
    BLUE,
    INK,
    PALE,
    Box,
    fill,
    frame,
    grid,
    left,
    picture,
    right,
    words,
    wordsUp,
)
from ELMEDPlaygroundWidgets.views.images_view import ImageView

if TYPE_CHECKING:
    from collections.abc import Mapping

PARTS = (("Test images", "test"), ("Training images", "train"))
RIGHT, WRONG = (0, 114, 178), (213, 94, 0)
TITLE = 24
CAPTION = 16
MOST_SIDE = 150
SHORT = 3
"""Names of so many letters stand in one line below an image."""

READABLE = 40
"""From this width on, a cell has room for count and share."""


class PartView(ImageView):
    """A view of many images: those of the test, or those that were trained on."""

    showsOneImage = False

    def __init__(self) -> None:
        """Offer the two parts."""
        super().__init__()
        self.partCombo = self.addCombo("Which images are looked at.")
        wasBlocked = self.partCombo.blockSignals(True)
        for title, part in PARTS:
            self.partCombo.addItem(title, part)
        self.partCombo.blockSignals(wasBlocked)
        self.allBox = self.addFlag(
            "All of them", "Look at all images of the part, even where that takes longer."
        )
        self.bar.addStretch(1)

    @property
    def part(self) -> str:
        """The part that is looked at: "test" or "train"."""
        return self.partCombo.currentData

    def request(self) -> dict[str, Any]:
        """Ask for the part."""
        return {"part": self.part, "everything": self.allBox.checked}

    def clicked(self, what: Any) -> None:
        """Turn the other views to an image that was clicked."""
        kind, value = what
        if kind == "image":
            self.choose(value)

    def gallery(
        self, painter: Any, data: Mapping[str, Any], box: Box, captions: list[list[str]]
    ) -> None:
        """Draw images with words below them; a click on one chooses it.

        Args:
            painter: of the canvas.
            data: with `pictures` and `images`.
            box: where to.
            captions: the lines below each image.
        """
        below = CAPTION * max((len(lines) for lines in captions), default=0) + 6
        columns, _, side = grid(len(captions), box.width, box.height, below)
        if side > MOST_SIDE:
            columns, side = int(box.width // MOST_SIDE), MOST_SIDE
        for number, lines in enumerate(captions):
            row, column = divmod(number, columns)
            place = Box(box.x + column * side, box.y + row * (side + below), side, side).grown(-3)
            picture(painter, place, data["pictures"][number])
            index = int(data["images"][number])
            if index == self.chosen["image"]:
                frame(painter, place.grown(1), BLUE, 3)
            for line, text in enumerate(lines):
                at = Box(place.x - 3, place.y + side - 4 + line * CAPTION, side, CAPTION)
                words(painter, at, text, 12 if line == 0 else 11, INK if line == 0 else PALE)
            self.canvas.spot(place, ("image", index))


class ConfusionView(PartView):
    """A table: rows are the true classes, columns what the network says."""

    name = "confusion"
    title = "Confusion matrix"
    help = (
        "Counts which class is taken for which: right answers are blue, mistakes orange, the "
        "stronger the larger their share of the row. Click a cell to see its images."
    )

    def __init__(self) -> None:
        """Begin without a chosen cell."""
        self.cell: tuple[int, int] | None = None
        super().__init__()

    def clear(self) -> None:
        """Forget the cell, too: the classes are others now."""
        self.cell = None
        super().clear()

    def request(self) -> dict[str, Any]:
        """Ask for the part, and for the images of the chosen cell."""
        cell = None if self.cell is None else list(self.cell)
        return {**super().request(), "cell": cell}

    def clicked(self, what: Any) -> None:
        """Open a cell, or close it; else choose an image."""
        kind, value = what
        if kind == "cell":
            self.cell = None if value == self.cell else value
            self.changed()
        else:
            super().clicked(what)

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw the table, beside or above the images of the cell."""
        share = "" if data["looked_at"] == data["of"] else f" (of {data['of']:,})"
        text = f"{100 * data['accuracy']:.1f} % of {data['looked_at']:,} images{share} are right"
        words(painter, Box(8, 0, width - 16, TITLE), text, 14, INK, left(), bold=True)
        room = Box(0, TITLE, width, height - TITLE)
        if data["cell"] is None:
            self._table(painter, data, room)
            return
        if width > 1.25 * height:
            side = min(room.height, width * 0.6)
            table = Box(0, TITLE, side, room.height)
            images = Box(side + 10, TITLE, width - side - 16, room.height)
        else:
            side = room.height * 0.62
            table = Box(0, TITLE, width, side)
            images = Box(8, TITLE + side + 2, width - 16, room.height - side - 4)
        self._table(painter, data, table)
        self._images(painter, data, images)

    def _table(self, painter: Any, data: Mapping[str, Any], room: Box) -> None:
        classes = data["classes"]
        longest = max(len(name) for name in classes)
        labels = min(max(7.0 * longest + 10, 24), room.width * 0.25)
        box = Box(room.x + 22 + labels, room.y + 40, room.width - labels - 30, room.height - 64)
        box = Box(box.x, box.y, min(box.width, box.height * 1.5), box.height)
        words(painter, Box(box.x, room.y, box.width, 18), "the network says", 12, PALE)
        wordsUp(painter, Box(room.x + 2, box.y, 18, box.height), "the truth", 12, PALE)
        for number, name in enumerate(classes):
            row = box.cell(number, 0, len(classes), len(classes))
            words(
                painter, Box(box.x - labels, row.y, labels - 6, row.height), name, 12, INK, right()
            )
            column = box.cell(0, number, len(classes), len(classes))
            text = (name, name.replace(" ", "\n"))
            words(painter, Box(column.x, box.y - 22, column.width, 22), text, 12)
        for true in range(len(classes)):
            for said in range(len(classes)):
                self._cell(
                    painter, data, box.cell(true, said, len(classes), len(classes)), true, said
                )
        frame(painter, box)
        note = ("blue: right, orange: wrong; shares are of a row", "blue: right, orange: wrong")
        at = Box(box.x, box.y + box.height + 1, box.width, 18)
        words(painter, at, note, 11, PALE, left())

    def _cell(self, painter: Any, data: Mapping[str, Any], box: Box, true: int, said: int) -> None:
        count, share = int(data["counts"][true, said]), float(data["shares"][true, said])
        red, green, blue = RIGHT if true == said else WRONG
        # The square root lets rare mistakes be seen, too.
        depth = share**0.5
        fill(painter, box, qt.QColor(*(int(255 + depth * (c - 255)) for c in (red, green, blue))))
        frame(painter, box, "#e4e7eb")
        if count:
            colour = "#ffffff" if depth > 0.62 else INK  # noqa: PLR2004 - where white reads better
            tall = box.width >= READABLE and box.height >= READABLE * 0.75
            text = f"{count}\n{100 * share:.0f} %" if tall else str(count)
            words(painter, box.grown(-1), text, int(max(min(box.height * 0.4, 13), 9)), colour)
        if data["cell"] == [true, said]:
            frame(painter, box.grown(-1), INK, 3)
        self.canvas.spot(box, ("cell", (true, said)))

    def _images(self, painter: Any, data: Mapping[str, Any], box: Box) -> None:
        true, said = (data["classes"][number] for number in data["cell"])
        title = f"{true}, recognised" if true == said else f"{true}, taken for {said}"
        words(
            painter,
            Box(box.x, box.y, box.width, TITLE),
            f"{title}: {data['in_cell']}",
            13,
            INK,
            left(),
            bold=True,
        )
        below = Box(box.x, box.y + TITLE, box.width, box.height - TITLE)
        self.gallery(painter, data, below, [[f"{100 * c:.0f} %"] for c in data["confidences"]])


class MistakesView(PartView):
    """Images that the network is surest about, and wrong."""

    name = "mistakes"
    title = "Worst mistakes"
    help = (
        "Shows the images that the network is surest about and nevertheless wrong: what they are, "
        "what it takes them for, and how sure it is. Click one to see it in the other views."
    )

    def request(self) -> dict[str, Any]:
        """Ask for as many as can be seen well."""
        return {**super().request(), "count": 18}

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw the gallery."""
        none = data["wrong"] == 0
        text = f"{data['wrong']:,} of {data['looked_at']:,} images are wrong"
        text = (
            f"All {data['looked_at']:,} images are right" if none else text + "; the surest first"
        )
        words(painter, Box(8, 0, width - 16, TITLE), text, 14, INK, left(), bold=True)
        short = max(len(name) for name in data["classes"]) <= SHORT
        captions = [
            _caption(data["classes"][int(true)], data["classes"][int(said)], float(sure), short)
            for true, said, sure in zip(
                data["truth"], data["predicted"], data["confidences"], strict=True
            )
        ]
        self.gallery(painter, data, Box(8, TITLE + 4, width - 16, height - TITLE - 8), captions)


def _caption(truth: str, said: str, sure: float, short: bool) -> list[str]:
    """Return the lines below an image: what it is, and what it is taken for."""
    if short:
        return [f"{truth} → {said}", f"{100 * sure:.0f} %"]
    return [truth, f"→ {said}", f"{100 * sure:.0f} %"]

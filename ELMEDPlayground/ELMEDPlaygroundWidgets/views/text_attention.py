"""Which characters of the prompt look at which, in each layer and head."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundWidgets.views.images_painting import (
    INK,
    ORANGE,
    PALE,
    Box,
    frame,
    grid,
    left,
    picture,
    right,
    words,
    wordsUp,
)
from ELMEDPlaygroundWidgets.views.images_view import offer
from ELMEDPlaygroundWidgets.views.text_view import FOOT, HEAD, TextView, bluer, sign

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = 16
EDGE = 18
"""What the letters beside a map need."""

UP = 16
STRIP = 24
LEVELS = ((0.0, "nothing"), (0.25, "25 %"), (1.0, "100 %"))
SWATCH = 14


class TextAttentionView(TextView):
    """Maps of attention: all as small ones, or one with its letters."""

    name = "text-attention"
    title = "Attention"
    help = (
        "Each row is a character that looks, each column one that is looked at; the bluer, the "
        "more. The upper right is empty: nobody can look at what comes later. Click a small map to "
        "enlarge it, and a row of the large one to see that character's looks above."
    )

    def __init__(self) -> None:
        """Offer layers and heads, which a model fills."""
        super().__init__()
        self.layerCombo = self.addCombo("The layer whose attention is shown.")
        self.headCombo = self.addCombo("The head: each layer takes several looks side by side.")
        self.row: int | None = None

    def suits(self, summary: Mapping[str, Any]) -> bool:
        """Take up layers and heads."""
        suits = super().suits(summary)
        if suits:
            for combo, what, count in (
                (self.layerCombo, "layer", summary["block_count"]),
                (self.headCombo, "head", summary["heads"]),
            ):
                each = [(f"{what} {number + 1}", number) for number in range(count)]
                offer(combo, [(f"all {what}s", None), *each])
        return suits

    def clear(self) -> None:
        """Forget the row."""
        super().clear()
        self.row = None

    def request(self) -> dict[str, Any]:
        """Ask for layer and head."""
        chosen = {"layer": self.layerCombo.currentData, "head": self.headCombo.currentData}
        return {**super().request(), **chosen}

    def clicked(self, what: Any) -> None:
        """Enlarge a map, or choose a row."""
        kind, *places = what
        if kind == "row":
            self.row = places[0]
            self.canvas.update()
            return
        for combo, place in zip((self.layerCombo, self.headCombo), places, strict=True):
            wasBlocked = combo.blockSignals(True)
            combo.setCurrentIndex(place + 1)
            combo.blockSignals(wasBlocked)
        self.changed()

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw one map with its letters, or several small ones, and what the colours mean."""
        weights = data["weights"]
        box = Box(8, HEAD + 2, width - 16, height - HEAD - FOOT - 6)
        head = Box(8, 2, width - 16, HEAD)
        if weights.shape[0] * weights.shape[1] == 1:
            self._one(painter, box, head, data)
        else:
            shown = data["text"].replace("\n", sign("\n"))
            text = (f"Who looks at whom in “{shown}”: click a map", "Click a map to enlarge it")
            words(painter, head, text, 12, INK, left(), bold=True)
            self._many(painter, box, data)
        self._legend(painter, Box(8, height - FOOT, width - 16, FOOT))

    def _many(self, painter: Any, box: Box, data: Mapping[str, Any]) -> None:
        weights = data["weights"]
        layers, heads = weights.shape[:2]
        side = min(box.width / heads, box.height / layers - NAME)
        columns, step = heads, min(box.width / heads, side + 24)
        if layers == 1:
            columns, _, side = grid(heads, box.width, box.height, NAME)
            step = side
        for number in range(layers * heads):
            row, column = divmod(number, columns)
            layer, head = divmod(number, heads)
            at = Box(box.x + column * step, box.y + row * (side + NAME), side - 6, side - 6)
            picture(
                painter, Box(at.x, at.y + NAME, at.width, at.height), bluer(weights[layer, head])
            )
            places = self._place(data["layer"], layer), self._place(data["head"], head)
            name = f"layer {places[0] + 1}, head {places[1] + 1}"
            short = f"{places[0] + 1}, {places[1] + 1}"
            words(painter, Box(at.x, at.y, step - 2, NAME), (name, short), 11, PALE, left())
            self.canvas.spot(Box(at.x, at.y, at.width, at.height + NAME), ("map", *places))

    @staticmethod
    def _place(chosen: int | None, number: int) -> int:
        return number if chosen is None else chosen

    def _one(self, painter: Any, box: Box, head: Box, data: Mapping[str, Any]) -> None:
        weights = data["weights"][0, 0]
        text, count = data["text"], len(data["text"])
        row = min(self.row if self.row is not None else count - 1, count - 1)
        looked = int(weights[row].argmax())
        most = f"{100 * float(weights[row, looked]):.0f} %"
        said = f"“{sign(text[row])}” looks most at “{sign(text[looked])}” ({most})"
        places = self._place(data["layer"], 0), self._place(data["head"], 0)
        at = f"Layer {places[0] + 1}, head {places[1] + 1}"
        words(painter, head, (f"{at}: {said}", said), 12, INK, left(), bold=True)
        self._strip(painter, Box(box.x, box.y, box.width, STRIP), text, weights[row], row)
        room = Box(
            box.x + UP + EDGE,
            box.y + STRIP + EDGE + UP,
            box.width - UP - EDGE,
            box.height - STRIP - EDGE - UP,
        )
        side = min(room.width, room.height)
        square = Box(room.x, room.y, side, side)
        picture(painter, square, bluer(weights))
        self._letters(painter, square, text, row)
        wordsUp(painter, Box(box.x, square.y, UP, side), "looks", 11, PALE)
        words(painter, Box(square.x, square.y - EDGE - UP, side, UP), "is looked at", 11, PALE)
        self._note(painter, square, box)

    @staticmethod
    def _note(painter: Any, square: Box, box: Box) -> None:
        """Say beside the map, where there is room, what its empty half is."""
        rest = box.x + box.width - square.x - square.width - 12
        if rest > 120:  # noqa: PLR2004 - pixels that two words need
            text = "Above the\ndiagonal is\nnothing at all:\nnobody looks\nat what comes\nlater."
            at = Box(square.x + square.width + 10, square.y, rest, square.height)
            words(painter, at, text, 11, PALE, left())

    @staticmethod
    def _strip(painter: Any, box: Box, text: str, weights: np.ndarray, row: int) -> None:
        """Draw the prompt in a line, each character as blue as it is looked at."""
        wide = min(box.width / len(text), 20.0)
        colours = bluer(weights)
        for place, character in enumerate(text):
            at = Box(box.x + place * wide, box.y, wide, box.height - 4)
            picture(painter, at, colours[place][None, None])
            dark = float(weights[place]) > 0.4  # noqa: PLR2004 - white letters are readable there
            words(painter, at, sign(character), 12, "#ffffff" if dark else INK)
            if place == row:
                frame(painter, at.grown(-1), ORANGE, 2.0)

    def _letters(self, painter: Any, square: Box, text: str, row: int) -> None:
        count = len(text)
        size = int(max(min(square.height / count, 12), 9))
        for place, character in enumerate(text):
            line = square.cell(place, 0, count, 1)
            beside = Box(square.x - EDGE, line.y + line.height / 2 - 8, EDGE - 4, 16)
            if square.height / count >= size or place % 2 == 0 or place == row:
                colour = ORANGE if place == row else INK
                words(painter, beside, sign(character), size, colour, right(), bold=place == row)
            cell = square.cell(0, place, 1, count)
            above = Box(cell.x + cell.width / 2 - 8, square.y - EDGE + 1, 16, EDGE - 2)
            if square.width / count >= size or place % 2 == 0:
                words(painter, above, sign(character), size, INK)
            self.canvas.spot(
                Box(beside.x, line.y, EDGE + square.width, line.height), ("row", place)
            )
        frame(painter, square.cell(row, 0, count, 1), ORANGE, 1.2)

    @staticmethod
    def _legend(painter: Any, box: Box) -> None:
        x = box.x
        for share, name in LEVELS:
            picture(painter, Box(x, box.y + 3, SWATCH, 12), bluer(np.array([[share]])))
            words(painter, Box(x + SWATCH + 4, box.y, 46, FOOT), name, 11, PALE, left())
            x += SWATCH + 56
        words(painter, Box(x, box.y, box.x + box.width - x, FOOT), "of a look", 11, PALE, left())

"""What one convolution computes, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import qt

from ELMEDPlaygroundLib.views.convolution import padded, window
from ELMEDPlaygroundWidgets.views.images_painting import (
    BLUE,
    INK,
    ORANGE,
    PALE,
    Box,
    answerMap,
    diverging,
    fill,
    frame,
    left,
    picture,
    words,
)
from ELMEDPlaygroundWidgets.views.images_view import ImageView, offer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundLib.views.convolution import Window

PLAY_MS = 350
BEGINNING = (-1, -1)
"""Stands for the place in the middle, while the size is not known."""

ACTIVATIONS = {"relu": "ReLU", "gelu": "GELU"}
"""As they are written, where that is not as the engine does."""
TITLE = 24
CAPTION = 20
SUMS = 70
PRODUCTS = (9, 6, 4, 2)
"""So many products are written into the sum, as many as find room; of more, an ellipsis."""

MOST_CHANNELS = 6


class OneConvolutionView(ImageView):
    """A kernel moves over the image; what it computes at each place is written out."""

    name = "one-convolution"
    title = "One convolution"
    help = (
        "Shows what one convolution computes: at each place the values under the window times the "
        "kernel's weights, summed up, plus the bias, give one pixel of the result. Step with the "
        "buttons or the arrow keys, or click a pixel."
    )

    def __init__(self) -> None:
        """Offer layer, filter and channel, and the steps."""
        self.place = BEGINNING
        self.channel = 0
        super().__init__()
        self.layerCombo = self.addCombo("The convolution that is shown.")
        self.filterCombo = self.addCombo("The filter that is shown: each has a kernel of its own.")
        self.channelCombo = self.addCombo(
            "The channel of the input whose window is written out.", self._channelChosen
        )
        self.addButton("First", "Go to the first place.", lambda: self.goTo(0, 0))
        self.addButton("−", "Go back one place.", lambda: self.step(-1))
        self.playButton = self.addButton("Play", "Move on by itself, or stop.", self.togglePlay)
        self.addButton("+", "Go on one place.", lambda: self.step(1))
        self.bar.addStretch(1)
        self.timer = qt.QTimer()
        self.timer.setInterval(PLAY_MS)
        self.timer.connect("timeout()", self._playOn)

    # What the panel calls

    def suits(self, summary: Mapping[str, Any]) -> bool:
        """Suit networks with a convolution."""
        kinds = [row["kind"] for row in summary["layers"]]
        return super().suits(summary) and "conv" in kinds

    def request(self) -> dict[str, Any]:
        """Ask for the chosen filter of the chosen layer."""
        number = self.filterCombo.currentData if self.filterCombo.count else None
        layer = self.layerCombo.currentData if self.layerCombo.count else None
        return {**super().request(), "layer": layer, "filter": number or 0}

    def show(self, data: Mapping[str, Any]) -> None:
        """Offer layers, filters and channels, too."""
        offer(self.layerCombo, [(name, name) for name in data["layers"]], data["layer"])
        offer(self.filterCombo, [(f"filter {n + 1}", n) for n in range(data["filters"])])
        channels = data["kernel"].shape[0]
        offer(self.channelCombo, [(f"channel {n + 1}", n) for n in range(channels)])
        self.channelCombo.visible = channels > 1
        self.channel = self.channelCombo.currentData
        rows, columns = data["sums"].shape
        if self.place == BEGINNING:  # where there is something to see
            self.place = (rows // 2, columns // 2)
        self.place = (min(self.place[0], rows - 1), min(self.place[1], columns - 1))
        super().show(data)

    def clear(self) -> None:
        """Begin in the middle, and stop moving."""
        self.stop()
        self.place = BEGINNING
        for combo in (self.layerCombo, self.filterCombo, self.channelCombo):
            wasBlocked = combo.blockSignals(True)
            combo.clear()
            combo.blockSignals(wasBlocked)
        super().clear()

    # Moving the window

    def goTo(self, y: int, x: int) -> None:
        """Move the window to where the pixel (y, x) of the result is computed."""
        self.place = (y, x)
        self.canvas.update()

    def step(self, by: int) -> None:
        """Move the window on, line by line; after the last place comes the first."""
        if self.data is not None:
            rows, columns = self.data["sums"].shape
            number = (self.place[0] * columns + self.place[1] + by) % (rows * columns)
            self.goTo(*divmod(number, columns))

    def togglePlay(self) -> None:
        """Move on by itself, or stop."""
        if self.timer.isActive():
            self.stop()
        else:
            self.timer.start()
            self.playButton.setText("Stop")

    def stop(self) -> None:
        """Stop moving."""
        self.timer.stop()
        self.playButton.setText("Play")

    def clicked(self, what: Any) -> None:
        """Move the window to where the clicked pixel of the result is computed."""
        self.goTo(*what)

    def keyPressed(self, key: Any) -> bool:
        """Move with the arrow keys; play and stop with the space bar."""
        if self.data is None:
            return False
        y, x = self.place
        rows, columns = self.data["sums"].shape
        if key == qt.Qt.Key_Space:
            self.togglePlay()
        elif key in (qt.Qt.Key_Left, qt.Qt.Key_Right):
            self.step(-1 if key == qt.Qt.Key_Left else 1)
        elif key in (qt.Qt.Key_Up, qt.Qt.Key_Down):
            self.goTo((y + (-1 if key == qt.Qt.Key_Up else 1)) % rows, x % columns)
        else:
            return False
        return True

    def _playOn(self) -> None:
        if self.canvas.isVisible():
            self.step(1)
        else:
            self.stop()

    def _channelChosen(self) -> None:
        self.channel = self.channelCombo.currentData
        self.canvas.update()

    # Painting

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw image and result, between them window, weights and products; below, the sum."""
        framed = padded(data["input"], data["padding"])
        here = window(framed, data["kernel"], data["bias"], data["stride"], self.place)
        where = (
            f"{data['layer']}, filter {data['filter'] + 1}: row {self.place[0] + 1}, column "
            f"{self.place[1] + 1}"
        )
        title = (f"{where} (stride {data['stride']}, padding {data['padding']})", where)
        words(painter, Box(8, 0, width - 16, TITLE), title, 14, INK, left(), bold=True)
        room = Box(8, TITLE, width - 16, height - TITLE - SUMS)
        wide = room.width > 2.4 * room.height
        if wide:
            ends = [room.cell(0, 0, 1, 5), room.cell(0, 4, 1, 5)]
            middle = [room.cell(0, n, 1, 5) for n in (1, 2, 3)]
        else:
            ends = [room.cell(0, n, 2, 2) for n in (0, 1)]
            middle = [room.cell(1, n, 2, 3) for n in range(3)]
        self._input(painter, _captioned(painter, ends[0], "input"), framed, here, data)
        self._result(painter, _captioned(painter, ends[1], "result"), data)
        for box, caption, values in zip(
            middle,
            (("under the window", "window"), "weights", "products"),
            (here.values, data["kernel"], here.products),
            strict=True,
        ):
            self._numbers(painter, _captioned(painter, box, caption), values[self.channel])
        for first, sign in ((middle[1], "×"), (middle[2], "=")):
            at = Box(first.x - 9, first.y + CAPTION, 18, first.height - CAPTION)
            words(painter, at, sign, 18, PALE)
        self._sum(painter, Box(8, height - SUMS, width - 16, SUMS), here, data)

    def _input(
        self, painter: Any, box: Box, framed: np.ndarray, here: Window, data: Mapping[str, Any]
    ) -> None:
        """Draw the chosen channel with its frame of zeros, and the window on it."""
        shown = framed[self.channel]
        pixels = answerMap(shown)
        box = _fitted(box, shown.shape)
        picture(painter, box, pixels)
        inner = data["padding"]
        side = box.width / shown.shape[1]
        if inner:
            frame(painter, box.grown(-inner * side), "#8090a0", 1)
        size = data["kernel"].shape[1:]
        place = Box(
            box.x + here.left * side, box.y + here.top * side, size[1] * side, size[0] * side
        )
        frame(painter, place, ORANGE, 3)

    def _result(self, painter: Any, box: Box, data: Mapping[str, Any]) -> None:
        """Draw the sums as far as the window has come; the rest is pale."""
        sums = data["sums"]
        box = _fitted(box, sums.shape)
        picture(painter, box, diverging(sums))
        rows, columns = sums.shape
        y, x = self.place
        veil = qt.QColor(255, 255, 255, 170)
        rest = box.cell(y, x + 1, rows, columns)
        fill(painter, Box(rest.x, rest.y, box.x + box.width - rest.x, rest.height), veil)
        below = box.cell(y + 1, 0, rows, columns)
        fill(painter, Box(box.x, below.y, box.width, box.y + box.height - below.y), veil)
        frame(painter, box.cell(y, x, rows, columns), ORANGE, 3)
        for row in range(rows):
            for column in range(columns):
                self.canvas.spot(box.cell(row, column, rows, columns), (row, column))

    @staticmethod
    def _numbers(painter: Any, box: Box, values: np.ndarray) -> None:
        """Draw numbers as a table, coloured by sign and size."""
        box = _fitted(box.grown(-7), values.shape)
        rows, columns = values.shape
        colours = diverging(values, 1.5 * max(float(np.abs(values).max()), 1e-9))
        size = int(max(min(box.width / columns / 3.5, 16), 7))
        for y in range(rows):
            for x in range(columns):
                cell = box.cell(y, x, rows, columns)
                fill(painter, cell, qt.QColor(*(int(level) for level in colours[y, x])))
                frame(painter, cell, "#d5dae0")
                value = values[y, x]
                words(painter, cell, (_short(value), _short(value, 1)), size)
        frame(painter, box, PALE)

    def _sum(self, painter: Any, box: Box, here: Window, data: Mapping[str, Any]) -> None:
        """Write the sum out: products, channels, bias, activation."""
        products = here.products[self.channel].ravel()
        several = len(here.channel_sums) > 1
        name = f"Sum of channel {self.channel + 1}" if several else "Sum of the products"
        result = _short(here.channel_sums[self.channel])
        lines: list[tuple[str, ...]] = [
            tuple(f"{name}:  {_terms(products, most)}  =  {result}" for most in PRODUCTS)
        ]
        sums = here.channel_sums[:MOST_CHANNELS]
        total = " ".join(_signed(value, first=n == 0) for n, value in enumerate(sums))
        if len(here.channel_sums) > MOST_CHANNELS:
            total += f" … ({len(here.channel_sums)} channels)"
        what = "All channels" if several else "Plus the bias"
        bias = _signed(data["bias"], first=False)
        lines.append((f"{what}:  {total}  {bias} (bias)  =  {_short(here.total)}",))
        after = float(data["output"][self.place])
        if data["activation"] != "linear":
            name = ACTIVATIONS.get(data["activation"], data["activation"])
            lines.append((f"After {name}:  {_short(after)}",))
        for number, line in enumerate(lines):
            at = Box(box.x, box.y + 4 + 21 * number, box.width, 20)
            last = number == len(lines) - 1
            words(painter, at, line, 13, BLUE if last else INK, left(), bold=last)


def _captioned(painter: Any, box: Box, caption: str) -> Box:
    """Write a caption above a box; return what is left below it."""
    words(painter, Box(box.x, box.y, box.width, CAPTION), caption, 12, PALE)
    return Box(box.x + 4, box.y + CAPTION, box.width - 8, box.height - CAPTION - 4)


def _fitted(box: Box, shape: tuple[int, ...]) -> Box:
    """Return the greatest box of a picture's proportions inside, at the top in the middle."""
    side = min(box.width / shape[1], box.height / shape[0])
    width, height = side * shape[1], side * shape[0]
    return Box(box.x + (box.width - width) / 2, box.y + (box.height - height) / 2, width, height)


def _terms(products: np.ndarray, most: int) -> str:
    """Return the first products as a sum."""
    terms = " ".join(_signed(value, first=n == 0) for n, value in enumerate(products[:most]))
    return f"{terms} …" if len(products) > most else terms


def _short(value: float, decimals: int = 2) -> str:
    """Return a number with two decimals, and a real minus sign."""
    text = f"{abs(float(value)):.{decimals}f}"
    return f"−{text}" if value < 0 and float(text) else text


def _signed(value: float, *, first: bool) -> str:
    text = f"{abs(float(value)):.2f}"
    negative = value < 0 and bool(float(text))
    if first:
        return f"−{text}" if negative else text
    return f"{'−' if negative else '+'} {text}"

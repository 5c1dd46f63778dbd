"""What the views of image networks share: a row of choices above a canvas, and the chosen image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import qt

from ELMEDPlaygroundWidgets.views.base import View
from ELMEDPlaygroundWidgets.views.images_canvas import ImageCanvas
from ELMEDPlaygroundWidgets.views.images_painting import INK, Box, left, words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

IMAGE_SIDES = 3
"""A shape of so many numbers is channel, y, x."""

BUTTON_WIDTH = 30

SLIDE = (640, 480)
"""Width and height of a picture for a slide, as the view paints it: words are large on it."""

FINENESS = 3
"""Pixels of the picture for one of these: 1920 x 1440 in all."""

SLIDE_TITLE = 34


class ImageView(View):
    """A view of a network that looks at images.

    All of them show the same image: whoever turns to another one, or clicks one among the
    mistakes, turns the others with it.
    """

    showsOneImage = True
    """Whether the view is about the chosen image, and has buttons to turn to the next."""

    canvasClass: ClassVar[type[ImageCanvas]] = ImageCanvas
    """What it is painted on."""

    chosen: ClassVar[dict[str, int | None]] = {"image": None}

    def __init__(self) -> None:
        """Make the row of choices and the canvas."""
        super().__init__()
        self.data: Mapping[str, Any] | None = None
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        layout.setContentsMargins(0, 0, 0, 0)
        self.bar = qt.QHBoxLayout()
        layout.addLayout(self.bar)
        self.canvas = self.canvasClass(self._paint, self.clicked, self.keyPressed)
        self.canvas.setToolTip(self.help)
        layout.addWidget(self.canvas, 1)
        if self.showsOneImage:
            self.addButton("◀", "Show the image before.", lambda: self.turn(-1))
            self.addButton("▶", "Show the next image.", lambda: self.turn(1))

    # What the panel calls

    def suits(self, summary: Mapping[str, Any]) -> bool:
        """Suit images alone."""
        return len(summary["input_shape"]) == IMAGE_SIDES

    def show(self, data: Mapping[str, Any]) -> None:
        """Keep the answer, and have it painted."""
        self.data = data
        self.canvas.update()

    def clear(self) -> None:
        """Forget the answer and the chosen image."""
        self.data = None
        ImageView.chosen["image"] = None
        self.canvas.update()

    def request(self) -> dict[str, Any]:
        """Ask for the chosen image."""
        return {"image": self.chosen["image"]} if self.showsOneImage else {}

    def picture(self) -> qt.QImage:
        """Return what is shown as a slide wants it: with a title, without the choices above."""
        width, height = SLIDE
        image = qt.QImage(width * FINENESS, height * FINENESS, qt.QImage.Format_RGB32)
        painter = qt.QPainter()
        painter.begin(image)
        painter.scale(FINENESS, FINENESS)
        painter.fillRect(0, 0, width, height, qt.QColor("#ffffff"))
        at = Box(8, 4, width - 16, SLIDE_TITLE - 8)
        words(painter, at, self.title, 18, INK, left(), bold=True)
        painter.translate(0, SLIDE_TITLE)
        self.canvas.paintAside(painter, width, height - SLIDE_TITLE)
        painter.end()
        return image

    # What a view may do

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Paint the answer; what is handed to `canvas.spot` can be clicked."""
        raise NotImplementedError

    def clicked(self, what: Any) -> None:
        """Take a click on something that `paint` made a spot of."""

    def keyPressed(self, key: Any) -> bool:  # noqa: ARG002 - for subclasses
        """Take a key; tell whether it meant something."""
        return False

    def choose(self, image: int) -> None:
        """Turn all views to an image.

        Args:
            image: its index in the data.
        """
        ImageView.chosen["image"] = int(image)
        self.changed()

    def turn(self, by: int) -> None:
        """Turn all views to the next image, or to the one before."""
        if self.data is not None:
            # The one that was chosen may not have been answered yet.
            image = self.data["image"] if self.chosen["image"] is None else self.chosen["image"]
            self.choose((image + by) % self.data["image_count"])

    def addButton(self, text: str, toolTip: str, onClick: Callable[[], None]) -> Any:
        """Add a button to the row of choices, and return it."""
        button = qt.QToolButton()
        button.setText(text)
        button.setToolTip(toolTip)
        button.setMinimumWidth(BUTTON_WIDTH)
        button.connect("clicked(bool)", lambda *_: onClick())
        self.bar.addWidget(button)
        return button

    def addCombo(self, toolTip: str, onChoose: Callable[[], None] | None = None) -> Any:
        """Add a choice to the row, and return its combo box."""
        combo = qt.QComboBox()
        combo.setToolTip(toolTip)
        combo.setSizeAdjustPolicy(qt.QComboBox.AdjustToContents)
        combo.connect("currentIndexChanged(int)", lambda *_: (onChoose or self.changed)())
        self.bar.addWidget(combo)
        return combo

    def addFlag(self, text: str, toolTip: str) -> Any:
        """Add a check box to the row, and return it."""
        box = qt.QCheckBox(text)
        box.setToolTip(toolTip)
        box.connect("toggled(bool)", lambda *_: self.changed())
        self.bar.addWidget(box)
        return box

    def _paint(self, painter: Any, width: int, height: int) -> None:
        if self.data is not None:
            self.paint(painter, self.data, width, height)


def offer(combo: Any, entries: Sequence[tuple[str, Any]], default: Any = None) -> None:
    """Fill a combo box without telling anybody; what was chosen stays, where it is still there.

    Args:
        combo: the combo box.
        entries: what the user reads, and what it stands for.
        default: chosen where nothing else is.
    """
    present = [(combo.itemText(i), combo.itemData(i)) for i in range(combo.count)]
    if present == list(entries):
        return
    before = combo.currentData if combo.count else None
    wasBlocked = combo.blockSignals(True)
    combo.clear()
    for text, value in entries:
        combo.addItem(text, value)
    values = [value for _, value in entries]
    wanted = before if before in values and before is not None else default
    combo.setCurrentIndex(values.index(wanted) if wanted in values else 0)
    combo.blockSignals(wasBlocked)

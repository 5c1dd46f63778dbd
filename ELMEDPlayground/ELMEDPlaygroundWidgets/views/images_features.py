"""Feature maps: what each layer makes of an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundWidgets.views.images_painting import (
    INK,
    PALE,
    Box,
    answerMap,
    bars,
    diverging,
    frame,
    left,
    picture,
    words,
)
from ELMEDPlaygroundWidgets.views.images_view import ImageView

if TYPE_CHECKING:
    from collections.abc import Mapping

TITLE = 24
NAMES = 104
LEAST_MAP = 22
MOST_MAP = 72
VECTOR = 30
"""Height of a row of neurons."""

GAP = 8
PARTS = {"test": "Test", "train": "Training", "unused": "Unused"}
RESULT = 150
MAP_AXES = 3
UNCHANGED = ("flatten", "dropout")
"""Layers of these kinds answer, in evaluation, what they were given: they get no row."""


def verdict(data: Mapping[str, Any]) -> str:
    """Return in words which image it is, and what the network says about it."""
    classes, said = data["classes"], data["predicted"]
    sure = f"{100 * float(data['probabilities'][said]):.0f} %"
    truth = classes[data["truth"]]
    judged = "recognised" if said == data["truth"] else f"taken for {classes[said]}"
    return f"{PARTS[data['part']]} image {data['image']}: {truth}, {judged} ({sure})"


def imageShape(pixels: np.ndarray) -> tuple[int, ...]:
    """Return a picture's shape as layers have theirs: channels first."""
    return (1, *pixels.shape) if pixels.ndim < MAP_AXES else (pixels.shape[2], *pixels.shape[:2])


class FeatureMapsView(ImageView):
    """The answer of every layer to the chosen image, a row each."""

    name = "feature-maps"
    title = "Feature maps"
    help = (
        "Shows what every layer makes of one image, from the first layer to the prediction. Bright "
        "is where a filter finds its pattern; a map that is black everywhere found nothing."
    )

    def __init__(self) -> None:
        """Need no choice but the image's."""
        super().__init__()
        self.bar.addStretch(1)

    def paint(self, painter: Any, data: Mapping[str, Any], width: int, height: int) -> None:
        """Draw a row a layer: its name and shape, then its maps or neurons."""
        words(painter, Box(8, 0, width - 16, TITLE), verdict(data), 14, INK, left(), bold=True)
        rows = [row for row in data["layers"] if row["kind"] not in UNCHANGED][:-1]
        logits = data["layers"][-1]
        box = Box(8, TITLE + 2, width - 16, height - TITLE - 6)
        line = self._mapHeight(rows, box)
        side = min(max(line, 48.0), box.width * 0.2)
        self._row(painter, Box(box.x, box.y, box.width, side), "image", imageShape(data["picture"]))
        picture(painter, Box(box.x + NAMES, box.y, side, side), data["picture"])
        top = box.y + side + GAP
        for row in rows:
            maps = len(row["shape"]) == MAP_AXES
            place = Box(box.x, top, box.width, line if maps else VECTOR)
            self._row(painter, place, row["name"], row["shape"], row["silent"])
            answers = Box(place.x + NAMES, place.y, place.width - NAMES, place.height)
            (self._maps if maps else self._neurons)(painter, answers, row)
            top += place.height + GAP
        room = Box(box.x, top, box.width, box.y + box.height - top)
        self._row(painter, Box(room.x, room.y, room.width, VECTOR), "prediction", logits["shape"])
        at = Box(room.x + NAMES, room.y, min(room.width - NAMES, 420), room.height)
        bars(
            painter,
            at,
            data["classes"],
            data["probabilities"],
            data["truth"],
            data["predicted"],
        )

    @staticmethod
    def _mapHeight(rows: list[Any], box: Box) -> float:
        """Return how high the rows with maps may be, so that all rows find room."""
        maps = sum(len(row["shape"]) == MAP_AXES for row in rows)
        others = (len(rows) - maps) * (VECTOR + GAP)
        result = min(RESULT, box.height * 0.35)
        room = box.height - others - result - (maps + 2) * GAP
        return min(max(room / (maps + 1), LEAST_MAP), MOST_MAP)

    @staticmethod
    def _row(painter: Any, box: Box, name: str, shape: Any, silent: int = 0) -> None:
        top = Box(box.x, box.y, NAMES - 6, 15)
        words(painter, top, name.replace("_", " "), 12, INK, left(), bold=True)
        size = " × ".join(str(int(side)) for side in shape)
        words(painter, Box(box.x, box.y + 14, NAMES - 6, 14), size, 11, PALE, left())
        if silent and box.height > VECTOR:
            text = f"{silent} silent"
            words(painter, Box(box.x, box.y + 28, NAMES - 6, 14), text, 11, PALE, left())

    @staticmethod
    def _maps(painter: Any, box: Box, row: Mapping[str, Any]) -> None:
        """Draw as many maps as find room, all in the same grey scale."""
        maps, side = row["values"], box.height
        count = min(len(maps), max(int((box.width - 40) // (side + 3)), 1))
        for number in range(count):
            place = Box(box.x + number * (side + 3), box.y, side, side)
            picture(painter, place, answerMap(maps[number]))
        more = int(row["shape"][0]) - count
        if more > 0:
            at = Box(box.x + count * (side + 3), box.y, 40, side)
            words(painter, at, f"+ {more}", 12, PALE, left())

    @staticmethod
    def _neurons(painter: Any, box: Box, row: Mapping[str, Any]) -> None:
        """Draw each neuron as a stripe: orange where it is positive, blue where negative."""
        values = np.asarray(row["values"])[None, :]
        wide = min(box.width - 8, values.shape[1] * 22.0)
        place = Box(box.x, box.y + 3, wide, box.height - 10)
        picture(painter, place, diverging(values))
        frame(painter, place)

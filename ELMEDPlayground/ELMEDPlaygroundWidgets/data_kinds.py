"""Which data there are to choose from, and what can be set for each."""

from __future__ import annotations

from dataclasses import dataclass

from ELMEDPlaygroundWidgets.form import Field, Flag, Number

COUNT = Number("count", "Number", "How many examples there are in all.", 20, 5000, 400, True)
NOISE = Number("noise", "Noise", "How far points are moved by chance; 0 for none.", 0, 1, 0)
TEST_SHARE = Number(
    "test_share",
    "Test share",
    "The share that is held out: the network is never trained on it.",
    0.05,
    0.95,
    0.5,
)
SEED = Number("seed", "Seed", "Another seed gives other data of the kind.", 0, 999_999, 0, True)
LIMIT = Number(
    "limit_train",
    "Train on only",
    "Use no more than so many for training, 0 for all: few examples are learnt by heart.",
    0,
    100_000,
    0,
    True,
)
SHUFFLE = Flag(
    "shuffle_labels",
    "Random labels",
    "Give every example a class by chance: what is learnt then can only be learnt by heart.",
)
CANVAS = Number(
    "canvas",
    "Canvas",
    "Put each image on an empty square of so many pixels, 0 for the image's own size.",
    0,
    40,
    0,
    True,
)
SHIFT = Number(
    "shift",
    "Shift of test images",
    "Move the images that are held out by up to so many pixels on the canvas.",
    0,
    10,
    0,
    True,
)


@dataclass(frozen=True)
class DataKind:
    """One kind of data.

    Attributes:
        kind: the engine's name.
        title: as users read it.
        help: what it is good for, a sentence.
        fields: what can be set.
    """

    kind: str
    title: str
    help: str
    fields: tuple[Field, ...]


_POINTS: tuple[Field, ...] = (COUNT, NOISE, TEST_SHARE, SEED, LIMIT, SHUFFLE)
_IMAGES: tuple[Field, ...] = (COUNT, TEST_SHARE, SEED, LIMIT, CANVAS, SHIFT, SHUFFLE)

DATA_KINDS = (
    DataKind("spiral", "Points: spiral", "Two arms wound into each other: hard.", _POINTS),
    DataKind("circles", "Points: circles", "One class around the other.", _POINTS),
    DataKind("xor", "Points: XOR", "Opposite corners are one class: no line helps.", _POINTS),
    DataKind("gaussians", "Points: two clouds", "Two clouds that a line can part.", _POINTS),
    DataKind("moons", "Points: moons", "Two half moons that reach into each other.", _POINTS),
    DataKind("drawn", "Points: drawn by hand", "Draw your own points below.", (TEST_SHARE, SEED)),
    DataKind("digits", "Images: digits 8 x 8", "Handwritten digits, small ones.", _IMAGES),
    DataKind("mnist", "Images: MNIST 28 x 28", "MNIST files from a folder of yours.", _IMAGES),
    DataKind("shapes", "Images: shapes", "Drawn shapes, as many as you like.", _IMAGES),
    DataKind(
        "cifar-like", "Images: colour 32 x 32", "Coloured shapes in CIFAR-10's size.", _IMAGES
    ),
)

BY_KIND = {entry.kind: entry for entry in DATA_KINDS}

"""Lesson 5: fully connected against convolution, when the image is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDPlaygroundLib.lessons.checks import (
    at_least,
    every,
    has,
    has_no,
    learns,
    looked_at,
)
from ELMEDPlaygroundLib.lessons.form import Lesson, Question, Setup, Step, context_of
from ELMEDPlaygroundLib.lessons.form import translatable as _

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.lessons.watch import Watch

CENTRED = {"kind": "digits", "canvas": 12, "test_share": 0.5, "seed": 0}
DENSE = {"layers": [{"kind": "dense", "neurons": 64, "activation": "relu"}]}
CONVOLUTIONS = [
    {"kind": "conv", "filters": 16, "kernel": 3, "stride": 1, "padding": 1, "activation": "relu"},
    {"kind": "conv", "filters": 32, "kernel": 3, "stride": 1, "padding": 1, "activation": "relu"},
]
NOT_POOLED = {"layers": CONVOLUTIONS}
POOLED = {"layers": [*CONVOLUTIONS, {"kind": "global_pool", "mode": "max"}]}
QUICK = {"optimiser": "adam", "learning_rate": 0.005, "batch": 32, "seed": 0}

READ = 0.9
FAR = 2
"""Pixels."""

DROP = 0.60
KEPT = 0.05


def _drop_when_moved(watch: Watch) -> float | None:
    """Return by how much the accuracy on test images falls when they are moved far, else None."""
    if watch.run is None or not looked_at("shift")(watch):
        return None
    seen = watch.run.view("shift")
    if max(abs(seen["down"]), abs(seen["right"])) < FAR:
        return None
    return float(seen["accuracy"]) - float(seen["moved_accuracy"])


def _falls(watch: Watch) -> bool:
    """Tell whether moved images were seen to be mostly misread."""
    drop = _drop_when_moved(watch)
    return drop is not None and drop >= DROP


def _holds(watch: Watch) -> bool:
    """Tell whether moved images were seen to be read as well as before."""
    drop = _drop_when_moved(watch)
    return drop is not None and drop <= KEPT


CENTRED_STEP = Step(
    title=_("Fully connected"),
    do=_(
        "Set the lesson up: digits in the middle of a canvas of 12 × 12 pixels, and a network "
        "with one dense layer. Press <b>Run</b> until 90 % of the test images are right."
    ),
    see=_(
        "It works well. In a dense (fully connected) layer each neuron has a weight of its own "
        "for each of the 144 pixels."
    ),
    question=Question(
        _("All pixels of all images are shuffled, in the same way. Can this network still learn?"),
        (
            _("Just as well as before"),
            _("No, nothing at all"),
            _("Only the digit 1"),
        ),
        0,
        _(
            "A dense layer does not know which pixels are neighbours; to it an image is a list of "
            "144 numbers in some order. We see noise; for the network nothing has changed."
        ),
    ),
    check=every(learns("digits"), has("dense"), has_no("conv"), at_least("test_accuracy", READ)),
    setup=Setup(CENTRED, DENSE, QUICK, ("shift", "curves")),
)
DENSE_MOVED = Step(
    title=_("Move the image"),
    do=_(
        "In the view <b>Shift the image</b>, press an arrow twice: the image moves by two pixels. "
        "Look at the accuracy on the test images, unmoved and moved."
    ),
    see=_(
        "Nearly all unmoved test images are right; moved by two pixels, nearly all are wrong, "
        "though you can read each of them."
    ),
    question=Question(
        _("Why does a move by two pixels do so much harm?"),
        (
            _("The images get blurred"),
            _("What was learnt about a pixel holds for that pixel alone"),
            _("The network was not trained for long enough"),
        ),
        1,
        _(
            "Each weight belongs to one place. When the stroke moves on, it meets weights that "
            "were trained for something else."
        ),
    ),
    check=every(learns("digits"), has("dense"), has_no("conv"), _falls),
)
NOT_POOLED_STEP = Step(
    title=_("Convolution alone does not help"),
    do=_(
        "Set this step up: two convolutions, and behind them the output layer. Press <b>Run</b> "
        "until 90 % of the test images are right, then <b>Pause</b>. Move the image by two pixels "
        "again."
    ),
    see=_(
        "A convolution uses the same small pattern, here of 3 × 3 weights, everywhere in the "
        "image. Move the image, and its maps move along: it is called <b>equivariant</b>. Even "
        "so, nearly all moved images are wrong, for the output layer has a weight for each place "
        "of each map."
    ),
    question=Question(
        _("What does equivariant mean?"),
        (
            _("The image moves, and the answer stays the same"),
            _("The image moves, and the answer moves along"),
            _("The image moves, and the answer vanishes"),
        ),
        1,
        _(
            "Equivariant: the answer moves along. Invariant: the answer stays the same. "
            "Convolution is equivariant (but for what happens at the edge of the image). It is "
            "not invariant, though one often reads so."
        ),
    ),
    check=every(
        learns("digits"),
        has("conv"),
        has_no("global_pool"),
        at_least("test_accuracy", READ),
        _falls,
    ),
    setup=Setup(CENTRED, NOT_POOLED, QUICK, ("shift", "curves")),
)
POOLED_STEP = Step(
    title=_("Pooling makes it invariant"),
    do=_(
        "On the page <b>Network</b>, add <b>global pooling</b> of the maximum behind the "
        "convolutions, or set this step up. Press <b>Run</b> until 90 % of the test images are "
        "right, then <b>Pause</b>, and move the image by two pixels once more."
    ),
    see=_(
        "Of each map only its largest value is kept: <i>whether</i> the pattern is somewhere, not "
        "where. The maps move, their maximum stays: <b>invariant</b>. The network has never been "
        "trained with a moved digit, and yet it reads them."
    ),
    question=Question(
        _("Which part makes the answer independent of the place?"),
        (_("The convolution"), _("The pooling"), _("The activation")),
        1,
        _(
            "The convolution finds the pattern wherever it is, the pooling forgets where that "
            "was. It takes both: pooled pixels without a convolution would not know any patterns. "
            "The price: a network that forgets places cannot say <i>where</i> something is. To "
            "draw the outline of a tumour it would be the wrong network."
        ),
    ),
    check=every(
        learns("digits"), has("conv"), has("global_pool"), at_least("test_accuracy", READ), _holds
    ),
    setup=Setup(CENTRED, POOLED, QUICK, ("shift", "curves")),
)

SHIFTS = Lesson(
    number=5,
    title=_("Moved images: dense, convolution, pooling"),
    text=_(
        "A 7 is a 7 on the left and on the right. For us that goes without saying; a network must "
        "be built for it. Which part of a convolutional network does it? Not the one that gives "
        "it its name."
    ),
    limits=_(
        "Only moves are looked at. Turned or enlarged digits remain hard for the pooled network, "
        "too. Pooling over small squares, as in usual networks, makes them only a little "
        "invariant. Another way is to train with moved images."
    ),
    steps=(CENTRED_STEP, DENSE_MOVED, NOT_POOLED_STEP, POOLED_STEP),
    context=context_of(__name__),
)

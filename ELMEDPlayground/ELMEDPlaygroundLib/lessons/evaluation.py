"""Lesson 7: evaluate a network, and ask what its answers rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDPlaygroundLib.lessons.checks import at_least, every, has, learns, looked_at
from ELMEDPlaygroundLib.lessons.form import Lesson, Question, Setup, Step, context_of
from ELMEDPlaygroundLib.lessons.form import translatable as _

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.lessons.watch import Watch

DIGITS = {"kind": "digits", "canvas": 12, "test_share": 0.5, "seed": 0}
MARKED_CLASS = 3
MARKED = {**DIGITS, "marker_class": MARKED_CLASS}
READER = {
    "layers": [
        {
            "kind": "conv",
            "filters": 16,
            "kernel": 3,
            "stride": 1,
            "padding": 1,
            "activation": "relu",
        },
        {
            "kind": "conv",
            "filters": 32,
            "kernel": 3,
            "stride": 1,
            "padding": 1,
            "activation": "relu",
        },
        {"kind": "global_pool", "mode": "max"},
    ]
}
QUICK = {"optimiser": "adam", "learning_rate": 0.005, "batch": 32, "seed": 0}


def _is_marked(watch: Watch) -> bool:
    """Tell whether one class carries the marker."""
    return watch.run is not None and watch.run.data.get("marker_class") == MARKED_CLASS


CONFUSION = Step(
    title=_("The confusion matrix"),
    do=_(
        "Set the lesson up: a convolutional network reads digits. Press <b>Run</b> until 90 % of "
        "the test images are right. Look at the view <b>Confusion matrix</b>."
    ),
    see=_(
        "One row for each true digit, one column for each answer. What is right lies on the "
        "diagonal. Everything else is a mistake, and you see which digit was taken for which."
    ),
    question=Question(
        _("Of 100 patients 95 are healthy. A program says 'healthy' to everybody. Its accuracy?"),
        (_("0 %"), _("50 %"), _("95 %")),
        2,
        _(
            "95 %, and all the ill are missed. The confusion matrix shows it at once: the row "
            "'ill' has all its cases in the column 'healthy'. One number is never enough."
        ),
    ),
    check=every(learns("digits"), at_least("test_accuracy", 0.9), looked_at("confusion")),
    setup=Setup(DIGITS, READER, QUICK, ("confusion", "curves")),
)
MISTAKES = Step(
    title=_("The worst mistakes"),
    do=_("Choose the view <b>Worst mistakes</b>."),
    see=_(
        "The test images on which the network was most sure of itself, and wrong. Would you have "
        "read all of them correctly?"
    ),
    question=Question(
        _("Why look at single mistakes, when the accuracy is known?"),
        (
            _("They show what the network fails at, and which labels are wrong"),
            _("To remove them from the test data"),
            _("To be fair to the network"),
        ),
        0,
        _(
            "Mistakes have reasons: poor images, wrong labels, rare forms. To remove them from "
            "the test data would be cheating: the accuracy rises, and the network is no better."
        ),
    ),
    check=every(learns("digits"), looked_at("mistakes")),
)
SALIENCY = Step(
    title=_("Which pixels matter: saliency"),
    do=_("Choose the view <b>Saliency</b>, and look at some images."),
    see=_(
        "For each pixel: how much would the answer change if this pixel became a little brighter? "
        "It is the same backward pass as in training, but for the pixels instead of the weights. "
        "The map is rough and speckled."
    ),
    question=Question(
        _("A pixel is bright in the saliency map. What does that say?"),
        (
            _("The pixel itself is bright"),
            _("A small change of this pixel changes the answer a lot"),
            _("The pixel proves the answer"),
        ),
        1,
        _(
            "It says how sensitive the answer is, here and now, no more. A pixel can be important "
            "and the map dark there, where a little more or less no longer matters."
        ),
    ),
    check=every(learns("digits"), looked_at("saliency")),
)
MARKER = Step(
    title=_("A network that cheats"),
    do=_(
        "Set this step up: now each image of the digit 3 has a small bright mark in one corner, "
        "in the training and in the test data. Press <b>Run</b> until 90 % of the test images are "
        "right, then choose the view <b>Grad-CAM</b> and an image of a 3."
    ),
    see=_(
        "Grad-CAM shows in which areas the feature maps of a convolution speak for a class. For "
        "the 3 it lights up in the corner: the network has learnt the mark, not the digit."
    ),
    question=Question(
        _("The test accuracy is high. Is everything all right?"),
        (
            _("Yes, the test data were kept apart"),
            _("No: the test data have the same mark, so they cannot tell"),
            _("No: the accuracy must have been calculated wrongly"),
        ),
        1,
        _(
            "Test data with the same flaw do not uncover it. It has happened with X-rays: "
            "networks recognised the hospital by the letters in the corner, and with it how "
            "frequent the illness was there. To look at what answers rest on can uncover this; "
            "and to test with data of another hospital."
        ),
    ),
    check=every(_is_marked, has("conv"), at_least("test_accuracy", 0.9), looked_at("grad-cam")),
    setup=Setup(MARKED, READER, QUICK, ("grad-cam", "confusion")),
)

EVALUATION = Lesson(
    number=7,
    title=_("Evaluate and explain"),
    text=_(
        "The training is done and a number stands there: 93 %. Which 7 % are wrong? And are the "
        "right answers right for good reasons? Here you ask the network in four ways."
    ),
    limits=_(
        "Saliency and Grad-CAM show what an answer rests on, approximately. They do not prove "
        "that a network is right, and different methods may show different pictures of the same "
        "network."
    ),
    steps=(CONFUSION, MISTAKES, SALIENCY, MARKER),
    context=context_of(__name__),
)

"""Lesson 6: kernels and feature maps, on the scan that is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDPlaygroundLib.lessons.checks import (
    asked,
    at_least,
    data_say,
    every,
    has,
    learns,
    looked_at,
)
from ELMEDPlaygroundLib.lessons.form import Lesson, Question, Step, context_of
from ELMEDPlaygroundLib.lessons.form import translatable as _

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.lessons.watch import Watch

READ = 0.75
"""Of three classes: chance is a third."""

LAYERS = 2


def _layers_compared(watch: Watch) -> bool:
    """Tell whether maps of several layers were laid over the scan."""
    return len({answer["layer"] for answer in watch.answers("scan_feature_map")}) >= LAYERS


LEARN = Step(
    title=_("Learn from the scan"),
    do=_(
        "Load a scan: module <b>Sample Data</b>, category ELMED, <b>SimulatedGlioma</b>, or one of "
        "your own. On the page <b>Scan</b>, check its T1c, choose the task <b>which tissue</b>, "
        "and press <b>Learn from this scan</b>. Press <b>Run</b> until 75 % of the held-out "
        "pictures are right."
    ),
    see=_(
        "Small patches were cut out of the scan. The network tells whether their middle is dark, "
        "medium or bright: on a T1 about fluid, grey and white matter. It sees no brain, only 16 × "
        "16 pixels at a time."
    ),
    question=Question(
        _("What was held out is whole blocks of the head. Why not single patches here and there?"),
        (
            _("Blocks are quicker to cut"),
            _("Neighbouring patches are nearly the same picture: one gives away the other"),
            _("Otherwise there would be too few patches"),
        ),
        1,
        _(
            "If one slice is learnt and the next one tested, the test asks for what was learnt by "
            "heart. So blocks are kept apart, with a gap between; better still whole patients, as "
            "lesson 8 shows."
        ),
    ),
    check=every(
        learns("scan"), data_say("task", "tissue"), has("conv"), at_least("test_accuracy", READ)
    ),
)
KERNELS = Step(
    title=_("The kernels"),
    do=_("Choose the view <b>Kernels</b> in a pane."),
    see=_(
        "Each square is a kernel: the 3 × 3 weights that a convolution moves over the image. "
        "Orange counts for, blue counts against. They began as random numbers; what you see was "
        "found by the training."
    ),
    question=Question(
        _("A kernel has −1 in its left column, 0 in the middle, +1 at the right. What finds it?"),
        (
            _("Bright spots"),
            _("Borders from dark on the left to bright on the right"),
            _("Anything bright, wherever it is"),
        ),
        1,
        _(
            "It takes what is at the right minus what is at the left. Where both are the same the "
            "sum is 0, however bright it is; at such a border it is large."
        ),
    ),
    check=every(learns("scan"), looked_at("kernels")),
)
BY_HAND = Step(
    title=_("What one convolution computes"),
    do=_("Choose the view <b>One convolution</b>, and click on some places of the image."),
    see=_(
        "The nine pixels below the kernel, the nine weights, the nine products, and their sum plus "
        "an offset (bias). That is one pixel of a feature map. The kernel moves on by a pixel, and "
        "does it again."
    ),
    question=Question(
        _("A patch of the image is 2 everywhere, the nine weights add up to 0. What is the sum?"),
        (_("18"), _("2"), _("0")),
        2,
        _(
            "Each product is 2 × weight, so the sum is 2 × 0 = 0. A kernel whose weights add up to "
            "0 is blind for what is even, and sees only change."
        ),
    ),
    check=every(learns("scan"), looked_at("one-convolution")),
)
MAPS = Step(
    title=_("Feature maps"),
    do=_("Choose the view <b>Feature maps</b>, and go through the layers and some images."),
    see=_(
        "What each kernel says of each place of the image: a new image. The maps after the first "
        "convolution still look like the patch. Those after the second are half as large, as "
        "pooling lies between, and put together what the first ones found."
    ),
    question=Question(
        _("A 3 × 3 kernel after a 2 × 2 pooling: how many pixels of the image lie below it?"),
        (_("3 × 3"), _("At least 6 × 6"), _("All of them")),
        1,
        _(
            "Each of its pixels stands for 2 × 2 of the image, and these were themselves found "
            "with 3 × 3 kernels, so 8 × 8 in all. Deeper layers see more of the image, and say "
            "less exactly where something is."
        ),
    ),
    check=every(learns("scan"), looked_at("feature-maps")),
)
DEEP = Step(
    title=_("A real network on the whole scan"),
    do=_(
        "With T1, T1c, T2 and FLAIR loaded: on the page <b>Scan</b>, open <b>Look into the network "
        "of ELMED Segment</b>, and press <b>List the layers</b>. Choose an early layer and a "
        "channel, and press <b>Show the feature map over the slices</b>. Then do the same with a "
        "layer from the middle of the list, where the network is deepest."
    ),
    see=_(
        "A feature map of the scan is a volume, and lies where the scan lies. Early ones follow "
        "edges and contrasts, and are sharp. Deep ones are coarse, and light up for something "
        "larger, with luck for the tumour. Nobody told them what a tumour is made of: the labels "
        "said only where it was."
    ),
    question=Question(
        _("Deep maps know better <i>what</i>, early ones <i>where</i>. What does a U-Net do?"),
        (
            _("It uses the deep ones alone"),
            _("It takes the mean of all"),
            _("It enlarges the deep ones, and joins the early ones to them"),
        ),
        2,
        _(
            "That is the U: down to what, up again to where, with connections across. It is how a "
            "segmentation has both the right object and a sharp edge."
        ),
    ),
    check=every(asked("scan_feature_map"), _layers_compared),
)

FEATURE_MAPS = Lesson(
    number=6,
    title=_("Kernels and feature maps, on a scan"),
    text=_(
        "A hierarchy of representations, on the picture of a patient: edges first, then what edges "
        "make up, then something like tissue and tumour. First a small network of your own, then "
        "the one of ELMED Segment."
    ),
    limits=_(
        "That a map lights up in the tumour does not prove that the network uses it for its "
        "answer; and maps are chosen by eye, so one finds easily what one looks for."
    ),
    steps=(LEARN, KERNELS, BY_HAND, MAPS, DEEP),
    context=context_of(__name__),
    needs="scan",
)

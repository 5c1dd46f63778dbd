"""Lesson 3: learning is a search for representations, and a probe can measure them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDPlaygroundLib.lessons.checks import (
    at_least,
    every,
    has,
    has_no,
    learns,
    looked_at,
    trained,
)
from ELMEDPlaygroundLib.lessons.form import Lesson, Question, Setup, Step, context_of
from ELMEDPlaygroundLib.lessons.form import translatable as _

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.lessons.watch import Watch

SPIRAL = {"kind": "spiral", "count": 400, "noise": 0.0, "test_share": 0.5, "seed": 0}
NO_HIDDEN: dict[str, list[dict[str, object]]] = {"layers": []}
TWO_HIDDEN = {
    "layers": [
        {"kind": "dense", "neurons": 32, "activation": "tanh"},
        {"kind": "dense", "neurons": 16, "activation": "tanh"},
    ]
}
QUICK = {"optimiser": "adam", "learning_rate": 0.01, "batch": 32, "seed": 0}

PROBED_INPUT_AT_MOST = 0.70
PROBED_LAST_AT_LEAST = 0.95
LAST_HIDDEN = -2
"""After it come the logits."""


def _probed(watch: Watch) -> bool:
    """Tell whether the probe has shown a good last layer over a bad input."""
    if watch.run is None or not looked_at("probe")(watch):
        return False
    accuracies = [float(value) for value in watch.run.view("probe")["accuracy"]]
    return accuracies[0] <= PROBED_INPUT_AT_MOST and accuracies[LAST_HIDDEN] >= PROBED_LAST_AT_LEAST


def _bent_seen(watch: Watch) -> bool:
    """Tell whether the inside of the network was looked at."""
    return any(looked_at(view)(watch) for view in ("representations", "hidden-space"))


STRAIGHT = Step(
    title=_("What a line makes of a spiral"),
    do=_(
        "Set the lesson up: two arms wound into each other, and a network without hidden layers. "
        "Press <b>Run</b>, and let it work until step 200."
    ),
    see=_(
        "A straight border through the middle. It is right for some more than half of the points: "
        "little better than tossing a coin."
    ),
    question=Question(
        _(
            "Two numbers are given for each point: x and y. Is the information which arm it is in "
            "there?"
        ),
        (
            _("No, the network needs more inputs"),
            _("Yes, but not in a form that a straight cut can use"),
            _("Only for points near the middle"),
        ),
        1,
        _(
            "We see the arms at once, so the information is there. What is missing is a good way "
            "to write it down: a representation in which the arms lie on two sides of a straight "
            "cut."
        ),
    ),
    check=every(learns("spiral"), has_no("dense"), trained(200)),
    setup=Setup(SPIRAL, NO_HIDDEN, QUICK, ("decision-map", "curves")),
)
LEARN = Step(
    title=_("Two hidden layers"),
    do=_(
        "Set this step up: hidden layers of 32 and 16 neurons. Press <b>Run</b> until at least 97 "
        "% of the test points are right."
    ),
    see=_(
        "For a while little happens; then the border curls up and follows the arms. Test points, "
        "which the network was never trained on, come out right as well."
    ),
    question=Question(
        _("Who told the network which curves to draw?"),
        (
            _("The programmer, in the hidden layers"),
            _("Nobody: they came about while the loss was made smaller"),
            _("The test points"),
        ),
        1,
        _(
            "What each neuron does was found by the gradient alone. The programmer chose only how "
            "many neurons there are and how they are connected."
        ),
    ),
    check=every(learns("spiral"), has("dense"), at_least("test_accuracy", 0.97)),
    setup=Setup(SPIRAL, TWO_HIDDEN, QUICK, ("decision-map", "curves")),
)
WARP = Step(
    title=_("How the plane is bent"),
    do=_(
        "Choose the view <b>Representations</b> in a pane; it shows all layers beside each other. "
        "<b>Hidden space</b> shows one of them, larger."
    ),
    see=_(
        "The grid is the plane of the input, as the layer sees it: stretched and folded. A layer "
        "has more than two numbers for each point; shown are the two directions in which the "
        "points are spread most. From layer to layer the arms come apart."
    ),
    question=Question(
        _("What does the output layer have to do in the end?"),
        (
            _("Unroll the spiral"),
            _("Remember every point"),
            _("Nothing but a straight cut through the last hidden layer"),
        ),
        2,
        _(
            "The output layer can only cut straight. The layers before it must have brought the "
            "points into a form in which that is enough."
        ),
    ),
    check=every(learns("spiral"), has("dense"), _bent_seen),
)
PROBE = Step(
    title=_("Measure it: the linear probe"),
    do=_("Choose the view <b>Linear probe</b> in a pane."),
    see=_(
        "For each layer the best straight cut through its outputs was sought on the training "
        "points, and judged on the test points. On the input it is right for less than 70 %; on "
        "the last hidden layer, for more than 95 %. The bars rise from layer to layer."
    ),
    question=Question(
        _("What do the rising bars say?"),
        (
            _("Each layer describes the points in a more useful way than the one before"),
            _("Later layers have more neurons"),
            _("The probe was trained for longer on later layers"),
        ),
        0,
        _(
            "Here the last layer even has fewer neurons than the one before. This is what the lab "
            "means by its sentence: <b>deep learning is a search for good hierarchical "
            "representations</b>. Representations: new descriptions of the data. Hierarchical: "
            "each is made from the one before. Search: gradient descent finds them. Good: a "
            "simple cut is enough, and the probe measures that."
        ),
    ),
    check=every(learns("spiral"), _probed),
)

SPIRAL_LESSON = Lesson(
    number=3,
    title=_("The spiral: a search for representations"),
    text=_(
        "Deep learning is a search for good hierarchical representations. That is easily said. "
        "Here you watch the search, look into the layers, and measure how good the "
        "representations are."
    ),
    limits=_(
        "What is drawn of a layer is a projection, and projections hide things: arms that seem to "
        "cross may lie apart. And a probe says whether something can be read from a layer, not "
        "whether the network uses it."
    ),
    steps=(STRAIGHT, LEARN, WARP, PROBE),
    context=context_of(__name__),
)

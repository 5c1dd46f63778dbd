"""Lesson 2: what a network without hidden layers cannot do."""

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

XOR = {"kind": "xor", "count": 400, "noise": 0.0, "test_share": 0.5, "seed": 0}
QUICK = {"optimiser": "adam", "learning_rate": 0.03, "batch": 32, "seed": 0}
NO_HIDDEN: dict[str, list[dict[str, object]]] = {"layers": []}
EIGHT_STRAIGHT = {"layers": [{"kind": "dense", "neurons": 8, "activation": "linear"}]}
EIGHT_BENT = {"layers": [{"kind": "dense", "neurons": 8, "activation": "tanh"}]}

ENOUGH_STEPS = 300


def _activations(watch: Watch) -> set[str]:
    """Return the activations of the hidden layers."""
    return {layer.get("activation", "") for layer in watch.run.layers} if watch.run else set()


LINEAR = Step(
    title=_("Without hidden layers"),
    do=_(
        "Set the lesson up: four clouds of points, equal colours in opposite corners, and a "
        "network without hidden layers. Press <b>Run</b>, and let it work until step 300."
    ),
    see=_(
        "The map shows what the network would answer at each place of the plane. The border "
        "between the colours is a straight line, wherever it goes. Many points end up on the "
        "wrong side: it is hardly better than guessing."
    ),
    question=Question(
        _("Would it help to train for longer?"),
        (_("Yes, it needs patience"), _("No"), _("Yes, with a smaller learning rate")),
        1,
        _(
            "Without a hidden layer the network can draw nothing but straight borders, and no "
            "straight line has all of one colour on one side. What is missing is not training but "
            "a better form of network. (A famous book, Perceptrons, by Minsky and Papert, used "
            "problems of this kind in 1969 to show the limits of networks without hidden layers.)"
        ),
    ),
    check=every(learns("xor"), has_no("dense"), trained(ENOUGH_STEPS)),
    setup=Setup(XOR, NO_HIDDEN, QUICK, ("decision-map", "curves")),
)
STRAIGHT = Step(
    title=_("A hidden layer that does not bend"),
    do=_(
        "On the page <b>Network</b>, add a dense layer of 8 neurons, with the activation "
        "<b>linear</b>; or set this step up. Press <b>Run</b> until step 300."
    ),
    see=_(
        "Many more weights, and the border is still straight. A linear layer after a linear layer "
        "is again a linear layer: multiplied out, it is the same formula as before."
    ),
    question=Question(
        _("How many linear layers would it take to get a curved border?"),
        (_("Two"), _("About a hundred"), _("No number of them is enough")),
        2,
        _(
            "However many linear layers are put one after the other, the result is one linear "
            "layer. Depth alone is worth nothing here; something must bend in between."
        ),
    ),
    check=every(
        learns("xor"),
        has("dense"),
        lambda watch: _activations(watch) == {"linear"},
        trained(ENOUGH_STEPS),
    ),
    setup=Setup(XOR, EIGHT_STRAIGHT, QUICK, ("decision-map", "curves")),
)
BENT = Step(
    title=_("A hidden layer that bends"),
    do=_(
        "Change the activation to <b>tanh</b>, or set this step up. Press <b>Run</b> until at "
        "least 97 % of the test points are right."
    ),
    see=_(
        "The border bends, and the corners come apart. The activation tanh is a curve in the "
        "shape of an S, applied to the output of each neuron. It was the missing piece."
    ),
    question=Question(
        _("What has the hidden layer made possible?"),
        (
            _("More numbers, so more memory"),
            _("New coordinates for the points, in which a straight line is enough"),
            _("A faster training"),
        ),
        1,
        _(
            "The linear layer of the step before had just as many numbers. The bent neurons give "
            "each point eight new coordinates; in these a straight cut, which is all that the "
            "output layer can do, separates the colours. Such new coordinates are a "
            "representation. The next lesson looks at them."
        ),
    ),
    check=every(
        learns("xor"),
        has("dense"),
        lambda watch: bool(_activations(watch)) and "linear" not in _activations(watch),
        at_least("test_accuracy", 0.97),
    ),
    setup=Setup(XOR, EIGHT_BENT, QUICK, ("decision-map", "curves")),
)
NEURONS = Step(
    title=_("What each neuron sees"),
    do=_("Choose the view <b>Neurons</b> in one of the panes."),
    see=_(
        "One small map for each neuron of the hidden layer: blue where its output is negative, "
        "orange where it is positive. Each has found a border of its own, straight on this map. "
        "The output puts them together."
    ),
    question=Question(
        _("Each neuron's border is straight. Why is the border of the whole network not?"),
        (
            _("The output layer has bends of its own"),
            _("A weighted sum of several bent steps can have corners and curves"),
            _("The test points pull it"),
        ),
        1,
        _(
            "Each neuron is a smooth step across its line. Add several such steps with weights, "
            "and hills and valleys come about; where they change sign is the border."
        ),
    ),
    check=every(learns("xor"), has("dense"), looked_at("neurons")),
)

XOR_LESSON = Lesson(
    number=2,
    title=_("XOR: what a straight line cannot do"),
    text=_(
        "Is it one or the other, but not both? That is XOR, 'exclusive or'. As points in the "
        "plane: one colour where both coordinates have the same sign, the other colour where they "
        "differ. It looks like child's play. For a network without hidden layers it is impossible."
    ),
    limits=_(
        "Two coordinates and two classes, so that everything fits on a screen. Why hidden layers "
        "are needed is the same in large networks; how many are needed, a toy cannot tell."
    ),
    steps=(LINEAR, STRAIGHT, BENT, NEURONS),
    context=context_of(__name__),
)

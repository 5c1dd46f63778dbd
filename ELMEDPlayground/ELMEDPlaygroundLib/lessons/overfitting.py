"""Lesson 4: the learning rate, learning by heart, and how to tell it from learning."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from ELMEDPlaygroundLib.lessons.checks import (
    at_least,
    at_most,
    data_say,
    every,
    learns,
    stopped,
    trained,
    without,
)
from ELMEDPlaygroundLib.lessons.form import Lesson, Question, Setup, Step, context_of
from ELMEDPlaygroundLib.lessons.form import translatable as _

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.lessons.watch import Watch

DIGITS = {"kind": "digits", "test_share": 0.5, "seed": 0}
THIRTY = {**DIGITS, "limit_train": 30}
RANDOM = {**DIGITS, "limit_train": 100, "shuffle_labels": True}
READER = {
    "layers": [
        {"kind": "dense", "neurons": 64, "activation": "relu"},
        {"kind": "dense", "neurons": 64, "activation": "relu"},
    ]
}
SLOW = {"optimiser": "sgd", "learning_rate": 0.001, "batch": 32, "seed": 0}
QUICK = {"optimiser": "adam", "learning_rate": 0.005, "batch": 30, "seed": 0}

HUGE = 10.0
WORSE_THAN_GUESSING = 2.0 * math.log(10)
GAP = 0.10
CHANCE_AT_MOST = 0.20


def _rate_was_raised(watch: Watch) -> bool:
    """Tell whether the learning rate was raised while the training went on."""
    rates = watch.run.learning_rates if watch.run else []
    return any(later > before for before, later in itertools.pairwise(rates))


def _rate_is_huge(watch: Watch) -> bool:
    """Tell whether the learning rate is beyond all sense."""
    return watch.run is not None and max(watch.run.learning_rates, default=0.0) >= HUGE


def _broken(watch: Watch) -> bool:
    """Tell whether the training has stopped, or the loss has risen far above that of guessing."""
    loss = watch.run.last("train_loss") if watch.run else None
    return stopped()(watch) or (loss is not None and loss >= WORSE_THAN_GUESSING)


def _gap_is_wide(watch: Watch) -> bool:
    """Tell whether the training data are known far better than the test data."""
    train = watch.run.last("train_accuracy") if watch.run else None
    test = watch.run.last("test_accuracy") if watch.run else None
    return train is not None and test is not None and train - test >= GAP


SMALL_RATE = Step(
    title=_("Too small"),
    do=_(
        "Set the lesson up. The learning rate is 0.001. Press <b>Run</b>, and watch the loss "
        "until step 200."
    ),
    see=_("The loss hardly moves. Nothing is wrong; the steps are just tiny."),
    question=Question(
        _("The learning rate is ten times smaller. How many times more steps are needed, roughly?"),
        (_("Ten"), _("Two"), _("As many as before")),
        0,
        _(
            "Each step is ten times shorter, so the same way takes about ten times as many. That "
            "is why a learning rate is looked for in factors of 3 or 10, not by adding a bit."
        ),
    ),
    check=every(learns("digits"), trained(200)),
    setup=Setup(DIGITS, READER, SLOW, ("curves", "confusion")),
)
GOOD_RATE = Step(
    title=_("Raise it while it runs"),
    do=_(
        "On the page <b>Training</b>, raise the learning rate to 0.1 while the training goes on. "
        "Let it run until 90 % of the test images are right."
    ),
    see=_(
        "The curve bends down at once. The network goes on from where it was, with longer steps."
    ),
    question=Question(
        _("In many trainings the learning rate is made smaller towards the end. Why?"),
        (
            _("The computer gets tired"),
            _("Near the goal, long steps jump over it"),
            _("The data are used up"),
        ),
        1,
        _(
            "Long steps cover the distance, short ones find the spot. A plan for the learning "
            "rate, large first and small later, gives both."
        ),
    ),
    check=every(learns("digits"), _rate_was_raised, at_least("test_accuracy", 0.9)),
)
HUGE_RATE = Step(
    title=_("Too large"),
    do=_(
        "Set this step up: the learning rate is 100. Press <b>Run</b>, and watch the loss until "
        "step 50."
    ),
    see=_(
        "Each step jumps far over the goal. The loss leaps up instead of going down, and the "
        "network is worse than one that guesses. With a little more bad luck the numbers grow "
        "beyond what a computer can write down; then the playground stops the training, and says "
        "why."
    ),
    question=Question(
        _("In your own training the loss shoots up. What do you try first?"),
        (_("More data"), _("A smaller learning rate"), _("Another graphics card")),
        1,
        _(
            "A learning rate ten times smaller is the first thing to try. Then look at the data: "
            "inputs with huge numbers have the same effect."
        ),
    ),
    check=every(learns("digits"), _rate_is_huge, _broken),
    setup=Setup(DIGITS, READER, {**SLOW, "learning_rate": 100.0}, ("curves", "confusion")),
)
BY_HEART = Step(
    title=_("Thirty images"),
    do=_(
        "Set this step up: the network gets only 30 images to learn from. Press <b>Run</b> until "
        "all of them are right (train accuracy 100 %)."
    ),
    see=_(
        "On the 30 images there is not one mistake. On test images there are many. The two curves "
        "part: the loss on the training images goes to zero, the one on the test images does not."
    ),
    question=Question(
        _("What did the network learn?"),
        (
            _("To read digits, without a mistake"),
            _("The 30 images by heart, and a little about digits"),
            _("Nothing"),
        ),
        1,
        _(
            "It knows its images by heart. Something carries over to others, far more than "
            "chance, but much is lost: that is overfitting. It shows only in the difference "
            "between train and test; looking at the training images alone, all seems perfect."
        ),
    ),
    check=every(
        learns("digits"),
        data_say("limit_train", 30),
        at_least("train_accuracy", 1.0),
        _gap_is_wide,
    ),
    setup=Setup(THIRTY, READER, QUICK, ("curves", "confusion")),
)
NONSENSE = Step(
    title=_("Learn nonsense by heart"),
    do=_(
        "Set this step up: 100 images, and each gets a digit by <i>chance</i> as its label. Press "
        "<b>Run</b> until all training images are right."
    ),
    see=_(
        "The network learns even this: 100 % on the training images. On the test images it is at "
        "chance, about one in ten, as there was nothing to learn."
    ),
    question=Question(
        _("A paper reports 100 % accuracy on the training data. What does that prove?"),
        (
            _("That the method works"),
            _("That the network is large enough to store the data"),
            _("That the data are easy"),
        ),
        1,
        _(
            "A network that can learn random labels can learn anything by heart. So the accuracy "
            "on the training data says nothing about new patients. Ask for the test data: were "
            "they really kept apart, patient by patient?"
        ),
    ),
    check=every(
        learns("digits"),
        data_say("shuffle_labels", True),
        at_least("train_accuracy", 1.0),
        at_most("test_accuracy", CHANCE_AT_MOST),
    ),
    setup=Setup(RANDOM, READER, QUICK, ("curves", "confusion")),
)
MORE_DATA = Step(
    title=_("The best remedy"),
    do=_(
        "Set this step up: true labels, and all training images, some 900. Press <b>Run</b> until "
        "95 % of the test images are right."
    ),
    see=_("The same network, the same rule; only more data. Train and test stay close together."),
    question=Question(
        _("What else helps against overfitting?"),
        (
            _("Smaller weights (weight decay), dropout, stopping in time"),
            _("A larger network with fewer images"),
            _("Testing on the training images"),
        ),
        0,
        _(
            "All of these make learning by heart harder. Try them: weight decay is on the page "
            "Training, dropout is a layer. None of them replaces data, and with thirty images "
            "they do not do wonders."
        ),
    ),
    check=every(
        learns("digits"),
        without("limit_train"),
        without("shuffle_labels"),
        at_least("test_accuracy", 0.95),
    ),
    setup=Setup(DIGITS, READER, QUICK, ("curves", "confusion")),
)

OVERFITTING = Lesson(
    number=4,
    title=_("Learning rate, and learning by heart"),
    text=_(
        "One number decides whether a training creeps, runs or breaks: the learning rate. And one "
        "comparison decides whether a network has learnt something or knows its examples by "
        "heart: that of training data and test data."
    ),
    limits=_(
        "The right learning rate here is not the right one for your network: it depends on the "
        "network, the data, the batch and the optimiser."
    ),
    steps=(SMALL_RATE, GOOD_RATE, HUGE_RATE, BY_HEART, NONSENSE, MORE_DATA),
    context=context_of(__name__),
)

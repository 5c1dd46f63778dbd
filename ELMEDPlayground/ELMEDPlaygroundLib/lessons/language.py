"""Lesson 10: how a machine learns to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDPlaygroundLib.lessons.checks import at_most, every, looked_at
from ELMEDPlaygroundLib.lessons.form import Lesson, Question, Setup, Step, context_of
from ELMEDPlaygroundLib.lessons.form import translatable as _
from ELMEDPlaygroundLib.lessons.generating import generates
from ELMEDPlaygroundLib.lessons.speaking import SPEAKING

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.lessons.watch import Watch

NOVEL = {"model": "text", "seed": 0}

BELOW_PAIRS = 2.2
"""Nats: counting pairs of characters in the novel loses 2.36."""

BOLD = 1.5


def enlarged(watch: Watch) -> bool:
    """One map of attention was chosen among all."""
    shown = watch.run.view("text-attention") if watch.run else {}
    return bool(shown) and shown["layer"] is not None and shown["head"] is not None


def written_boldly(watch: Watch) -> bool:
    """Text was written at a high temperature."""
    shown = watch.run.view("text-written") if watch.run else {}
    return bool(shown) and (shown["temperature"] or 0.0) >= BOLD


TOKENS = Step(
    title=_("Text becomes numbers"),
    do=_("Set this up, and choose the view <b>Tokens</b> in one of the panes."),
    see=_(
        "Networks compute, so letters must become numbers. Each of the 74 characters of the novel "
        "<i>Northanger Abbey</i> has a place in a list; that number is its <b>token</b>. For each "
        "token the network has 64 numbers that it will learn: equal characters have equal columns. "
        "Large language models do the same with some ten thousand pieces of words."
    ),
    question=Question(
        _("The columns have numbers already, before any training. Where do they come from?"),
        (
            _("They are how often each character occurs in the novel"),
            _("Chance: they mean nothing yet"),
            _("They are the shape of the letter as pixels"),
        ),
        1,
        _(
            "As with all weights, chance gives the first ones. Training moves them until they help "
            "to foretell what comes next; then characters that behave alike are alike, too."
        ),
    ),
    check=every(generates("text"), looked_at("text-tokens")),
    setup=Setup(generate=NOVEL, views=("text-written", "text-curves")),
)
FORETELL = Step(
    title=_("Foretell the next character"),
    do=_(
        "Press <b>Run</b> until the loss on held-out text (orange) is at most 2.2, below the grey "
        "dashed line. That takes some seconds. Let it go on for half a minute, and read what it "
        "writes."
    ),
    see=_(
        "The network learns one thing: which character comes next. The loss says how surprised it "
        "is, on average. The grey dashed line is what counting loses: how often each character "
        "follows each. Below that line, the network must be looking back farther than one "
        "character. The green line counts runs of five, and is hard to beat in a minute."
    ),
    question=Question(
        _("Why is every tenth block of the novel held out?"),
        (
            _("So that the training is faster"),
            _("Because these blocks are too difficult"),
            _("To see whether it has learnt the language, or the novel by heart"),
        ),
        2,
        _(
            "On text that it was trained on, a network that repeats it by heart would be best. "
            "Only text that it never saw tells whether it has learnt something that holds for "
            "other text of the kind."
        ),
    ),
    check=every(generates("text"), at_most("validation", BELOW_PAIRS)),
    setup=Setup(generate=NOVEL, views=("text-written", "text-curves")),
)
ATTENTION = Step(
    title=_("Look back"),
    do=_(
        "Choose the view <b>Attention</b>, and click one of the small maps to enlarge it. Click "
        "some of its rows, and type another prompt."
    ),
    see=_(
        "To foretell what follows, each character looks back at others and takes something over "
        "from them. A row of the map says at whom, and how much. Often a head of the first layer "
        "looks at the character just before: the dark line below the diagonal. Nobody told it to."
    ),
    question=Question(
        _("Why is nothing above the diagonal?"),
        (
            _("Looking ahead is forbidden: the network would see what it is to foretell"),
            _("Later characters are not interesting"),
            _("The network has not learnt it yet"),
        ),
        0,
        _(
            "In training, the network is asked for the next character at all places of a text at "
            "once. If it could look ahead, it would copy the answer, and could write nothing, for "
            "then there is nothing ahead. So these looks are set to exactly nothing."
        ),
    ),
    check=every(generates("text"), looked_at("text-attention"), enlarged),
)
TEMPERATURE = Step(
    title=_("Temperature"),
    do=_(
        "Choose the view <b>Written text</b>. Take <b>greedy</b>, then <b>temperature 0.5</b>, and "
        "at last <b>temperature 1.5</b> or more. Press <b>Again</b> for other lots."
    ),
    see=_(
        "The network gives each character a probability, and writes nothing itself: one has to "
        "choose. Greedy takes the likeliest each time, and soon goes round in circles. By lot, "
        "temperature says how boldly: low, the likely becomes likelier; high, the unlikely gets "
        "its chance, and orange surprises come up. The view <b>Next character</b> shows it in bars."
    ),
    question=Question(
        _("A language model states something false about a patient. What can temperature do?"),
        (
            _("At temperature 0 it says only what is true"),
            _("Nothing certain: it has learnt what is likely to be written, not what is true"),
            _("A high temperature makes it more careful"),
        ),
        1,
        _(
            "The likeliest continuation may be false, and it is stated as smoothly as a true one. "
            "Greedy writing is the same each time; that is not the same as right."
        ),
    ),
    check=every(generates("text"), looked_at("text-written"), written_boldly),
)

LANGUAGE = Lesson(
    number=10,
    title=_("Language: a machine that writes and listens"),
    text=_(
        "Programs that answer in whole sentences learn something simple: to foretell how a text "
        "goes on. Here a very small one learns it from one novel, before your eyes."
    ),
    limits=_(
        "About 100,000 weights, one novel and a minute, instead of billions of weights, much of "
        "what was ever written, and months. It learns spelling, short words and some grammar, no "
        "facts. What a large model was taught afterwards, to answer questions and to be polite, is "
        "not shown."
    ),
    steps=(TOKENS, FORETELL, ATTENTION, TEMPERATURE, *SPEAKING),
    context=context_of(__name__),
)

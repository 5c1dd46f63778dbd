"""Lesson 10, second part: spoken commands, and what is the same in the large models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDPlaygroundLib.lessons.form import Question, Step, context_of
from ELMEDPlaygroundLib.lessons.form import translatable as _

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.lessons.watch import Watch

LISTENED = ("speech_file", "speech_microphone")
LOOKED_ROUND = "large_chosen"
"""What the panel reports when a kind of large model is chosen."""


def understood(watch: Watch) -> bool:
    """A spoken command was recognised."""
    return any(answer["command"] for task in LISTENED for answer in watch.answers(task))


def refused(watch: Watch) -> bool:
    """A sound was refused."""
    return any(not answer["command"] for task in LISTENED for answer in watch.answers(task))


def looked_round(watch: Watch) -> bool:
    """At least two kinds of large models were looked at."""
    return len({answer["kind"] for answer in watch.answers(LOOKED_ROUND)}) > 1


COMMAND = Step(
    title=_("Say it"),
    do=_(
        "Open the page <b>Generate</b>, and choose <b>Speech</b>. Press <b>Listen</b> and say one "
        "of the commands, <i>show axial</i> for instance; or choose a recording of it."
    ),
    see=_(
        "A hundred times a second the recogniser asks which sound of English fits best, and looks "
        "for the command whose sounds fit in this order. It knows the sentences of the list and "
        "no other word: a <b>grammar</b>. That is why it needs 30 MB and no graphics card."
    ),
    question=Question(
        _("Why can a recogniser with a grammar not take dictation?"),
        (
            _("It is too slow for long sentences"),
            _("It can only choose among the sentences that it was given"),
            _("It does not know the sounds of English well enough"),
        ),
        1,
        _(
            "It chooses; it does not write. Dictation needs a model of what may be said at all: a "
            "language model, like the one that you have trained, beside one for sounds."
        ),
    ),
    check=understood,
    context=context_of(__name__),
)
REFUSE = Step(
    title=_("Say something else"),
    do=_(
        "Say, or choose a recording of, something that is no command: <i>the weather is nice</i>."
    ),
    see=_(
        "Some command always fits best, even to a cough. So all is heard again by a recogniser "
        "that may string sounds together as it likes. Where that fits much better than the best "
        "command, the command is <b>refused</b>. The confidence says how clear it was."
    ),
    question=Question(
        _("The limit is made stricter: less other talk is taken for a command. What is the price?"),
        (
            _("More commands are refused as well"),
            _("None: stricter is better"),
            _("The recogniser becomes slower"),
        ),
        0,
        _(
            "It is a test like others: what is gained in specificity is lost in sensitivity. The "
            "limit was chosen with some voices, and measured with others."
        ),
    ),
    check=refused,
    context=context_of(__name__),
)
REAL_THING = Step(
    title=_("The real thing"),
    do=_("Choose <b>Large models</b> on the page <b>Generate</b>, and go through the kinds."),
    see=_(
        "<b>Stable Diffusion</b> takes noise away step by step, as you did with points and slices: "
        "the same rule, a thousand times the weights, in a latent space, guided by words. A "
        "<b>GPT</b> foretells the next token by attention and temperature, as your small model "
        "does. <b>Whisper</b> does so as well, and looks back at sound. New are size, data and "
        "what they cost; they err in the same way: what they make is likely, not true."
    ),
    question=Question(
        _("A file of weights comes from a stranger. What should be known before it is loaded?"),
        (
            _("Whether its pictures are beautiful"),
            _("Size, licence, and that the file holds numbers alone and no program"),
            _("Nothing: weights cannot do harm"),
        ),
        1,
        _(
            "Some formats for weights can run a program while they are read. Here only safetensors "
            "are read, which cannot. The licence says what you may do with what comes out."
        ),
    ),
    check=looked_round,
    context=context_of(__name__),
)

SPEAKING = (COMMAND, REFUSE, REAL_THING)

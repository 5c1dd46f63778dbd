"""Lesson 8: a U-Net on the subject that it learnt from, and on new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDPlaygroundLib.lessons.checks import asked
from ELMEDPlaygroundLib.lessons.form import Lesson, Question, Setup, Step, Work, context_of
from ELMEDPlaygroundLib.lessons.form import translatable as _

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.lessons.watch import Watch

TASK = "generalisation"
STEPS = 120
FIRST = Work(TASK, {"seed": 1, "steps": STEPS}, _("Learn one subject"))
SECOND = Work(TASK, {"seed": 2, "steps": STEPS}, _("Learn another subject"))

GAP = 0.05
TWICE = 2


def _gap_seen(watch: Watch) -> bool:
    """Tell whether the network was seen to be worse on new subjects."""
    return any(answer["same"] - answer["new"] >= GAP for answer in watch.answers(TASK))


def _two_seen(watch: Watch) -> bool:
    """Tell whether two networks were seen that learnt different subjects."""
    return len({answer["seed"] for answer in watch.answers(TASK)}) >= TWICE


ONE = Step(
    title=_("The same patient, and new ones"),
    do=_(
        "Press <b>Learn one subject</b>. Five patients with tumours are simulated, and a small "
        "U-Net learns to outline the tumour of the first one; it takes about half a minute."
    ),
    see=_(
        "Below: how well outlines agree with the truth (Dice: 0 not at all, 1 perfectly). Blue: "
        "slabs of the <i>same</i> patient that were not learnt, with a gap around them. Orange: "
        "the mean of four <i>new</i> patients. Of the same network one could report either "
        "number, and they differ a lot."
    ),
    question=Question(
        _("Why is the same patient easier, though these slices were never learnt?"),
        (
            _("The held-out slabs are larger"),
            _("Scanner, brain and tumour are the same: much of it was seen already"),
            _("By chance"),
        ),
        1,
        _(
            "The network may rely on what holds for this patient alone: how bright the oedema is, "
            "where the tumour lies. What a new patient shows is whether it learnt tumours, or this "
            "tumour."
        ),
    ),
    check=_gap_seen,
    setup=Setup(work=FIRST),
)
TWO = Step(
    title=_("Another one to learn from"),
    do=_("Press <b>Learn another subject</b>: everything anew, with other patients."),
    see=_(
        "The distance between the two curves is another one, perhaps much smaller. How well one "
        "does on new patients depends on who was learnt and who is new; the small dots show each "
        "new patient by itself. Small tumours suffer most."
    ),
    question=Question(
        _(
            "A paper: 1,550 slices of 10 patients, dealt out at random to training and test. Dice "
            "0.95. What would you expect on your own patients?"
        ),
        (_("0.95"), _("Less, nobody knows how much"), _("More, as there is more data")),
        1,
        _(
            "Slices of each patient are on both sides, so 0.95 is the blue curve. The orange one "
            "was not measured. Deal out patients, not slices; report how many there were; and test "
            "in another hospital."
        ),
    ),
    check=_two_seen,
    setup=Setup(work=SECOND),
)
LESS = Step(
    title=_("When something is missing"),
    do=_(
        "With T1, T1c, T2 and FLAIR loaded (module <b>Sample Data</b>, category ELMED, "
        "<b>SimulatedGlioma</b>): on the page <b>Scan</b>, open <b>Look into the network of ELMED "
        "Segment</b>, choose the contrast <b>FLAIR</b>, and press <b>Segment without this "
        "contrast</b>."
    ),
    see=_(
        "Two segmentations, the change between them over the slices, and a table. A network that "
        "always had four contrasts does not say that one is missing; it answers all the same, "
        "and differently."
    ),
    question=Question(
        _("Your hospital does not record FLAIR. What can help?"),
        (
            _("Put the T2 in its place"),
            _("A network that was trained, and tested, with missing contrasts"),
            _("Train the same network for longer"),
        ),
        1,
        _(
            "A network is as general as what it was trained on, and trustworthy as far as it was "
            "tested. To put something else in the place of the FLAIR may look fine, and is tested "
            "by nobody."
        ),
    ),
    check=asked("scan_contrast_removed"),
)

GENERALISING = Lesson(
    number=8,
    title=_("U-Net, and new patients"),
    text=_(
        "What counts is the next patient. A U-Net, the form of network that most segmentations of "
        "medical images are made with, shows how easily one deceives oneself about that."
    ),
    limits=_(
        "Simulated patients, in two dimensions, learnt for seconds from a single one: real "
        "networks learn from hundreds and lose less. That they lose something on patients of "
        "another hospital is as true for them."
    ),
    steps=(ONE, TWO, LESS),
    context=context_of(__name__),
    needs="scan",
)

"""Lesson 9, last part: new slices of the scan that is open, and whether they are copies."""

from __future__ import annotations

from ELMEDPlaygroundLib.lessons.checks import asked
from ELMEDPlaygroundLib.lessons.form import Question, Step, context_of
from ELMEDPlaygroundLib.lessons.form import translatable as _

TASK = "generate_slices"

NEW_SLICES = Step(
    title=_("The scan: new slices, or copies?"),
    do=_(
        "Load a scan (the module Sample Data has one: <i>ELMED</i>). On the page <b>Generate</b>, "
        "choose <b>Slices of the open scan</b>, check a volume, and press <b>Make a new "
        "volume</b>. It takes less than a minute."
    ),
    see=_(
        "Slices have thousands of pixels, too many to denoise on a laptop. So they are compressed "
        "to some numbers first, and what you know from the plane happens among these: latent "
        "diffusion. Scroll through the new volume, then read the table. New slices should be like "
        "slices that were held out, but not nearer to the learnt ones than those are."
    ),
    question=Question(
        _("Why is it not enough that new slices look real?"),
        (
            _("Because a network that repeats the slices it learnt makes the most real ones"),
            _("Because the eye cannot see pixels"),
            _("Because synthetic slices must look different from real ones"),
        ),
        0,
        _(
            "A copy looks perfect, adds nothing, and may give away the patient that it comes from. "
            "That is why the distance to the nearest learnt slice stands beside the one that "
            "held-out slices have. And one scan has one head: what is made of it are variations "
            "of that head, not other patients."
        ),
    ),
    check=asked(TASK),
    context=context_of(__name__),
)

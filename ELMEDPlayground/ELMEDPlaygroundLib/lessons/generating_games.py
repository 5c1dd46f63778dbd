"""Lesson 9, second part: a GAN that loses its modes, and the cure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDPlaygroundLib.generative.gan_experiment import PRESETS
from ELMEDPlaygroundLib.lessons.checks import every, looked_at, trained
from ELMEDPlaygroundLib.lessons.form import Question, Setup, Step, context_of
from ELMEDPlaygroundLib.lessons.form import translatable as _

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.lessons.form import Check
    from ELMEDPlaygroundLib.lessons.watch import Watch

GAN = {"model": "gan", "kind": "eight-gaussians", "seed": 0}
COLLAPSING = {**GAN, **PRESETS["collapses"]}
COVERING = {**GAN, **PRESETS["covers"]}

PLAYED = 500
"""Steps after which a game may be judged."""

MANY_MODES, FEW_MODES = 7, 3


def plays(watch: Watch) -> bool:
    """A GAN is on the bench."""
    return watch.run is not None and watch.run.generator.get("model") == "gan"


def lost_modes(watch: Watch) -> bool:
    """Only few of the eight clouds are left."""
    modes = watch.run.last("modes") if watch.run else None
    return modes is not None and modes <= FEW_MODES


def kept_modes(watch: Watch) -> bool:
    """Nearly all of the eight clouds are covered."""
    modes = watch.run.last("modes") if watch.run else None
    return modes is not None and modes >= MANY_MODES


def _cured(watch: Watch) -> bool:
    """It plays with less momentum than what collapses."""
    own = watch.run.generator.get("momentum", 0.0) if watch.run else 1.0
    return bool(own < PRESETS["collapses"]["momentum"])


played: Check = trained(PLAYED)

COLLAPSE = Step(
    title=_("Two networks in a game"),
    do=_(
        "Set this up: a GAN, on the same eight clouds. Press <b>Run</b> for at least 500 steps, "
        "and watch the view <b>Generator's warp</b>. On the page <b>Generate</b> the preset is "
        "called <i>Modes collapse</i>."
    ),
    see=_(
        "The generator bends a square of random numbers over the plane; the discriminator tells "
        "its points from the data, and its arrows say where points look more real. Here the "
        "square lies on one or two clouds, most of the time: the generator sends all points to "
        "where they pass just now, the discriminator follows, and they run on. That is mode "
        "collapse."
    ),
    question=Question(
        _("Each single point looks real. What would a doctor miss in such images?"),
        (
            _("Nothing, when each image looks real"),
            _("Whole kinds of cases, without a hint that they are missing"),
            _("Sharp edges"),
        ),
        1,
        _(
            "A generator that makes the same convincing tumour again and again has learnt next to "
            "nothing of how tumours vary. Looking at single images does not show it; counting the "
            "modes, or a distance between distributions, does."
        ),
    ),
    check=every(plays, played, lost_modes, looked_at("generator-warp")),
    setup=Setup(generate=COLLAPSING, views=("generator-warp", "discriminator-map")),
    context=context_of(__name__),
)
CURE = Step(
    title=_("The cure"),
    do=_(
        "On the page <b>Generate</b> choose the preset <b>Covers the modes</b>, or set this up; "
        "press <b>Run</b> until at least seven of the eight clouds are covered. Look at the view "
        "<b>Discriminator's map</b>."
    ),
    see=_(
        "Three things are different: Adam keeps no memory of earlier gradients (momentum 0), which "
        "point to where the other network was; this alone is enough here. The steps are smaller, "
        "and a penalty keeps the discriminator from being steep at the data (R1), which makes the "
        "game calmer. Now the square is spread over all clouds, stretched thin between them, and "
        "the discriminator can hardly tell the two apart."
    ),
    question=Question(
        _("The losses of a good GAN neither fall nor rise for long. Why?"),
        (
            _("Because the training has stopped"),
            _("Because the learning rate is too small"),
            _("Because each is measured against an opponent that gets better, too"),
        ),
        2,
        _(
            "A loss here says who is ahead in the game, not how good the points are. So GANs are "
            "judged by what they make: here by the modes covered and by the energy distance."
        ),
    ),
    check=every(plays, _cured, played, kept_modes, looked_at("discriminator-map")),
    setup=Setup(generate=COVERING, views=("generator-warp", "discriminator-map")),
    context=context_of(__name__),
)

"""Lesson 9: how points are made out of noise, and two other ways to make them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDPlaygroundLib.lessons.checks import every, looked_at
from ELMEDPlaygroundLib.lessons.form import Lesson, Question, Setup, Step, context_of
from ELMEDPlaygroundLib.lessons.form import translatable as _
from ELMEDPlaygroundLib.lessons.generating_games import COLLAPSE, CURE
from ELMEDPlaygroundLib.lessons.generating_latent import ENCODE, WALK
from ELMEDPlaygroundLib.lessons.generating_slices import NEW_SLICES

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.lessons.form import Check
    from ELMEDPlaygroundLib.lessons.watch import Watch

CLOUDS = {"model": "diffusion", "kind": "eight-gaussians", "seed": 0}

NEAR_ENOUGH = 0.2
"""The share of the distance of noise that the generated points may still have."""

ENOUGH_MODES = 7
NEARLY_CLEAN = 10
"""A level of noise, of 50, at which the points are nearly where they end."""

STRONG = 1.0


def generates(model: str) -> Check:
    """A generator of this kind is on the bench."""
    return lambda watch: watch.run is not None and watch.run.generator.get("model") == model


def near_the_data(watch: Watch) -> bool:
    """The generated points are as near to the data as the lesson asks for, and in most modes."""
    run = watch.run
    energy, noise, modes = (
        run.last(name) if run else None for name in ("energy", "energy_noise", "modes")
    )
    if energy is None or noise is None or modes is None:
        return False
    return energy <= NEAR_ENOUGH * noise and modes >= ENOUGH_MODES


def nearly_clean(watch: Watch) -> bool:
    """Nearly all noise was taken away, level by level."""
    shown = watch.run.view("score-field") if watch.run else {}
    return bool(shown) and shown["level"] <= NEARLY_CLEAN


def asked_strongly(watch: Watch) -> bool:
    """One mode was asked for, and strongly."""
    shown = watch.run.view("generated") if watch.run else {}
    return bool(shown) and shown["mode"] is not None and shown["guidance"] >= STRONG


INTO_NOISE = Step(
    title=_("Into noise"),
    do=_(
        "Set the lesson up: eight small clouds of points, and a network that has learnt nothing. "
        "Choose the view <b>Into noise and back</b> in one of the panes."
    ),
    see=_(
        "Above, from left to right: at each level the points are drawn a little towards the "
        "middle, and a little noise is put on them. At the last level nothing is left of the "
        "clouds. No network is needed for that. Below, from right to left, the network is to undo "
        "it; it cannot yet."
    ),
    question=Question(
        _("At the last level all points are one round cloud. What is that good for?"),
        (
            _("Such a cloud can be drawn by anybody, so there is a place to begin from"),
            _("It hides whose points they were"),
            _("The network learns from the last level alone"),
        ),
        0,
        _(
            "New points must come from something that needs no data: noise from a random number "
            "generator. The way there is easy; the network learns the way back."
        ),
    ),
    check=every(generates("diffusion"), looked_at("noising")),
    setup=Setup(generate=CLOUDS, views=("generated", "generative-curves")),
)
LEARN = Step(
    title=_("Learn to take the noise away"),
    do=_(
        "Press <b>Run</b> until the distance from the data is at most 20 % of that of noise, and "
        "at least seven of the eight clouds are covered. That takes some seconds."
    ),
    see=_(
        "In each step the network gets points with noise in them, at levels that chance decides, "
        "and says which noise it was. The loss is the error in that. It soon hardly falls, yet the "
        "points go on getting better: the loss alone does not tell how good a generator is. The "
        "energy distance compares the points with data that were never learnt from."
    ),
    question=Question(
        _("Why does the loss not go down to zero?"),
        (
            _("The network is too small"),
            _("Which noise it was cannot be known for certain, only guessed well"),
            _("It has not been trained for long enough"),
        ),
        1,
        _(
            "A noisy point may have come from several clean ones. The best answer is the mean of "
            "the noises that it may have been, and its error is not zero, however large the "
            "network is."
        ),
    ),
    check=every(generates("diffusion"), near_the_data),
    setup=Setup(generate=CLOUDS, views=("generated", "generative-curves")),
)
SCORE = Step(
    title=_("Step by step, along the arrows"),
    do=_(
        "Choose the view <b>Score, step by step</b>. Press <b>|◀</b> to begin with noise alone, "
        "then <b>▶</b> to take it away level by level, down to level 10 or less."
    ),
    see=_(
        "The arrows are the score. Each points to where, at this level of noise, more data would "
        "lie. At first all point to the middle; later each to its cloud. The points follow them, "
        "with a little fresh noise at each level."
    ),
    question=Question(
        _("Where do the arrows come from?"),
        (
            _("From the distances to all training points"),
            _("From a second network"),
            _("From the noise that the network sees: the score points the opposite way"),
        ),
        2,
        _(
            "Whoever can tell the noise in a point knows in which direction less of it is. Divided "
            "by how much noise there is at the level, that is the score: the gradient of the "
            "logarithm of the density."
        ),
    ),
    check=every(generates("diffusion"), looked_at("score-field"), nearly_clean),
)
GUIDANCE = Step(
    title=_("Ask for one of them"),
    do=_(
        "In the view <b>Generated points</b>, choose one of the clouds instead of <i>any mode</i>, "
        "then <b>guidance 1</b>. Compare it with 0, and with 8."
    ),
    see=_(
        "The network was told which cloud a point belongs to, but for half of the points only. So "
        "it knows both answers, with and without. Guidance goes further in the direction in which "
        "the two differ. The numbers above the points tell: with 1 they lie closer together than "
        "with 0. With 8 many are driven past their cloud, out of the data."
    ),
    question=Question(
        _("What is the price of strong guidance?"),
        (
            _("The points become less various than the data"),
            _("The network forgets the other clouds"),
            _("None: the more, the better"),
        ),
        0,
        _(
            "Guidance prefers points that are typical, even more typical than the data: they crowd "
            "together, and with too much of it they leave the data altogether. Programs that make "
            "images from texts use it in the same way, with the text in place of the cloud."
        ),
    ),
    check=every(generates("diffusion"), looked_at("generated"), asked_strongly),
)

GENERATING = Lesson(
    number=9,
    title=_("Generating: points out of noise"),
    text=_(
        "A network that classifies says what something is. A generator makes more of it. Diffusion "
        "models, which are behind the programs that make images from texts, learn something "
        "modest: to take a little noise away. Done again and again, it makes something new. Two "
        "older ways follow: a game of two networks (GAN), and numbers to walk among (VAE)."
    ),
    limits=_(
        "Points in the plane instead of images, so that all can be seen. Points that look right "
        "are not thereby right: whether a generator has learnt the data or copies them is a "
        "question of its own, and synthetic medical images are no patient data."
    ),
    steps=(INTO_NOISE, LEARN, SCORE, GUIDANCE, COLLAPSE, CURE, ENCODE, WALK, NEW_SLICES),
    context=context_of(__name__),
)

"""Lesson 9, third part: a variational autoencoder, and a walk in its latent plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDPlaygroundLib.lessons.checks import every, looked_at
from ELMEDPlaygroundLib.lessons.form import Question, Setup, Step, context_of
from ELMEDPlaygroundLib.lessons.form import translatable as _

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.lessons.watch import Watch

VAE = {"model": "vae", "kind": "eight-gaussians", "seed": 0}

ENOUGH_MODES = 7
SMALL_LOSS = 0.12
"""Half a squared distance, in spreads of the data: without any latent number it is 1."""

HALF_WAY = 12
"""A step of the 24 from one point to the other."""


def encodes(watch: Watch) -> bool:
    """A variational autoencoder is on the bench."""
    return watch.run is not None and watch.run.generator.get("model") == "vae"


def reads_well(watch: Watch) -> bool:
    """Points are read nearly as they were written, and new ones lie in most modes."""
    run = watch.run
    loss, modes = (run.last(name) if run else None for name in ("reconstruction", "modes"))
    return loss is not None and modes is not None and loss <= SMALL_LOSS and modes >= ENOUGH_MODES


def walked(watch: Watch) -> bool:
    """A place in the latent plane was chosen, or half of the way was gone."""
    shown = watch.run.view("latent-walk") if watch.run else {}
    if not shown:
        return False
    away = abs(shown["here"] - shown["way"][0]).max() > 0
    return bool(shown["step"] >= HALF_WAY or (shown["step"] == 0 and away))


ENCODE = Step(
    title=_("Write down, and read again"),
    do=_(
        "Set this up: a variational autoencoder (VAE), on the same eight clouds. Press <b>Run</b> "
        "until the reconstruction loss is at most 0.12 and seven clouds are covered; look at the "
        "view <b>Latent space</b>."
    ),
    see=_(
        "An encoder writes each point down as two numbers with some uncertainty, a decoder reads "
        "them. The clouds come to lie around the middle of the latent plane, beside each other, "
        "for a second loss pulls them there: the divergence from a normal cloud. So a random "
        "number is read as a point that looks like the data, and the grid shows what lies between."
    ),
    question=Question(
        _("What happens when the second loss is weighed very heavily (beta 1)?"),
        (
            _("All points are written down alike, and read as the middle"),
            _("Points are read more exactly"),
            _("The clouds move farther apart"),
        ),
        0,
        _(
            "To be a normal cloud exactly, the latent numbers must say nothing. The decoder can "
            "then only answer the mean of all data. Try it with the preset <i>Nothing written "
            "down</i> on the page Generate: this is called posterior collapse."
        ),
    ),
    check=every(encodes, reads_well, looked_at("latent-space")),
    setup=Setup(generate=VAE, views=("latent-space", "generative-curves")),
    context=context_of(__name__),
)
WALK = Step(
    title=_("A walk in the latent plane"),
    do=_(
        "Choose the view <b>Latent walk</b>. Go along the way with <b>▶</b> at least to its "
        "middle, or click into the latent plane."
    ),
    see=_(
        "The way is a straight line between two points that were written down; on the right is "
        "what its places are read as. It leads through other clouds and quickly across the gaps "
        "between them. What lies in a gap looks like nothing in the data: it was made up."
    ),
    question=Question(
        _("Between two patients' images lies one that nobody has. What is it?"),
        (
            _("A prediction of what the first patient will look like later"),
            _("A smooth guess of the decoder; whether such a patient can be is not said"),
            _("The image of a third patient in the training data"),
        ),
        1,
        _(
            "The decoder answers at each place, for it is a smooth function. That a place was "
            "never written to does not show in the answer. Walks are good for seeing what a model "
            "has put in order, not for learning about patients."
        ),
    ),
    check=every(encodes, looked_at("latent-walk"), walked),
    context=context_of(__name__),
)

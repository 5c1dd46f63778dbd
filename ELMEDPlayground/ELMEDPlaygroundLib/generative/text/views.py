"""What there is to see of a small language model while it learns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.generative.text.writing import (
    TEMPERATURES,
    at_temperature,
    entropy_of,
    foretold,
)
from ELMEDPlaygroundLib.views.inside import ViewError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundLib.generative.text.experiment import TextExperiment

MOST_PROMPT = 400
MOST_DRAWS = 10_000
MOST_ROWS = 400
LOOKED_AT = 32
"""Characters of the prompt that find room on a map of attention: its last ones."""

SPELT = 16
"""Characters of the prompt that are shown as numbers: its last ones."""

DRAWN = 32
"""Of the numbers that stand for a character, so many are shown."""


def written(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the network goes on from a prompt.

    Args:
        experiment: a language model.
        options: `prompt` (None for the first one), `temperature` (None for the likeliest character
            each time), `draw` (another number, other lots).

    Returns:
        `prompt`; `strange`, the characters in it that the text does not have; `text`; `surprise`
        float32 (n,), how unlikely each of its characters was, in nats; `entropy`, how undecided
        the choices were on average, in nats; `undecided`, that of choosing by lot among all;
        `temperature`; `step`, at which it was written.
    """
    experiment = need_text(experiment)
    prompt, temperature = _wish(experiment, options)
    draw = checked.whole(options.get("draw", 0), "the draw", 0, MOST_DRAWS)
    sheet = experiment.sheet(prompt, temperature, draw)
    return {
        "prompt": prompt,
        "strange": experiment.corpus.encode(prompt)[1],
        "text": experiment.corpus.decode(sheet.written.codes.numpy()),
        "surprise": sheet.written.surprise.numpy(),
        "entropy": float(sheet.written.entropy.mean()),
        "undecided": float(np.log(len(experiment.corpus.characters))),
        "temperature": temperature,
        "step": sheet.step,
    }


def next_characters(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return how likely each character is to follow a prompt.

    Args:
        experiment: a language model.
        options: `prompt`, `temperature`, as for `written`.

    Returns:
        `prompt`; `strange`; `characters`, a text; `shares` and `plain` float32 (character,), at
        the temperature and at 1; `entropy` of the shares, in nats; `undecided`, the greatest that
        there could be; `temperature`.
    """
    import torch

    experiment = need_text(experiment)
    prompt, temperature = _wish(experiment, options)
    codes = torch.from_numpy(experiment.prompt_codes(prompt))
    with experiment.averaged():
        logits = foretold(experiment.network, codes)
    shares = at_temperature(logits, temperature)
    return {
        "prompt": prompt,
        "strange": experiment.corpus.encode(prompt)[1],
        "characters": experiment.corpus.characters,
        "shares": shares.numpy(),
        "plain": at_temperature(logits, 1.0).numpy(),
        "entropy": float(entropy_of(shares)),
        "undecided": float(np.log(len(experiment.corpus.characters))),
        "temperature": temperature,
    }


def attention(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return which characters of a prompt look at which.

    Args:
        experiment: a language model.
        options: `prompt`; `layer` and `head`, places from 0; None for all, as small maps.

    Returns:
        `prompt`; `text`, its last characters, which alone are given to the network; `weights`
        float32 (layer, head, looks, looked at), of the layers and heads that were asked for;
        `layers` and `heads`, how many there are; `layer` and `head`.
    """
    import torch

    experiment = need_text(experiment)
    settings = experiment.settings
    prompt, _ = _wish(experiment, options)
    codes = experiment.prompt_codes(prompt)[-min(LOOKED_AT, settings.context) :]
    layer, head = options.get("layer"), options.get("head")
    chosen: list[slice] = []
    for place, what, count in ((layer, "layer", settings.layers), (head, "head", settings.heads)):
        if place is None:
            chosen.append(slice(None))
        else:
            checked.whole(place, f"the {what}", 0, count - 1)
            chosen.append(slice(place, place + 1))
    with experiment.averaged():
        weights = experiment.network.attention(torch.from_numpy(codes))
    return {
        "prompt": prompt,
        "text": experiment.corpus.decode(codes),
        "weights": weights[chosen[0], chosen[1]].numpy(),
        "layers": settings.layers,
        "heads": settings.heads,
        "layer": layer,
        "head": head,
    }


def tokens(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a prompt becomes numbers.

    Args:
        experiment: a language model.
        options: `prompt`.

    Returns:
        `prompt`; `text`, its last characters; `codes` int64 (n,), their numbers; `vectors`
        float32 (n, number), the first numbers that stand for each character in the network;
        `width`, how many there are; `characters`, all that are told apart; `foretold`, the
        likeliest character after each.
    """
    import torch

    experiment = need_text(experiment)
    prompt, _ = _wish(experiment, options)
    codes = experiment.prompt_codes(prompt)[-min(SPELT, experiment.settings.context) :]
    given = torch.from_numpy(codes)
    with experiment.averaged(), torch.no_grad():
        vectors = experiment.network.meanings(given)[:, :DRAWN].numpy()
        likeliest = experiment.network(given[None])[0].argmax(-1).numpy()
    return {
        "prompt": prompt,
        "text": experiment.corpus.decode(codes),
        "codes": codes,
        "vectors": vectors,
        "width": experiment.settings.width,
        "characters": experiment.corpus.characters,
        "foretold": experiment.corpus.decode(likeliest),
    }


def text_curves(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """Return the history, thinned where it is long.

    Returns:
        `step` int64 (row,); `loss` and `validation` float64 (row,), in nats a character; `counted`,
        what mere counting loses on what is held out, by name; `undecided`, what choosing by lot
        among all characters loses.
    """
    experiment = need_text(experiment)
    history = experiment.history
    chosen = np.unique(np.linspace(0, len(history) - 1, MOST_ROWS).astype(int))
    rows = [history[index] for index in chosen]
    return {
        "step": np.array([row["step"] for row in rows], np.int64),
        "loss": np.array([row["loss"] for row in rows], float),
        "validation": np.array([row["validation"] for row in rows], float),
        "counted": dict(experiment.counted),
        "undecided": float(np.log(len(experiment.corpus.characters))),
    }


def need_text(experiment: Any) -> TextExperiment:
    """Return the experiment, which must be a language model.

    Raises:
        ViewError: it is another.
    """
    from ELMEDPlaygroundLib.generative.text.experiment import TextExperiment

    if not isinstance(experiment, TextExperiment):
        raise ViewError(
            "This view is for models that learn a text.", "Begin one on the page Generate, Text."
        )
    return experiment


def _wish(experiment: TextExperiment, options: Mapping[str, Any]) -> tuple[str, float | None]:
    """Return prompt and temperature."""
    prompt = options.get("prompt")
    if prompt is None:
        prompt = experiment.first_prompt
    if not isinstance(prompt, str) or len(prompt) > MOST_PROMPT:
        raise ViewError(
            "The prompt is no text, or too long.", f"Give at most {MOST_PROMPT} characters."
        )
    temperature = options.get("temperature", 1.0)
    if temperature is not None:
        temperature = checked.number(temperature, "the temperature", *TEMPERATURES)
    return prompt, temperature

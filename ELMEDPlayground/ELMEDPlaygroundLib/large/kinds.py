"""The kinds of large models, and what each is made of."""

from __future__ import annotations

from dataclasses import dataclass

from ELMEDLib.environment import LARGE_IMAGES, LARGE_TEXTS, Requirement
from ELMEDPlaygroundLib import checked


@dataclass(frozen=True)
class Kind:
    """A kind of model.

    Attributes:
        name: for the engine.
        title: for people.
        config: the file that every model of the kind has; it says what the model is.
        packages: what running it needs.
        example: a well-known model of the kind on the hub.
        instead: what comes with ELMED and shows the same on a small scale.
    """

    name: str
    title: str
    config: str
    packages: tuple[Requirement, ...]
    example: str
    instead: str


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "image",
            "Pictures from text (Stable Diffusion)",
            "model_index.json",
            LARGE_IMAGES,
            "stable-diffusion-v1-5/stable-diffusion-v1-5",
            "the small generators in 'Points in the plane', 'Slices of the open scan' and "
            "'A painted tumour'",
        ),
        Kind(
            "text",
            "Text (GPT)",
            "config.json",
            LARGE_TEXTS,
            "openai-community/gpt2",
            "the small language model in 'Text'",
        ),
        Kind(
            "dictation",
            "Dictation (Whisper)",
            "config.json",
            LARGE_TEXTS,
            "openai/whisper-tiny.en",
            "the spoken commands in 'Speech'",
        ),
    )
}
"""By name. No large model comes with ELMED: each has hundreds of megabytes to gigabytes."""


def kind_of(name: object) -> Kind:
    """Return the kind of this name.

    Raises:
        InputError: there is none.
    """
    return KINDS[checked.choice(name, "the kind of model", tuple(KINDS))]

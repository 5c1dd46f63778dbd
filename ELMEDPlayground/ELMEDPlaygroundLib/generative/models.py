"""Which generators there are: the one place that knows them all."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from ELMEDPlaygroundLib import checked

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.generative.experiment import GenerativeExperiment

MODELS: dict[str, str] = {
    "diffusion": "ELMEDPlaygroundLib.generative.diffusion_experiment:DiffusionExperiment",
    "gan": "ELMEDPlaygroundLib.generative.gan_experiment:GanExperiment",
    "vae": "ELMEDPlaygroundLib.generative.vae_experiment:VaeExperiment",
    "slices-vae": "ELMEDPlaygroundLib.generative.slices.experiment:SlicesVaeExperiment",
    "text": "ELMEDPlaygroundLib.generative.text.experiment:TextExperiment",
}
"""The classes by model, as "module:class"; imported when one is first asked for."""

FIRST = "diffusion"
"""Is meant where a description names none."""


def begin(spec: object) -> GenerativeExperiment:
    """Return the generator of a description, with its first weights.

    Args:
        spec: `model` and the settings of that model, see `settings.GeneratorSettings`.

    Raises:
        InputError: the description says something that is not allowed.
    """
    values = checked.mapping(spec, "the generator")
    return model_class(values.get("model", FIRST))({"model": FIRST, **values})


def model_class(model: object) -> type[GenerativeExperiment]:
    """Return the class of a model.

    Raises:
        InputError: there is none of this name.
    """
    path = MODELS[checked.choice(model, "the model", MODELS)]
    module, _, name = path.partition(":")
    found: type[GenerativeExperiment] = getattr(importlib.import_module(module), name)
    return found

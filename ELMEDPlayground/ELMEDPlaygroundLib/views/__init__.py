"""The views of an experiment: what there is to see of a network while it learns.

Each is a function `(experiment, options) -> {name: array or value}`, named here as
"module:function" and imported when it is first asked for. Axis order of images is (channel, y, x);
a view must leave the experiment as it is.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

VIEWS: dict[str, str] = {
    "decision-map": "ELMEDPlaygroundLib.views.points_map:decision_map",
    "neurons": "ELMEDPlaygroundLib.views.points_map:neuron_maps",
    "hidden-space": "ELMEDPlaygroundLib.views.hidden_space:hidden_space",
    "representations": "ELMEDPlaygroundLib.views.representations:representations",
    "probe": "ELMEDPlaygroundLib.views.probe:linear_probe",
    "weights": "ELMEDPlaygroundLib.views.weights:weights_and_gradients",
    "curves": "ELMEDPlaygroundLib.views.curves:curves",
    "confusion": "ELMEDPlaygroundLib.views.images_confusion:confusion",
    "mistakes": "ELMEDPlaygroundLib.views.images_confusion:mistakes",
    "kernels": "ELMEDPlaygroundLib.views.images_kernels:kernels",
    "feature-maps": "ELMEDPlaygroundLib.views.images_features:feature_maps",
    "one-convolution": "ELMEDPlaygroundLib.views.images_convolution:one_convolution",
    "saliency": "ELMEDPlaygroundLib.views.images_saliency:saliency",
    "grad-cam": "ELMEDPlaygroundLib.views.images_saliency:grad_cam",
    "shift": "ELMEDPlaygroundLib.views.images_shift:shift",
    "generated": "ELMEDPlaygroundLib.generative.views:generated",
    "noising": "ELMEDPlaygroundLib.generative.views:noising",
    "score-field": "ELMEDPlaygroundLib.generative.views:score_field",
    "generative-curves": "ELMEDPlaygroundLib.generative.views:generative_curves",
    "slices-walk": "ELMEDPlaygroundLib.generative.slices.views:slices_walk",
    "generator-warp": "ELMEDPlaygroundLib.generative.gan_views:generator_warp",
    "discriminator-map": "ELMEDPlaygroundLib.generative.gan_views:discriminator_map",
    "latent-space": "ELMEDPlaygroundLib.generative.vae_views:latent_space",
    "latent-walk": "ELMEDPlaygroundLib.generative.vae_views:latent_walk",
    "reconstruction": "ELMEDPlaygroundLib.generative.vae_views:reconstruction",
    "text-written": "ELMEDPlaygroundLib.generative.text.views:written",
    "text-next": "ELMEDPlaygroundLib.generative.text.views:next_characters",
    "text-attention": "ELMEDPlaygroundLib.generative.text.views:attention",
    "text-tokens": "ELMEDPlaygroundLib.generative.text.views:tokens",
    "text-curves": "ELMEDPlaygroundLib.generative.text.views:text_curves",
}


def look(experiment: Any, views: Mapping[str, Mapping[str, Any] | None]) -> dict[str, Any]:
    """Return what the wanted views show.

    Args:
        experiment: an `Experiment`.
        views: options by the name of the view.

    Raises:
        InputError: there is no such view, or its options make no sense.
    """
    return {name: view(name)(experiment, options or {}) for name, options in views.items()}


def view(name: str) -> Any:
    """Return the function of a view.

    Raises:
        InputError: there is none of this name.
    """
    if name not in VIEWS:
        raise InputError(f"There is no view '{name[:40]}'.", f"Choose one of: {', '.join(VIEWS)}.")
    module, _, function = VIEWS[name].partition(":")
    return getattr(importlib.import_module(module), function)

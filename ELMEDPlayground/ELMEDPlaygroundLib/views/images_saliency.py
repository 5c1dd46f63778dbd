"""Which pixels a prediction rests on: input gradients and Grad-CAM.

Sources:
    Saliency: Simonyan, Vedaldi, Zisserman 2014, Deep inside convolutional networks,
    arXiv:1312.6034. SmoothGrad: Smilkov, Thorat, Kim, Viegas, Wattenberg 2017, SmoothGrad: removing
    noise by adding noise, arXiv:1706.03825. Grad-CAM: Selvaraju, Cogswell, Das, Vedantam, Parikh,
    Batra 2017, Grad-CAM: visual explanations from deep networks via gradient-based localization,
    ICCV, doi:10.1109/ICCV.2017.74.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundLib.views.inside import (
    ViewError,
    chosen_class,
    chosen_image,
    described,
    probabilities_of,
    undisturbed,
)
from ELMEDPlaygroundLib.views.layer_outputs import last_convolution, layer_tensors, map_layers

if TYPE_CHECKING:
    from collections.abc import Mapping

SAMPLES = 24
"""Noisy copies for SmoothGrad: the paper finds little gain beyond 50; these are quick."""

NOISE = 0.15
"""Standard deviation of the noise, as a share of the image's range; the paper says 0.1 to 0.2."""


def saliency(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return how much each pixel would change the answer.

    Args:
        experiment: an `Experiment`.
        options: `image` (index), `class` (whose logit is derived; the predicted one without),
            `smooth` (mean over noisy copies).

    Returns:
        What `described` says, `class`, `smooth`, and `map` (y, x), 0..1: the greatest absolute
        gradient of the class's logit over the channels, divided by its maximum.
    """
    import torch

    index = chosen_image(experiment, options)
    image = experiment.data.inputs[index : index + 1]
    smooth = bool(options.get("smooth", False))
    with undisturbed(experiment.network) as network:
        with torch.no_grad():
            logits = network(torch.from_numpy(image)).numpy()
        about = described(experiment, index, probabilities_of(logits)[0])
        wanted = chosen_class(experiment, options, about["predicted"])
        pixels = torch.from_numpy(_noisy(image) if smooth else image.copy()).requires_grad_(True)
        # A sum over the copies: each copy's logit depends on its own pixels alone.
        with torch.enable_grad():
            (gradient,) = torch.autograd.grad(network(pixels)[:, wanted].sum(), pixels)
    strength = np.abs(gradient.numpy().mean(axis=0)).max(axis=0)
    return {**about, "class": wanted, "smooth": smooth, "map": _scaled(strength)}


def grad_cam(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return where a layer sees what speaks for a class.

    The maps of the layer are summed with weights: each map's weight is the mean over its pixels
    of the gradient of the class's logit. What is negative is cut off.

    Args:
        experiment: an `Experiment`.
        options: `image` (index), `class` (the predicted one without), `layer` (the last
            convolution without).

    Returns:
        What `described` says, `class`, `layer`, `layers` (names to choose from), `coarse` (the
        layer's own (y, x), 0..1) and `map` (y, x) of the image, interpolated, 0..1.

    Raises:
        ViewError: no layer of the network has maps, or not the one that was asked for.
    """
    import torch

    layers = map_layers(experiment)
    layer = _layer(layers, options.get("layer") or last_convolution(experiment))
    index = chosen_image(experiment, options)
    pixels = torch.from_numpy(experiment.data.inputs[index : index + 1].copy())
    with undisturbed(experiment.network) as network, torch.enable_grad():
        tensors = layer_tensors(network, pixels.requires_grad_(True))
        logits = tensors["logits"]
        about = described(experiment, index, probabilities_of(logits.detach().numpy())[0])
        wanted = chosen_class(experiment, options, about["predicted"])
        (gradient,) = torch.autograd.grad(logits[0, wanted], tensors[layer])
    maps = tensors[layer].detach()
    weights = gradient.mean(dim=(2, 3), keepdim=True)
    cam = torch.relu((weights * maps).sum(dim=1, keepdim=True))
    fine = torch.nn.functional.interpolate(
        cam, size=pixels.shape[2:], mode="bilinear", align_corners=False
    )
    return {
        **about,
        "class": wanted,
        "layer": layer,
        "layers": layers,
        "coarse": _scaled(cam[0, 0].numpy()),
        "map": _scaled(fine[0, 0].numpy()),
    }


def _layer(layers: list[str], wanted: Any) -> str:
    if not layers:
        raise ViewError(
            "Grad-CAM needs a layer with maps, and this network has none.",
            "Add a convolution to the network.",
        )
    if wanted is None:
        return layers[-1]
    if wanted not in layers:
        raise ViewError(f"There is no layer '{wanted}' with maps.", f"Choose {', '.join(layers)}.")
    return str(wanted)


def _noisy(image: np.ndarray) -> np.ndarray:
    """Return copies of an image (1, channel, y, x) with noise, the same noise at each call."""
    spread = NOISE * float(image.max() - image.min())
    noise = np.random.default_rng(0).normal(0.0, spread, (SAMPLES, *image.shape[1:]))
    return (image + noise).astype(np.float32)


def _scaled(strength: np.ndarray) -> np.ndarray:
    """Return a map divided by its maximum; a map of zeros stays one."""
    greatest = float(strength.max())
    return (strength / greatest if greatest > 0 else strength).astype(np.float32)

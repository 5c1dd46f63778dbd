"""Looking into a network without disturbing its training."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FEWEST_IMAGES = 100
OPERATIONS = 3e8
"""Multiplications for one frame of a view: about 15 ms on one core."""

COLOUR = 3
"""Channels of a colour image."""


class ViewError(InputError):
    """A view was asked for something that the experiment does not have."""


@contextmanager
def undisturbed(network: Any) -> Iterator[Any]:
    """Put a network in evaluation mode for a while; afterwards all is as it was.

    Restored are the mode of each part, the gradients and torch's random state; so a training with
    views open takes the same way as one without.

    Args:
        network: a `torch.nn.Module`.
    """
    import torch

    modes = [(part, part.training) for part in network.modules()]
    gradients = [(parameter, parameter.grad) for parameter in network.parameters()]
    random_state = torch.random.get_rng_state()
    network.eval()
    try:
        yield network
    finally:
        for part, mode in modes:
            part.training = mode
        for parameter, gradient in gradients:
            parameter.grad = gradient
        torch.random.set_rng_state(random_state)


def affordable(experiment: Any, fewest: int = FEWEST_IMAGES) -> int:
    """Return how many images the network can look at within one frame, at least `fewest`."""
    return max(int(OPERATIONS / max(experiment.design.operations, 1)), fewest)


def image_indices(experiment: Any, part: str = "test", most: int | None = None) -> np.ndarray:
    """Return the indices of a part's images, evenly picked where there are too many; int64.

    Args:
        experiment: an `Experiment`.
        part: "test" or "train".
        most: how many; without it, all.

    Raises:
        ViewError: there is no such part, or it is empty.
    """
    if part not in ("test", "train"):
        raise ViewError(f"'{part}' is no part of the data.", "Choose test or train.")
    indices = getattr(experiment.data, part)
    if len(indices) == 0:
        raise ViewError(f"There are no images in the part '{part}'.", "Choose another split.")
    if most is None or len(indices) <= most:
        return indices
    return indices[np.linspace(0, len(indices) - 1, most).astype(int)]


def chosen_image(experiment: Any, options: Mapping[str, Any]) -> int:
    """Return the index of the image that a view is to show.

    Args:
        experiment: an `Experiment`.
        options: `image` is an index into all images of the data; without it, the first of the
            test images. What lies outside comes in again at the other end.
    """
    wanted = options.get("image")
    if wanted is None:
        return int(image_indices(experiment)[0])
    return int(wanted) % len(experiment.data.inputs)


def chosen_class(experiment: Any, options: Mapping[str, Any], predicted: int) -> int:
    """Return the class of the options, the predicted one without.

    Raises:
        ViewError: the data have no such class.
    """
    wanted = options.get("class")
    if wanted is None:
        return predicted
    if not 0 <= int(wanted) < len(experiment.data.classes):
        raise ViewError(
            f"There is no class {wanted}.",
            f"Choose one of 0 to {len(experiment.data.classes) - 1}.",
        )
    return int(wanted)


def described(experiment: Any, index: int, probabilities: np.ndarray) -> dict[str, Any]:
    """Return what every view of one image says of it: picture, truth and prediction.

    Args:
        experiment: an `Experiment`.
        index: of the image.
        probabilities: of the classes, (classes,).
    """
    data = experiment.data
    return {
        "image": index,
        "image_count": len(data.inputs),
        "part": _part(data, index),
        "picture": as_pictures(data.inputs[index : index + 1])[0],
        "classes": list(data.classes),
        "truth": int(data.targets[index]),
        "predicted": int(probabilities.argmax()),
        "probabilities": probabilities.astype(np.float32),
    }


def _part(data: Any, index: int) -> str:
    for name in ("test", "train"):
        if index in getattr(data, name):
            return name
    return "unused"


def probabilities_of(logits: np.ndarray) -> np.ndarray:
    """Return the softmax of logits (n, classes), computed so that nothing overflows."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def as_pictures(images: np.ndarray) -> np.ndarray:
    """Return images as bytes to be drawn.

    Args:
        images: (n, channel, y, x); grey values 0..1 are taken as they are, others are stretched
            from the smallest to the greatest of each image. Of two channels, or of more than
            three, the first is shown.

    Returns:
        uint8, (n, y, x), or (n, y, x, 3) for images of three channels.
    """
    shown = images if images.shape[1] == COLOUR else images[:, :1]
    low = np.minimum(shown.min(axis=(1, 2, 3), keepdims=True), 0.0)
    high = np.maximum(shown.max(axis=(1, 2, 3), keepdims=True), 1.0)
    levels = np.rint((shown - low) / (high - low) * 255.0).astype(np.uint8)
    return levels.transpose(0, 2, 3, 1) if images.shape[1] == COLOUR else levels[:, 0]

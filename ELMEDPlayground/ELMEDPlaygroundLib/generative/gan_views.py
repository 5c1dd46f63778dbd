"""What there is to see of a GAN while it plays: the generator's warp, the discriminator's map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundLib.generative.measures import modes_of
from ELMEDPlaygroundLib.generative.views import FAR, FEW, ROOM
from ELMEDPlaygroundLib.views.inside import ViewError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundLib.generative.gan_experiment import GanExperiment

LINES, ALONG = 17, 60
"""Lines of the grid in each direction, and points along each."""

SIDE = 48
"""Places along a side of a map."""

ARROWS = 60
"""Made points that have an arrow."""

WIDER, FARTHEST = 1.15, 2.5
"""What is shown around data and made points, and where points that ran away are not followed."""


def generator_warp(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """Return how the generator lays the square of latent numbers over the plane.

    Returns:
        `across` and `down` float32 (line, point, 2), lines of the grid in the plane; `modes_at`
        uint8 (y, x), the mode that each place of the square leads to (255: far from all data), y
        upwards from the last row; `modes`, their names; `data` and `points` float32 (n, 2);
        `covered`; `largest`, the greatest share of made points in one mode; `extent`.
    """
    experiment = need_gan(experiment)
    axis = np.linspace(-1.0, 1.0, LINES, dtype=np.float32)
    along = np.linspace(-1.0, 1.0, ALONG, dtype=np.float32)
    across = np.stack(np.broadcast_arrays(along[None, :], axis[:, None]), axis=2)
    centres = ((np.arange(SIDE, dtype=np.float32) + 0.5) / SIDE) * 2 - 1
    squares = np.stack(np.meshgrid(centres, centres[::-1]), axis=2).reshape(-1, 2)
    found = modes_of(experiment.make(squares), experiment.cloud)
    points = experiment.samples()
    near = modes_of(points, experiment.cloud)
    counts = np.bincount(near[near >= 0], minlength=len(experiment.cloud.modes))
    return {
        "across": _warped(experiment, across),
        "down": _warped(experiment, across[..., ::-1]),
        "modes_at": np.where(found < 0, FAR, found).astype(np.uint8).reshape(SIDE, SIDE),
        "modes": list(experiment.cloud.modes),
        "data": experiment.cloud.test[:FEW],
        "points": points[:FEW],
        "covered": experiment.measure(points)["modes"],
        "largest": float(counts.max() / len(points)),
        "extent": ROOM * float(np.abs(experiment.cloud.test).max()),
    }


def discriminator_map(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """Return how surely each place is taken for data, and where that pulls made points.

    Both networks are as they play now, not averaged.

    Returns:
        `sure` float32 (y, x), the probability of being data by the discriminator, the first row at
        the top; `data` and `points` float32 (n, 2); `starts` and `arrows` float32 (m, 2): some made
        points, and the direction in which the discriminator is surer, the longest arrow of length
        1; `told_apart`, the share of data and made points that are taken for what they are;
        `extent`.
    """
    import torch

    experiment = need_gan(experiment)
    scale = np.float32(experiment.cloud.scale)
    discriminator = experiment.network["discriminator"]
    points = experiment.points_now()
    data = experiment.cloud.test[:FEW]
    inside = float(np.abs(experiment.cloud.test).max())
    extent = min(WIDER * max(inside, float(np.abs(points).max())), FARTHEST * inside)
    centres = extent * (((np.arange(SIDE, dtype=np.float32) + 0.5) / SIDE) * 2 - 1)
    places = np.stack(np.meshgrid(centres, centres[::-1]), axis=2).reshape(-1, 2)
    with torch.no_grad():
        sure = discriminator(torch.from_numpy(places / scale)).sigmoid().numpy()
        right = (discriminator(torch.from_numpy(data / scale)) > 0).float().mean()
        seen = (discriminator(torch.from_numpy(points / scale)) < 0).float().mean()
    starts = torch.from_numpy(points[:ARROWS] / scale).requires_grad_()
    (pull,) = torch.autograd.grad(
        torch.nn.functional.logsigmoid(discriminator(starts)).sum(), starts
    )
    longest = max(float(pull.norm(dim=1).max()), 1e-9)
    return {
        "sure": sure.reshape(SIDE, SIDE),
        "data": data,
        "points": points[:FEW],
        "starts": points[:ARROWS],
        "arrows": pull.numpy() / longest,
        "told_apart": float((right + seen) / 2),
        "extent": extent,
    }


def need_gan(experiment: Any) -> GanExperiment:
    """Return the experiment, which must be a GAN.

    Raises:
        ViewError: it is another.
    """
    from ELMEDPlaygroundLib.generative.gan_experiment import GanExperiment

    if not isinstance(experiment, GanExperiment):
        raise ViewError("This view is for GANs.", "Begin one on the page Generate.")
    return experiment


def _warped(experiment: GanExperiment, lines: np.ndarray) -> np.ndarray:
    return experiment.make(np.ascontiguousarray(lines.reshape(-1, 2))).reshape(lines.shape)

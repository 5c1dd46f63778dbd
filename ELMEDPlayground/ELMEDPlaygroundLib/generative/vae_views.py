"""What there is to see of a variational autoencoder: its latent numbers, walks, reconstructions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.generative.measures import REACH, modes_of
from ELMEDPlaygroundLib.generative.views import FEW, ROOM
from ELMEDPlaygroundLib.views.inside import ViewError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundLib.generative.vae_experiment import VaeExperiment

LINES, ALONG = 17, 60
"""Lines of the grid in each direction, and points along each."""

LATENT_EXTENT = 3.0
"""The grid goes so far, in standard deviations of the latent numbers of new points."""

FARTHEST = 6.0
"""The latent plane is never shown farther than this."""

WAY = 24
"""Steps from one point to the other."""

IN_USE = 0.1
"""A latent number whose means vary by at least this variance tells something of the points."""


def latent_space(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """Return where points lie in the latent plane, and what a grid of latent numbers stands for.

    Returns:
        `latent` float32 (n, 2), mean latent numbers of points held out; `spreads` float32 (n, 2);
        `targets` uint8 (n,), their modes; `modes`, the names; `grid_across`, `grid_down` (latent)
        and `across`, `down` (in the plane) float32 (line, point, 2); `data` float32 (n, 2);
        `in_use`, how many of the latent numbers tell something; `latent_extent`, `extent`.
    """
    experiment = need_vae(experiment)
    axis = np.linspace(-LATENT_EXTENT, LATENT_EXTENT, LINES, dtype=np.float32)
    along = np.linspace(-LATENT_EXTENT, LATENT_EXTENT, ALONG, dtype=np.float32)
    across = np.stack(np.broadcast_arrays(along[None, :], axis[:, None]), axis=2)
    down = np.ascontiguousarray(across[..., ::-1])
    latent, spreads = experiment.encode(experiment.cloud.test[:FEW])
    return {
        **_points(experiment, latent),
        "spreads": spreads,
        "grid_across": across,
        "grid_down": down,
        "across": experiment.decode(across.reshape(-1, 2)).reshape(across.shape),
        "down": experiment.decode(down.reshape(-1, 2)).reshape(down.shape),
        "in_use": int((latent.var(axis=0) >= IN_USE).sum()),
    }


def latent_walk(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return a place in the latent plane, what it stands for, and a way between two points.

    Args:
        experiment: a variational autoencoder.
        options: `latent` ([first, second] number, None to be on the way), `step` (of the way, from
            0 to `WAY`), `start` and `end` (modes; the way goes from a point of one to one of the
            other).

    Returns:
        what `latent_space` returns of points; `here` float32 (2,), in the latent plane; `read`
        float32 (2,), the point that it stands for; `stray`, whether that is far from all data;
        `step`; `way` and `way_read` float32 (WAY + 1, 2); `ends` float32 (2, 2), the two points;
        `off`, the share of the way that is far from all data; `start`, `end`.
    """
    experiment = need_vae(experiment)
    cloud = experiment.cloud
    last = len(cloud.modes) - 1
    start = checked.whole(options.get("start", 0), "the start", 0, last)
    end = checked.whole(options.get("end", (last + 1) // 2), "the end", 0, last)
    step = checked.whole(options.get("step", 0), "the step", 0, WAY)
    ends = np.stack([cloud.test[np.flatnonzero(cloud.test_targets == m)[0]] for m in (start, end)])
    between, _ = experiment.encode(ends)
    share = np.linspace(0.0, 1.0, WAY + 1, dtype=np.float32)[:, None]
    way = (1.0 - share) * between[0] + share * between[1]
    here = _place(options["latent"]) if options.get("latent") is not None else way[step]
    read = experiment.decode(here[None])
    way_read = experiment.decode(way)
    latent, _ = experiment.encode(cloud.test[:FEW])
    return {
        **_points(experiment, latent),
        "here": here,
        "read": read[0],
        "stray": bool(modes_of(read, cloud)[0] < 0),
        "step": step,
        "way": way,
        "way_read": way_read,
        "ends": ends,
        "off": float((modes_of(way_read, cloud) < 0).mean()),
        "start": start,
        "end": end,
    }


def reconstruction(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """Return points that were never learnt from, and what they are read as after being written.

    Returns:
        `data` and `read` float32 (n, 2); `targets` uint8 (n,); `distance`, the mean between the
        two; `reach`, how far a point may be from its mode; `divergence`, of the latest row (None
        before any), in nats; `extent`.
    """
    experiment = need_vae(experiment)
    cloud = experiment.cloud
    data = cloud.test[:FEW]
    read = experiment.decode(experiment.encode(data)[0])
    return {
        "data": data,
        "read": read,
        "targets": cloud.test_targets[:FEW].astype(np.uint8),
        "distance": float(np.linalg.norm(read - data, axis=1).mean()),
        "reach": REACH,
        "divergence": experiment.history[-1]["divergence"],
        "extent": ROOM * float(np.abs(cloud.test).max()),
    }


def need_vae(experiment: Any) -> VaeExperiment:
    """Return the experiment, which must be a variational autoencoder of points.

    Raises:
        ViewError: it is another.
    """
    from ELMEDPlaygroundLib.generative.vae_experiment import VaeExperiment

    if not isinstance(experiment, VaeExperiment):
        raise ViewError(
            "This view is for variational autoencoders.", "Begin one on the page Generate."
        )
    return experiment


def _points(experiment: VaeExperiment, latent: np.ndarray) -> dict[str, Any]:
    cloud = experiment.cloud
    farthest = float(np.abs(latent).max(initial=0.0))
    return {
        "latent": latent,
        "targets": cloud.test_targets[:FEW].astype(np.uint8),
        "modes": list(cloud.modes),
        "data": cloud.test[:FEW],
        "latent_extent": min(max(1.1 * farthest, 1.1 * LATENT_EXTENT), FARTHEST),
        "extent": ROOM * float(np.abs(cloud.test).max()),
    }


def _place(value: object) -> np.ndarray:
    numbers = checked.items(value, "the place in the latent plane", 2)
    read = [checked.number(one, "a latent number", -100.0, 100.0) for one in numbers]
    if len(read) != 2:  # noqa: PLR2004 - a plane
        raise ViewError("A place in the latent plane is two numbers.", "Click into the plane.")
    return np.array(read, np.float32)

"""What there is to see of a generator while it learns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.generative.measures import modes_of
from ELMEDPlaygroundLib.views.inside import ViewError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundLib.generative.diffusion_experiment import DiffusionExperiment
    from ELMEDPlaygroundLib.generative.plane import PlaneExperiment

FRAMES = 5
"""Pictures on the way from data to noise."""

FEW = 300
"""Points in each of them."""

ARROWS = 15
"""Arrows along a side of the plane."""

WIDEST = 3.0
"""How much of the noise is shown, in spreads of the data."""

ROOM = 1.4
"""What is shown around generated points, in farthest data."""

MOST_GUIDANCE = 20.0
MOST_ROWS = 400
FAR = 255
"""Stands for no mode at all."""


def generated(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the generator makes now, beside the data.

    Args:
        experiment: a generator of points.
        options: `mode` (place of the one that is asked for, None for any), `guidance`; only a
            diffusion model can be asked.

    Returns:
        `data` and `points` (n, 2), `targets` uint8 (n,) (255: far from all data), `modes` (their
        names), `mode`, `guidance`, `energy`, `energy_noise`, `covered`, `hits` (the share of the
        points that belong to the mode that was asked for, None without), `spread` (the mean
        distance of points from their middle), `extent`.
    """
    from ELMEDPlaygroundLib.generative.diffusion_experiment import DiffusionExperiment

    experiment = need_plane(experiment)
    mode, guidance = None, 0.0
    if isinstance(experiment, DiffusionExperiment):
        mode, guidance = _wish(experiment, options)
        points = experiment.way_back(mode, guidance)[0]
    else:
        points = experiment.samples()
    found = modes_of(points, experiment.cloud)
    measured = experiment.measure(points)
    return {
        "data": experiment.cloud.test[:FEW],
        "points": points,
        "targets": np.where(found < 0, FAR, found).astype(np.uint8),
        "modes": list(experiment.cloud.modes),
        "mode": mode,
        "guidance": guidance,
        "energy": measured["energy"],
        "energy_noise": measured["energy_noise"],
        "covered": measured["modes"],
        "hits": None if mode is None else float((found == mode).mean()),
        "spread": float(np.linalg.norm(points - points.mean(axis=0), axis=1).mean()),
        "extent": ROOM * float(np.abs(experiment.cloud.test).max()),
    }


def noising(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """Return the data as they drown in noise, and points on the way back.

    Returns:
        `levels` int64 (frame,), from 0 to the last; `left` (frame,), the share of the variance
        that is the data's; `there` and `back` float32 (frame, n, 2); `targets` uint8 (n,) of
        `there`; `extent`.
    """
    import torch

    from ELMEDPlaygroundLib.generative.diffusion import drowned

    experiment = need_diffusion(experiment)
    cloud, schedule = experiment.cloud, experiment.schedule
    levels = np.linspace(0, schedule.levels, FRAMES).round().astype(np.int64)
    clean = torch.from_numpy(cloud.test[:FEW] / np.float32(cloud.scale))
    noise = torch.randn(len(clean), 2, generator=torch.Generator().manual_seed(0))
    there = [
        drowned(schedule, clean, torch.full((len(clean),), int(level)), noise).numpy()
        for level in levels
    ]
    return {
        "levels": levels,
        "left": schedule.left[levels].numpy(),
        "there": np.stack(there) * np.float32(cloud.scale),
        "back": experiment.way_back()[levels, :FEW],
        "targets": cloud.test_targets[:FEW].astype(np.uint8),
        "extent": extent_of(experiment),
    }


def score_field(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return where the points of one level are, and where each place of the plane pulls them.

    Args:
        experiment: a diffusion model.
        options: `level` (None for the middle), `mode`, `guidance`.

    Returns:
        `level`, `last` (the noisiest level), `left` (see `noising`), `points` and `before`
        float32 (n, 2) at this level and at the noisier one, `places` and `arrows` float32 (m, 2),
        the longest arrow of length 1; `modes`, `mode`, `guidance`, `extent`.
    """
    import torch

    from ELMEDPlaygroundLib.generative.diffusion import score

    experiment = need_diffusion(experiment)
    last = experiment.schedule.levels
    wanted = options.get("level")
    level = last // 2 if wanted is None else checked.whole(wanted, "the level", 0, last)
    mode, guidance = _wish(experiment, options)
    way = experiment.way_back(mode, guidance)
    extent = extent_of(experiment)
    axis = np.linspace(-extent, extent, ARROWS + 2, dtype=np.float32)[1:-1]
    x, y = np.meshgrid(axis, axis)
    places = np.stack([x.ravel(), y.ravel()], axis=1)
    asked = torch.from_numpy(places / np.float32(experiment.cloud.scale))
    with experiment.averaged():
        arrows = score(
            experiment.network, experiment.schedule, asked, max(level, 1), mode, guidance
        ).numpy()
    longest = max(float(np.linalg.norm(arrows, axis=1).max()), 1e-9)
    return {
        "level": level,
        "last": last,
        "left": float(experiment.schedule.left[level]),
        "points": way[level, :FEW],
        "before": way[min(level + 1, last), :FEW],
        "places": places,
        "arrows": arrows / longest,
        "modes": list(experiment.cloud.modes),
        "mode": mode,
        "guidance": guidance,
        "extent": extent,
    }


def generative_curves(experiment: Any, options: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """Return the history, thinned where it is long.

    Returns:
        `step` int64 (row,); `losses`, their names; each of them, `energy` and `modes` float64
        (row,), a loss that was not measured is no number; `energy_noise`, the distance of noise,
        and `mode_count`.
    """
    experiment = need_plane(experiment)
    history = experiment.history
    chosen = np.unique(np.linspace(0, len(history) - 1, MOST_ROWS).astype(int))
    rows = [history[index] for index in chosen]
    return {
        "step": np.array([row["step"] for row in rows], np.int64),
        **{
            name: np.array([row[name] for row in rows], float)
            for name in (*experiment.LOSSES, "energy", "modes")
        },
        "losses": list(experiment.LOSSES),
        "energy_noise": history[0]["energy_noise"],
        "mode_count": len(experiment.cloud.modes),
    }


def need_plane(experiment: Any) -> PlaneExperiment:
    """Return the experiment, which must be a generator of points in the plane.

    Raises:
        ViewError: it is another.
    """
    from ELMEDPlaygroundLib.generative.plane import PlaneExperiment

    if not isinstance(experiment, PlaneExperiment):
        raise ViewError(
            "This view is for models that make new points.", "Begin one on the page Generate."
        )
    return experiment


def need_diffusion(experiment: Any) -> DiffusionExperiment:
    """Return the experiment, which must be a diffusion model.

    Raises:
        ViewError: it is another.
    """
    from ELMEDPlaygroundLib.generative.diffusion_experiment import DiffusionExperiment

    if not isinstance(experiment, DiffusionExperiment):
        raise ViewError("This view is for diffusion models.", "Begin one on the page Generate.")
    return experiment


def extent_of(experiment: PlaneExperiment) -> float:
    """Return half the side of the square that is shown: the data and most of the noise."""
    cloud = experiment.cloud
    return max(1.1 * float(np.abs(cloud.test).max()), WIDEST * cloud.scale)


def _wish(experiment: DiffusionExperiment, options: Mapping[str, Any]) -> tuple[int | None, float]:
    """Return the mode that is asked for, and the guidance, which is nothing without a mode."""
    mode = options.get("mode")
    if mode is None:
        return None, 0.0
    mode = checked.whole(mode, "the mode", 0, len(experiment.cloud.modes) - 1)
    guidance = checked.number(options.get("guidance", 0.0), "the guidance", 0.0, MOST_GUIDANCE)
    return mode, guidance

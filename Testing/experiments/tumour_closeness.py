"""How close drawn slices are to real ones, and to those that were learnt from."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional
from tumour_batches import SOURCES

from ELMEDPlaygroundLib.tumour.classes import OUTSIDE
from ELMEDPlaygroundLib.tumour.network import CONTRASTS

if TYPE_CHECKING:
    from pathlib import Path

LEVELS, PATCH, PATCHES, DIRECTIONS = 3, 8, 10_000, 256
"""Of the pyramid; pixels a side; how many; along how many directions they are compared."""


def wasserstein(
    drawn: dict[int, np.ndarray], real: np.ndarray, classes: np.ndarray, output: Path
) -> dict[str, Any]:
    """Return the sliced Wasserstein distance of patches, as a share of that of noise.

    As in T. Karras et al., Progressive growing of GANs (ICLR 2018): patches of 8 x 8 pixels in all
    contrasts, at three levels of a Laplacian pyramid; the mean of the levels. Of drawn slices, by
    seed, to the real ones that have the same label maps; of other patients for comparison.
    """
    rng = np.random.default_rng(0)
    inside = classes != OUTSIDE
    noise = rng.standard_normal(real.shape).astype(np.float32) * inside[:, None]
    with np.load(output / "slices.npz") as file:
        known = file["patients_images"].astype(np.float32)
        known_inside = file["patients_classes"] != OUTSIDE
    directions = rng.standard_normal((CONTRASTS * PATCH**2, DIRECTIONS)).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=0)
    wanted = bands(real, inside)
    scales = [band.std((0, 2, 3), keepdims=True) for band, _ in wanted]

    def projected(slices: np.ndarray, brain: np.ndarray) -> list[np.ndarray]:
        found = zip(bands(slices, brain), scales, strict=True)
        return [
            np.sort(patches(band / scale, within, rng) @ directions, axis=0)
            for (band, within), scale in found
        ]

    goal = projected(real, inside)

    def distances(slices: np.ndarray, brain: np.ndarray) -> np.ndarray:
        pairs = zip(projected(slices, brain), goal, strict=True)
        return np.array([np.abs(one - other).mean() for one, other in pairs])

    of_noise = distances(noise, inside)
    return {
        "drawn_by_seed": {
            str(seed): round(float((distances(slices, inside) / of_noise).mean()), 3)
            for seed, slices in drawn.items()
        },
        "other_patients": round(float((distances(known, known_inside) / of_noise).mean()), 3),
    }


def bands(slices: np.ndarray, inside: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return what slices hold at 2, 4 and 8 mm, from fine to coarse, and where the brain is."""
    levels = [torch.from_numpy(slices)]
    brain = [torch.from_numpy(inside[:, None]).float()]
    for pyramid in (levels, brain):
        for _ in range(LEVELS - 1):
            pyramid.append(functional.avg_pool2d(pyramid[-1], 2))
    details = [
        fine - functional.interpolate(coarse, scale_factor=2, mode="bilinear")
        for fine, coarse in itertools.pairwise(levels)
    ]
    return [
        (band.numpy(), (within[:, 0] > 0.5).numpy())  # noqa: PLR2004 - more brain than not
        for band, within in zip([*details, levels[-1]], brain, strict=True)
    ]


def patches(band: np.ndarray, inside: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return patches around places in the brain by chance, `(PATCHES, 4 * PATCH ** 2)`."""
    half = PATCH // 2
    places = np.argwhere(inside[:, half : 1 - half, half : 1 - half])
    places = places[rng.choice(len(places), PATCHES)]
    return np.stack([band[n, :, y : y + PATCH, x : x + PATCH].ravel() for n, y, x in places])


def nearest(both: dict[str, np.ndarray], output: Path) -> dict[str, float]:
    """Return the distance to the nearest slice that was learnt from, as the median over slices.

    The root of the mean square of the differences of all contrasts over all pixels, mirrored
    slices too; `real` is that of slices of the patients that were held out.
    """
    known = []
    with np.load(output / "slices.npz") as file:
        for name in SOURCES:
            images = file[f"{name}_images"]
            known += [images, images[..., ::-1]]
    bank = np.concatenate([part.reshape(len(part), -1) for part in known])
    norms = np.concatenate(
        [(bank[i : i + 500].astype(np.float32) ** 2).sum(1) for i in range(0, len(bank), 500)]
    )
    result = {}
    for name, slices in both.items():
        flat = slices.reshape(len(slices), -1)
        cross = np.concatenate(
            [bank[i : i + 500].astype(np.float32) @ flat.T for i in range(0, len(bank), 500)]
        )
        squares = norms[:, None] - 2 * cross + (flat**2).sum(1)
        least = np.sqrt(np.maximum(squares.min(0), 0) / flat.shape[1])
        result[name] = round(float(np.median(least)), 3)
        result[f"{name}_least"] = round(float(least.min()), 3)
    return result

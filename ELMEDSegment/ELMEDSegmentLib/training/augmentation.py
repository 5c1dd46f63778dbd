"""Changes of intensity that another scanner, another sequence or another day would make.

Functions take a patch `(channel, z, y, x)` and return a new one; voxels outside the brain (zero in
every channel) stay zero.
"""

from __future__ import annotations

import numpy as np

SHARE_OF_EACH_CHANGE = 0.3
"""How often a channel gets another gamma, bias field or noise; half as often, blur."""


def change_intensities(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Return `image` with random contrast, brightness, gamma, bias field, blur and noise.

    Args:
        rng: the only source of chance.
        image: float32 `(channel, z, y, x)`, z-scored over the brain.
    """
    brain = (image != 0).any(axis=0)
    changed = np.stack([_change_channel(rng, channel) for channel in image])
    changed *= brain
    return changed


def drop_channel(rng: np.random.Generator, image: np.ndarray, share: float) -> np.ndarray:
    """Return `image` with one channel set to zero, in `share` of the calls."""
    if rng.random() >= share:
        return image
    changed = image.copy()
    changed[int(rng.integers(len(image)))] = 0
    return changed


def _change_channel(rng: np.random.Generator, channel: np.ndarray) -> np.ndarray:
    changed = channel
    if rng.random() < SHARE_OF_EACH_CHANGE:
        changed = _gamma(rng, changed)
    if rng.random() < SHARE_OF_EACH_CHANGE / 2:
        changed = _blur(rng, changed)
    changed = changed * np.float32(np.exp(rng.normal(0, 0.12))) + np.float32(rng.normal(0, 0.12))
    if rng.random() < SHARE_OF_EACH_CHANGE:
        changed = changed * _bias_field(rng, changed.shape)
    if rng.random() < SHARE_OF_EACH_CHANGE:
        noise = rng.normal(0, rng.uniform(0.02, 0.15), changed.shape)
        changed = changed + noise.astype(np.float32)
    return changed


def _gamma(rng: np.random.Generator, channel: np.ndarray) -> np.ndarray:
    # Every seventh voxel is enough for the ends of the range.
    low, high = np.percentile(channel.ravel()[::7], [0.1, 99.9])
    if not high > low:
        return channel
    scaled = np.clip((channel - low) / (high - low), 0, 1)
    bent = scaled ** np.exp(rng.normal(0, 0.2)) * (high - low) + low
    return bent.astype(np.float32)


def _blur(rng: np.random.Generator, channel: np.ndarray) -> np.ndarray:
    from scipy.ndimage import gaussian_filter

    blurred: np.ndarray = gaussian_filter(channel, rng.uniform(0.3, 0.9))
    return blurred


def _bias_field(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    import torch
    from torch.nn.functional import interpolate

    coarse = torch.from_numpy(rng.normal(0, 0.12, (1, 1, 4, 4, 4)).astype(np.float32))
    field = interpolate(coarse, shape, mode="trilinear", align_corners=True)
    array: np.ndarray = field[0, 0].exp().numpy()
    return array

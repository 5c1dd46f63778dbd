"""A network sees the whole brain at once where memory allows it, and tiles that fit where not."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ELMEDSegmentLib.inference import Way, predict
from ELMEDSegmentLib.network import build_network

ARCHITECTURE = {
    "name": "UNet",
    "spatial_dims": 3,
    "in_channels": 4,
    "out_channels": 3,
    "channels": [4, 8, 16],
    "strides": [2, 2],
}


class Pointwise(torch.nn.Module):
    """Gives each voxel's own values, and keeps the sizes of what it was given."""

    def __init__(self):
        super().__init__()
        self.sizes = []

    def forward(self, image):
        self.sizes.append(tuple(image.shape[2:]))
        return image[:, :3]


@settings(max_examples=40, deadline=None)
@given(
    shape=st.tuples(*[st.integers(1, 37)] * 3),
    largest=st.sampled_from([4**3, 8**3, 10**3, 16**3, 100**3]),
)
def test_every_voxel_gets_its_own_prediction_whatever_the_tiles(shape, largest):
    image = np.random.default_rng(1).normal(size=(4, *shape)).astype(np.float32)
    network = Pointwise()

    found = predict(network, ARCHITECTURE, image, way=Way(largest_tile=largest))

    np.testing.assert_allclose(found, 1 / (1 + np.exp(-image[:3])), rtol=1e-4, atol=1e-6)
    for size in network.sizes:
        assert all(side % 4 == 0 for side in size)
        assert np.prod(size) <= largest


def test_study_that_fits_is_computed_once():
    network = Pointwise()
    predict(network, ARCHITECTURE, np.zeros((4, 30, 41, 22), np.float32))
    assert network.sizes == [(32, 44, 24)]


def test_tiles_of_a_real_network_agree_with_the_whole():
    torch.manual_seed(0)
    network = build_network({**ARCHITECTURE, "norm": "BATCH"}).eval()
    image = np.random.default_rng(1).normal(size=(4, 48, 40, 40)).astype(np.float32)

    whole = predict(network, ARCHITECTURE, image)
    tiled = predict(network, ARCHITECTURE, image, way=Way(largest_tile=32**3))

    assert np.abs(whole - tiled).mean() < 0.01


def test_half_finished_prediction_can_be_cancelled():
    calls = []

    def cancel(stage, fraction, message):
        calls.append(fraction)
        if fraction > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        predict(
            Pointwise(),
            ARCHITECTURE,
            np.zeros((4, 64, 64, 64), np.float32),
            progress=cancel,
            way=Way(largest_tile=32**3),
        )
    assert max(calls) < 0.9


def test_mirrored_prediction_is_the_mean_of_both_ways():
    import torch

    class Leaning(torch.nn.Module):
        def forward(self, image):
            across = torch.linspace(-1, 1, image.shape[-1])
            return image[:, :3] + across

    image = np.random.default_rng(4).normal(size=(4, 8, 8, 8)).astype(np.float32)
    architecture = {"name": "UNet", "strides": [2]}
    plain = predict(Leaning(), architecture, image)
    flipped = predict(Leaning(), architecture, image[..., ::-1])[..., ::-1]
    both = predict(Leaning(), architecture, image, way=Way(mirror=True))
    np.testing.assert_allclose(both, (plain + flipped) / 2, atol=1e-6)
    assert np.abs(both - plain).max() > 0.1

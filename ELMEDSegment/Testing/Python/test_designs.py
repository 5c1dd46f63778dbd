"""Every design that can be trained builds, learns at all its depths, and votes in an ensemble."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ELMEDLib.errors import ModelError
from ELMEDSegmentLib.ensemble import ensemble_of
from ELMEDSegmentLib.inference import predict
from ELMEDSegmentLib.network import build_network, smallest_multiple
from ELMEDSegmentLib.training.designs import DESIGNS
from ELMEDSegmentLib.training.loss import dice_and_cross_entropy, supervised_at_all_depths

TINY = {
    "name": "UNet",
    "spatial_dims": 3,
    "in_channels": 4,
    "out_channels": 3,
    "channels": [4, 8],
    "strides": [2],
    "norm": "BATCH",
}


@pytest.mark.parametrize("name", DESIGNS)
def test_design_gives_probabilities_for_any_size_of_brain(name):
    torch.manual_seed(0)
    network = build_network(DESIGNS[name]).eval()
    image = np.random.default_rng(0).normal(size=(4, 21, 34, 18)).astype(np.float32)
    found = predict(network, DESIGNS[name], image)
    assert found.shape == (3, 21, 34, 18)
    assert 0 <= found.min() < found.max() <= 1


@pytest.mark.parametrize("name", DESIGNS)
def test_loss_reaches_every_weight_of_a_design(name):
    network = build_network(DESIGNS[name])
    side = 2 * smallest_multiple(DESIGNS[name])
    outputs = network(torch.randn(2, 4, side, side, side))
    supervised_at_all_depths(outputs, torch.rand(2, 3, side, side, side)).backward()
    silent = [key for key, weight in network.named_parameters() if weight.grad is None]
    assert silent == []


def test_coarse_outputs_weigh_half_of_the_fine_one():
    regions = torch.zeros(1, 3, 8, 8, 8)
    fine, coarse = torch.full((1, 3, 8, 8, 8), -3.0), torch.full((1, 3, 4, 4, 4), 2.0)
    wanted = (
        dice_and_cross_entropy(fine, regions)
        + 0.5 * dice_and_cross_entropy(coarse, regions[..., :4, :4, :4])
    ) / 1.5
    assert supervised_at_all_depths([fine, coarse], regions) == pytest.approx(wanted)


def test_ensemble_answers_with_the_mean_of_its_members_probabilities():
    torch.manual_seed(0)
    members = [build_network(TINY).eval() for _ in range(3)]
    image = np.random.default_rng(0).normal(size=(4, 8, 8, 8)).astype(np.float32)
    together = predict(
        ensemble_of(members).eval(), {"name": "Ensemble", "members": 3, "member": TINY}, image
    )
    alone = [predict(member, TINY, image) for member in members]
    np.testing.assert_allclose(together, np.mean(alone, axis=0), atol=1e-5)


def test_ensemble_is_built_from_its_description():
    network = build_network({"name": "Ensemble", "members": 2, "member": TINY})
    names = {key.split(".")[1] for key in network.state_dict()}
    assert names == {"0", "1"}


@pytest.mark.parametrize("members", [0, 1000, "two"])
def test_ensemble_of_an_impossible_size_is_refused(members):
    with pytest.raises(ModelError, match="description of its Ensemble cannot be used"):
        build_network({"name": "Ensemble", "members": members, "member": TINY})


def test_the_multiple_follows_strides_of_each_axis_and_what_monai_takes_unsaid():
    strides = [[1, 1, 1], [2, 2, 1], [2, 2, 2], 2]
    assert smallest_multiple({"name": "DynUNet", "strides": strides}) == 8
    assert smallest_multiple({"name": "SegResNet"}) == 8

"""The convolution that is computed by hand for the screen is the one that torch computes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="PyTorch is not installed")


def by_hand(image, kernel, bias, stride, padding):
    """Sums of products, one place of the kernel after the other, nothing of torch."""
    from ELMEDPlaygroundLib.views.convolution import output_size, padded

    framed, side = padded(image, padding), kernel.shape[-1]
    sizes = [output_size(size, side, stride, padding) for size in image.shape[1:]]
    result = np.empty((len(kernel), *sizes))
    for filters, down, right in np.ndindex(result.shape):
        top, left = down * stride, right * stride
        part = framed[:, top : top + side, left : left + side]
        result[filters, down, right] = (part * kernel[filters]).sum() + bias[filters]
    return result


@settings(max_examples=25, deadline=None)
@given(
    channels=st.integers(1, 3),
    filters=st.integers(1, 4),
    size=st.integers(5, 9),
    kernel=st.integers(1, 5),
    stride=st.integers(1, 3),
    padding=st.integers(0, 2),
    seed=st.integers(0, 1000),
)
def test_layer_of_the_network_is_a_sum_of_products(
    channels, filters, size, kernel, stride, padding, seed
):
    from ELMEDPlaygroundLib.networks.build import build
    from ELMEDPlaygroundLib.networks.design import design_from

    layer = {
        "kind": "conv",
        "filters": filters,
        "kernel": kernel,
        "stride": stride,
        "padding": padding,
        "activation": "linear",
    }
    network = build(design_from({"layers": [layer]}, (channels, size, size), 2))
    image = np.random.default_rng(seed).standard_normal((channels, size, size)).astype(np.float32)
    with torch.no_grad():
        found = network.outputs(torch.from_numpy(image[None]))["conv1"][0].numpy()
        weight, bias = network.conv1.weight.numpy(), network.conv1.bias.numpy()
    assert np.abs(found - by_hand(image, weight, bias, stride, padding)).max() <= 1e-5

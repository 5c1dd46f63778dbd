"""All weights of a network in one row, and their gradients in another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np


class Weights:
    """Makes the parameters of a network, and their gradients, parts of one row each.

    Attributes:
        values: all weights, (parameters,); changing it changes the network.
        gradient: how the loss grows with each, (parameters,).
        replaced: how often all of them were replaced at once: `values` does not count that.
    """

    def __init__(self, network: nn.Module) -> None:
        self._network = network
        parameters = list(network.parameters())
        count = sum(parameter.numel() for parameter in parameters)
        self.values = torch.zeros(count)
        self.gradient = torch.zeros(count)
        self._parts: list[tuple[nn.Parameter, Tensor]] = []
        start = 0
        for parameter in parameters:
            part = slice(start, start + parameter.numel())
            parameter.data = self.values[part].view(parameter.shape)
            self._parts.append((parameter, self.gradient[part].view(parameter.shape)))
            start = part.stop
        self._sound: dict[str, Tensor] = {}
        self.replaced = 0
        self.forget_gradient()

    def forget_gradient(self) -> None:
        """Set all gradients to zero, and make sure that new ones come here."""
        self.gradient.zero_()
        for parameter, gradient in self._parts:
            parameter.grad = gradient

    def set(self, values: Mapping[str, np.ndarray]) -> None:
        """Set weights by name; running means and spreads that are not named begin anew."""
        self.replaced += 1
        with torch.no_grad():
            for name, buffer in self._network.named_buffers():
                buffer.fill_(1.0 if name.endswith("running_var") else 0.0)
            state = self._network.state_dict()
            for name, array in values.items():
                state[name].copy_(torch.from_numpy(array))

    def get(self) -> dict[str, np.ndarray]:
        """Return weights, running means and spreads by name."""
        state = self._network.state_dict()
        return {name: value.detach().numpy().copy() for name, value in state.items()}

    def running(self) -> dict[str, Tensor]:
        """Return copies of the running means and spreads by name: predicting changes them, too."""
        return {name: value.clone() for name, value in self._network.named_buffers()}

    def set_running(self, values: Mapping[str, Tensor]) -> None:
        """Go back to such running means and spreads."""
        with torch.no_grad():
            for name, value in self._network.named_buffers():
                value.copy_(values[name])

    def remember(self) -> None:
        """Remember the weights as sound."""
        self._sound = {k: v.detach().clone() for k, v in self._network.state_dict().items()}

    def take_back(self) -> None:
        """Go back to the weights that were remembered."""
        self.replaced += 1
        with torch.no_grad():
            for name, value in self._network.state_dict().items():
                value.copy_(self._sound[name])
        self.forget_gradient()

    def numbers(self) -> dict[str, Any]:
        """Return what there is to say of the weights."""
        return {
            "parameters": self.values.numel(),
            "mean": float(self.values.mean()),
            "smallest": float(self.values.min()),
            "largest": float(self.values.max()),
        }

    def gradient_numbers(self) -> dict[str, Any]:
        """Return what there is to say of the gradients."""
        sizes = self.gradient.abs()
        return {
            "gradients": self.gradient.numel(),
            "mean_size": float(sizes.mean()),
            "largest_size": float(sizes.max()),
            "length": float(self.gradient.norm()),
        }

    def change_numbers(self, before: Tensor) -> dict[str, Any]:
        """Return what there is to say of a step from earlier weights."""
        sizes = (self.values - before).abs()
        return {"mean_change": float(sizes.mean()), "largest_change": float(sizes.max())}

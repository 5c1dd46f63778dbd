"""Letting a language model write: one character after the other, the likeliest or by lot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from ELMEDPlaygroundLib.generative.text.network import LanguageModel

TEMPERATURES = (0.05, 5.0)


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        codes: int64 (n,), the characters.
        surprise: float32 (n,), how unlikely each was to the network, in nats, at temperature 1.
        entropy: float32 (n,), how undecided the choice of each was at the temperature, in nats.
    """

    codes: Tensor
    surprise: Tensor
    entropy: Tensor


def at_temperature(logits: Tensor, temperature: float | None) -> Tensor:
    """Return probabilities, the last axis summing to one.

    Args:
        logits: as the network gives them.
        temperature: what they are divided by: below 1 the likely becomes likelier, above 1 the
            unlikely; None for the likeliest alone.
    """
    if temperature is None:
        return torch.nn.functional.one_hot(logits.argmax(-1), logits.shape[-1]).to(logits.dtype)
    return (logits / temperature).softmax(-1)


def entropy_of(probabilities: Tensor) -> Tensor:
    """Return how undecided probabilities are, in nats, over the last axis."""
    return torch.special.entr(probabilities).sum(-1)


@torch.no_grad()
def foretold(network: LanguageModel, codes: Tensor) -> Tensor:
    """Return the logits of the character after codes (n,), of which the last `context` count."""
    return network(codes[None, -network.context :])[0, -1]


@torch.no_grad()
def write(
    network: LanguageModel,
    prompt: Tensor,
    count: int,
    temperature: float | None,
    chance: torch.Generator,
) -> Written:
    """Return so many characters that go on from a prompt.

    Args:
        network: has learnt.
        prompt: int64 (n,), at least one character.
        count: of the characters to write.
        temperature: as for `at_temperature`.
        chance: decides; the same number for the same place, whatever was written before.
    """
    lots = torch.rand(count, generator=chance)
    codes = prompt.clone()
    surprise, entropy = torch.zeros(count), torch.zeros(count)
    for place in range(count):
        logits = foretold(network, codes)
        shares = at_temperature(logits, temperature)
        reached = torch.searchsorted(shares.cumsum(0), lots[place], right=True)
        chosen = reached.clamp(max=len(shares) - 1)
        surprise[place] = -logits.log_softmax(0)[chosen]
        entropy[place] = entropy_of(shares)
        codes = torch.cat([codes, chosen[None]])
    return Written(codes[len(prompt) :], surprise, entropy)

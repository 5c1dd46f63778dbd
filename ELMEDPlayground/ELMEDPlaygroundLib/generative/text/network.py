"""A small language model: a transformer that foretells the next character.

Sources: A. Vaswani and others, Attention is all you need (NeurIPS 2017); A. Radford and others,
Language models are unsupervised multitask learners (2019), whose order of normalising, attending
and computing this network has. What stands for a character as input also judges it as output (O.
Press and L. Wolf, Using the output embedding to improve language models, EACL 2017).
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

SPREAD = 0.05
"""The standard deviation of the first weights."""

WIDER = 4
"""How much wider than the rest the inner layer of a block is."""


class Block(nn.Module):
    """Looks back at other characters, then computes for each on its own; both add to what was."""

    def __init__(self, width: int, heads: int) -> None:
        """Make a block.

        Args:
            width: numbers for each character; a multiple of `heads`.
            heads: how many looks are taken side by side.
        """
        super().__init__()
        self.heads = heads
        self.before_looking = nn.LayerNorm(width)
        self.before_computing = nn.LayerNorm(width)
        self.asked = nn.Linear(width, 3 * width, bias=False)
        self.seen = nn.Linear(width, width, bias=False)
        self.inner = nn.Linear(width, WIDER * width)
        self.outer = nn.Linear(WIDER * width, width)

    def forward(self, values: Tensor) -> Tensor:
        """Return new values, (n, length, width), of such values."""
        query, key, value = self.parts(values)
        looks = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        values = values + self.seen(looks.transpose(1, 2).flatten(2))
        inner = functional.gelu(self.inner(self.before_computing(values)))
        result: Tensor = values + self.outer(inner)
        return result

    def parts(self, values: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return query, key and value of each head, (n, head, length, width / heads) each."""
        count, length, width = values.shape
        asked = self.asked(self.before_looking(values))
        split = asked.view(count, length, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        return query, key, value

    def attention(self, values: Tensor) -> Tensor:
        """Return how much each character looks at each, (n, head, length, length).

        Rows are those that look; each sums to one, and what comes later gets exactly nothing.
        """
        query, key, _ = self.parts(values)
        scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
        later = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
        return scores.masked_fill(later, -math.inf).softmax(dim=-1)


class LanguageModel(nn.Module):
    """Foretells each character of a text from those before it."""

    def __init__(self, characters: int, width: int, layers: int, heads: int, context: int) -> None:
        """Make a network with weights by chance.

        Args:
            characters: how many are told apart.
            width: numbers for each character; a multiple of `heads`.
            layers: how many blocks.
            heads: in each block.
            context: how many characters it sees at most.
        """
        super().__init__()
        self.context = context
        self.meanings = nn.Embedding(characters, width)
        self.places = nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.at_last = nn.LayerNorm(width)
        for name, weights in self.named_parameters():
            if weights.ndim > 1:
                # What the blocks add up must not grow with their number.
                adds = name.endswith(("seen.weight", "outer.weight"))
                nn.init.normal_(weights, std=SPREAD / math.sqrt(2 * layers) if adds else SPREAD)
            elif name.endswith("bias"):
                nn.init.zeros_(weights)

    def forward(self, codes: Tensor) -> Tensor:
        """Return how likely each character is to come next, as logits.

        Args:
            codes: int64 (n, length), at most `context` long.

        Returns:
            (n, length, characters).
        """
        values = self.begun(codes)
        for block in self.blocks:
            values = block(values)
        return functional.linear(self.at_last(values), self.meanings.weight)

    def begun(self, codes: Tensor) -> Tensor:
        """Return the numbers that stand for characters and their places, (n, length, width)."""
        begun: Tensor = self.meanings(codes) + self.places.weight[: codes.shape[1]]
        return begun

    @torch.no_grad()
    def attention(self, codes: Tensor) -> Tensor:
        """Return who looks at whom, (layer, head, length, length), of codes (length,)."""
        values, looks = self.begun(codes[None]), []
        block: Any
        for block in self.blocks:
            looks.append(block.attention(values)[0])
            values = block(values)
        return torch.stack(looks)


def loss_of(network: LanguageModel, rows: Tensor) -> Tensor:
    """Return how wrong the network is about each next character, nats a character, a number.

    Args:
        network: foretells.
        rows: int64 (n, length); of each the first character is only given.
    """
    logits = network(rows[:, :-1])
    return functional.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten())

"""The text of the script that an experiment is exported to; filled in by `script`."""

from __future__ import annotations

OPTIMISERS = {
    "sgd": "torch.optim.SGD(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)",
    "momentum": "torch.optim.SGD(\n    network.parameters(), lr=LEARNING_RATE, momentum=0.9, "
    "weight_decay=WEIGHT_DECAY\n)",
    "adam": "torch.optim.Adam(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)",
}

LOSSES = {
    "cross_entropy": "return functional.cross_entropy(logits, truth)",
    "squared_error": (
        "right = functional.one_hot(truth, logits.shape[1])\n"
        "    return (logits.softmax(1) - right).square().sum(1).mean()"
    ),
}

TEMPLATE = '''\
"""An experiment of the ELMED Playground: python THIS_FILE [STEPS]. It needs numpy and torch."""

import base64
import io
import json
import sys
from collections import OrderedDict

import numpy as np
import torch
from torch import nn
from torch.nn import functional

SEED = {seed}
BATCH = {batch}
LEARNING_RATE = {learning_rate!r}
WEIGHT_DECAY = {weight_decay!r}
CHANGES = json.loads("""{changes}""")  # of the settings, on the run: [step, {{name: value}}]
STEPS = int(sys.argv[1]) if len(sys.argv) > 1 else {steps}
EVERY = {every}  # steps between two rows of the curve
FEWEST = {fewest}  # examples that a batch must have
CLASSES = {classes}
WEIGHTS = json.loads("""{weights}""")  # [layer, shape, gain]

torch.set_num_threads(1)


def chance(purpose, number):
    """Everything that chance decides depends on the seed, the purpose and a number."""
    return np.random.default_rng([SEED, {purposes}[purpose], number])


class GlobalPool(nn.Module):
    """Maximum or mean of each whole feature map."""

    def __init__(self, mode):
        super().__init__()
        self.mode = mode

    def forward(self, maps):
        return maps.amax((2, 3)) if self.mode == "max" else maps.mean((2, 3))


# 1. Initialise the network.
network = nn.Sequential(OrderedDict([
{layers}
]))  # fmt: skip

generator = chance("weights", 0)
with torch.no_grad():
    for name, shape, gain in WEIGHTS:
        if gain:
            spread = 1.0 / float(np.sqrt(np.prod(shape[1:])))
            weight = gain * spread * generator.standard_normal(shape)
            bias = generator.uniform(-spread, spread, shape[0]) * (name != "{output}")
            layer = getattr(network, name)
            layer.weight.copy_(torch.from_numpy(weight.astype(np.float32)))
            layer.bias.copy_(torch.from_numpy(bias.astype(np.float32)))

optimiser = {optimiser}


def loss_of(logits, truth):
    {loss}


def judge(indices):
    """Loss and accuracy, without learning."""
    network.eval()
    with torch.no_grad():
        logits = torch.cat([network(part) for part in inputs[indices].split(256)])
    network.train()
    truth = targets[indices]
    return float(loss_of(logits, truth)), float((logits.argmax(1) == truth).float().mean())


def row_is_due(step):
    if step < EVERY:
        return step & (step - 1) == 0
    return step % (EVERY << (step // ({dense_until} * EVERY)).bit_length()) == 0


def write_row(step):
    """Print step, train loss, train accuracy, test loss, test accuracy."""
    print(step, *judge(train_shown), *judge(test_shown), flush=True)


def main():
    global BATCH
    changes = list(CHANGES)
    epoch = position = 0
    order = chance("order", 0).permutation(train)
    network.train()
    write_row(0)
    for step in range(STEPS):
        while changes and changes[0][0] <= step:
            values = changes.pop(0)[1]
            BATCH = values.get("batch", BATCH)
            group = optimiser.param_groups[0]
            group["lr"] = values.get("learning_rate", group["lr"])
            group["weight_decay"] = values.get("weight_decay", group["weight_decay"])

        # 2. Grab a batch and predict.
        batch = order[position : position + BATCH]
        torch.manual_seed(int(chance("dropout", step).integers(2**31)))
        logits = network(inputs[batch])
        # 3. Calculate the loss.
        loss = loss_of(logits, targets[batch])
        # 4. Calculate the gradients.
        optimiser.zero_grad()
        loss.backward()
        # 5. Step the weights against their gradients.
        optimiser.step()

        # 6. Repeat, with the next batch; after all examples, in a new order.
        position += len(batch)
        if len(train) - position < FEWEST:
            epoch, position = epoch + 1, 0
            order = chance("order", epoch).permutation(train)
        if row_is_due(step + 1):
            write_row(step + 1)
    # 7. Stop: here, after as many steps as in the playground.


DATA = """
{data}
"""

if __name__ == "__main__":
    with np.load(io.BytesIO(base64.b64decode(DATA))) as arrays:
        inputs = torch.from_numpy(arrays["inputs"])
        targets = torch.from_numpy(arrays["targets"])
        train = arrays["train"]
        train_shown = torch.from_numpy(arrays["train_shown"])
        test_shown = torch.from_numpy(arrays["test_shown"])
    main()
'''

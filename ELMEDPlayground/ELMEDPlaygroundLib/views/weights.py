"""How large weights and gradients are, layer by layer, and what that says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDPlaygroundLib.views.inside import undisturbed

if TYPE_CHECKING:
    from collections.abc import Mapping

BINS = 41
MOST_EXAMPLES = 256
VANISHED = 1e-3
"""A layer whose gradients are smaller than this share of the largest hardly learns."""

SILENT = 1e-9


def weights_and_gradients(
    experiment: Any,
    options: Mapping[str, Any],  # noqa: ARG001 - every view has options
) -> dict[str, Any]:
    """Return histograms and sizes of weights and gradients.

    The gradients are those of the loss over the first training examples, taken for this view.

    Returns:
        `layers`: a list of `name`, `parameters`, `weights` and `gradients` (histograms, int64
        (bin,)), `largest_weight` and `largest_gradient` (the ends of the histograms), `weight_norm`
        and `gradient_norm` (root mean square), `silent` (neurons or maps that answer zero to all
        examples) of `neurons`; and `hints`: sentences.
    """
    gradients = _gradients(experiment)
    indices = experiment.data.train[:MOST_EXAMPLES]
    with undisturbed(experiment.network):
        answers = experiment.activations(experiment.data.inputs[indices])
    layers = []
    for row in experiment.design.summary():
        if not row.parameters:
            continue
        module = experiment.network.get_submodule(row.name)
        values = np.concatenate([p.detach().numpy().ravel() for p in module.parameters()])
        slopes = gradients[row.name]
        answer = answers.get(row.name, answers["logits"])
        silent = np.abs(answer).max(axis=(0, *range(2, answer.ndim))) < SILENT
        layers.append(
            {
                "name": row.name,
                "parameters": len(values),
                **_histogram("weight", values),
                **_histogram("gradient", slopes),
                "silent": int(silent.sum()),
                "neurons": len(silent),
            }
        )
    return {"layers": layers, "hints": _hints(layers)}


def _gradients(experiment: Any) -> dict[str, np.ndarray]:
    """Return the gradient of each layer's parameters, in one row; the training's own are kept."""
    import torch
    from torch.nn.functional import cross_entropy

    indices = experiment.data.train[:MOST_EXAMPLES]
    inputs = torch.from_numpy(experiment.data.inputs[indices])
    targets = torch.from_numpy(experiment.data.targets[indices])
    with undisturbed(experiment.network) as network, torch.enable_grad():
        parameters = dict(network.named_parameters())
        slopes = torch.autograd.grad(
            cross_entropy(network(inputs), targets), list(parameters.values())
        )
    found: dict[str, list[np.ndarray]] = {}
    for name, slope in zip(parameters, slopes, strict=True):
        found.setdefault(name.rpartition(".")[0], []).append(slope.numpy().ravel())
    return {name: np.concatenate(parts) for name, parts in found.items()}


def _histogram(name: str, values: np.ndarray) -> dict[str, Any]:
    largest = max(float(np.abs(values).max()), 1e-12)
    counts, _ = np.histogram(values, BINS, (-largest, largest))
    return {
        f"{name}s": counts.astype(np.int64),
        f"largest_{name}": largest,
        f"{name}_norm": float(np.sqrt(np.mean(np.square(values)))),
    }


def _hints(layers: list[dict[str, Any]]) -> list[str]:
    hints = []
    most = max((layer["gradient_norm"] for layer in layers), default=0.0)
    for layer in layers:
        if layer["silent"] and layer["name"] != "output":
            hints.append(
                f"{layer['silent']} of the {layer['neurons']} neurons of {layer['name']} answer "
                "zero to everything: they are dead and cannot learn any more."
            )
        if layer["gradient_norm"] < VANISHED * most:
            hints.append(
                f"The gradients of {layer['name']} are less than a thousandth of the largest: this "
                "layer hardly learns (vanishing gradients)."
            )
    return hints

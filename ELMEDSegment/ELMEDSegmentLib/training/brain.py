"""Training of the bundled brain extraction, on simulated heads alone."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.files import written_whole
from ELMEDSegmentLib.model import save_weights
from ELMEDSegmentLib.network import build_network
from ELMEDSegmentLib.raw.brain_network import BrainManifest, scaled
from ELMEDSegmentLib.simulate.heads import Head, draw_head, read_heads
from ELMEDSegmentLib.store import check_name
from ELMEDSegmentLib.training.average import WeightAverage
from ELMEDSegmentLib.training.loss import dice_and_cross_entropy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import torch

    from ELMEDLib.progress import Progress

CHECKPOINT = "brain-checkpoint.pt"

ARCHITECTURE: dict[str, Any] = {
    "name": "UNet",
    "spatial_dims": 3,
    "in_channels": 1,
    "out_channels": 1,
    "channels": [16, 32, 64, 64, 64],
    "strides": [2, 2, 2, 2],
    "num_res_units": 1,
    "act": "PRELU",
    "norm": "INSTANCE",
}


@dataclass(frozen=True)
class Phase:
    """A part of the training: steps on one voxel size and field of view.

    Attributes:
        steps: optimiser steps, one image each.
        spacing_mm: isotropic voxel size.
        shape: of the images, `(z, y, x)`, a multiple of the network's product of strides.
        learning_rate: at the phase's start; it falls to a tenth along half a cosine.
    """

    steps: int
    spacing_mm: float
    shape: tuple[int, int, int]
    learning_rate: float


COARSE = Phase(1200, 4.0, (48, 64, 48), 3e-3)
FINE = Phase(700, 3.0, (64, 80, 64), 1e-3)
"""Coarse images are cheap and teach where a brain is; fine ones teach where exactly it ends."""


@dataclass(frozen=True)
class BrainTraining:
    """What a brain extraction is trained with.

    Attributes:
        label_maps: FreeSurfer-like head label maps with skull.
        output: folder for the checkpoint and the model.
        procedural: number of generated heads to add.
        held_out: label maps to judge by; never trained on.
        phases: one after the other; the last one's voxel size is the model's.
        seed: of all chance.
        save_every: steps between checkpoints.
        name: of the model.
    """

    label_maps: Sequence[Path]
    output: Path
    procedural: int = 2
    held_out: Sequence[Path] = ()
    phases: Sequence[Phase] = (COARSE, FINE)
    seed: int = 0
    save_every: int = 100
    name: str = "elmed-brain"
    more: dict[str, str] = field(default_factory=dict)


def train_brain(plan: BrainTraining, progress: Progress) -> Path:
    """Train, and return the manifest; goes on from the checkpoint in the output folder, if any.

    Raises:
        InputError: a label map cannot be used, or a model cannot have the name.
    """
    check_name(plan.name)
    import torch

    plan.output.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(plan.seed)
    network = build_network(ARCHITECTURE)
    average = WeightAverage(network, 0.99)
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=1e-4)
    state = {"network": network, "average": average.network, "optimiser": optimiser}
    progress("reading", 0.0, "Reading the heads")
    heads = read_heads(plan.label_maps, plan.procedural)
    done = _load(plan.output / CHECKPOINT, state)
    total = sum(phase.steps for phase in plan.phases)
    losses: list[float] = []
    started = time.monotonic()
    for step in range(done + 1, total + 1):
        phase, rate = _phase(plan.phases, step)
        for group in optimiser.param_groups:
            group["lr"] = rate
        images, brains = grab_head(plan.seed, step, heads, phase)
        loss = dice_and_cross_entropy(network(images), brains)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        average.update(network, step)
        losses.append(loss.item())
        if step % plan.save_every == 0 or step == total:
            _save(plan.output / CHECKPOINT, state, step)
            mean = float(np.mean(losses[-plan.save_every :]))
            seconds = time.monotonic() - started
            progress("training", step / total, f"Step {step}: loss {mean:.3f}, {seconds:.0f} s")
    return _publish(plan, average.network, heads)


def grab_head(
    seed: int, step: int, heads: Sequence[Head], phase: Phase
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return image and share of brain, both `(1, 1, z, y, x)`, of a step."""
    import torch

    rng = np.random.default_rng([seed, step])
    head = heads[int(rng.integers(len(heads)))]
    image, brain = draw_head(rng, head, phase.shape, phase.spacing_mm)
    return torch.from_numpy(scaled(image))[None, None], torch.from_numpy(brain)[None, None]


def _phase(phases: Sequence[Phase], step: int) -> tuple[Phase, float]:
    """Return the phase of `step` (from 1) and its learning rate."""
    first = 0
    for phase in phases:
        if step <= first + phase.steps:
            share = (step - first - 1) / max(phase.steps - 1, 1)
            warm = min(1.0, (step - first) / 30)
            fall = 0.1 + 0.9 * 0.5 * (1 + np.cos(np.pi * share))
            return phase, float(phase.learning_rate * warm * fall)
        first += phase.steps
    raise ValueError(f"there is no step {step}")


def _save(path: Path, state: dict[str, Any], step: int) -> None:
    import torch

    content = {name: part.state_dict() for name, part in state.items()}
    with written_whole(path) as temporary:
        torch.save({**content, "step": step}, temporary)


def _load(path: Path, state: dict[str, Any]) -> int:
    import torch

    if not path.is_file():
        return 0
    content = torch.load(path, map_location="cpu", weights_only=True)
    for name, part in state.items():
        part.load_state_dict(content[name])
    return int(content["step"])


def _publish(plan: BrainTraining, network: torch.nn.Module, heads: Sequence[Head]) -> Path:
    digest = save_weights(network, plan.output / f"{plan.name}.pt")
    entries: dict[str, Any] = {
        "title": "ELMED brain extraction",
        "description": "Finds the brain in a head MRI of any contrast. Research use only.",
        "licence": "not stated",
        "citation": "not stated",
        **plan.more,
    }
    manifest = BrainManifest(
        name=plan.name,
        architecture=ARCHITECTURE,
        spacing_mm=plan.phases[-1].spacing_mm,
        weights=f"{plan.name}.pt",
        sha256=digest,
        training={
            "heads": [head.name for head in heads],
            "held_out": [path.name for path in plan.held_out],
            "phases": [asdict(phase) for phase in plan.phases],
            "seed": plan.seed,
        },
        **entries,
    )
    path = plan.output / f"{plan.name}.json"
    with written_whole(path) as temporary:
        temporary.write_text(manifest.as_json(), encoding="utf-8")
    return path

"""Make the generator of tumours that comes with ELMED Playground, from data to model card.

    python Testing/experiments/train_tumour_generator.py DATA OUTPUT [--publish]

`DATA` is the folder of the development data. The stages: simulate patients; cut patients,
patients with lesions of others set into them, and simulated patients into slices; learn. A stage
whose result is there is passed over, and a training that was stopped goes on. `--publish` writes
what was learnt, and what was measured on the patients that were held out, into the module's
resources; no training is needed before, but without one the pictures are noise.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import torch
import tumour_slices
from torch.nn import functional

from ELMEDLib.command import main as elmed
from ELMEDLib.files import written_whole
from ELMEDPlaygroundLib.tumour.classes import CLASSES, OUTSIDE, SPACING_MM
from ELMEDPlaygroundLib.tumour.diffusion import loss_of
from ELMEDPlaygroundLib.tumour.network import build
from ELMEDSegmentLib.training.lesions import read_lesions

HELD_OUT = ("msd-brats-001", "brats2021-01658")
"""The patients that are never learnt from: one of a folder of its own, one of high grade."""

ARCHITECTURE = {"classes": len(CLASSES), "widths": [40, 80, 112], "told": 64, "details": 16}

SOURCES = {"patients": 0.35, "lesions": 0.40, "simulated": 0.25}
"""From where slices come, and the share of each."""

WITH_LESIONS = 5
"""How many times each patient gets lesions of others."""

STEPS, BATCH, RATE, WARM_UP = 2600, 16, 0.0012, 100
KEPT = 0.998
"""Of the averaged weights in a step."""
EVERY = 100
"""Steps between two checkpoints."""

TURN, SCALE, STRETCH, SHIFT = 0.2, 0.12, 0.05, 0.06
GAIN, OFFSET = 0.08, 0.12
"""How far slices are turned (radians), scaled and moved, and brightness is changed, at most."""


def main() -> None:
    """Carry out the stages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--publish", action="store_true")
    arguments = parser.parse_args()
    data, output = arguments.data, arguments.output
    output.mkdir(parents=True, exist_ok=True)
    if not (output / "simulated").is_dir():
        simulate(data, output / "simulated")
    if not (output / "slices.npz").is_file():
        cut(data, output)
    if arguments.publish:
        from publish_tumour_generator import publish

        publish(data, output)
    else:
        learn(output)


def simulate(data: Path, folder: Path) -> None:
    """Simulate the patients, some of them without tumour."""
    heads = [str(path) for path in sorted((data / "head-labels").glob("head_*.nii.gz"))]
    masks = str(data / "lesions" / "tumour_masks_128.npz")
    lesions = str(data / "lesions" / "lesion_cubes.npz")
    run(
        *("simulate", "-o", str(folder), "--count", "20", "--seed", "5000", "--spacing", "2"),
        *("--anatomy", *heads, "--tumours", masks, "--lesions", lesions),
        *("--lower-grade", "0.3", "--without-tumour", "0.15"),
    )


def run(*arguments: str) -> None:
    """Run a command of `elmed`; end the program when it fails."""
    if code := elmed(["--quiet", *arguments]):
        sys.exit(code)


def cut(data: Path, output: Path) -> None:
    """Write the slices of all sources into one file: images and classes of each, by its name."""
    bank = read_lesions(data / "lesions" / "lesion_cubes.npz", SPACING_MM)
    rng = np.random.default_rng(0)
    found: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {name: [] for name in SOURCES}
    for case in tumour_slices.studies(data / "glioma", HELD_OUT):
        volume = tumour_slices.read(case)
        found["patients"].append(tumour_slices.slices_of(volume))
        for _ in range(WITH_LESIONS):
            changed = tumour_slices.with_lesions(volume, bank, rng)
            found["lesions"].append(tumour_slices.slices_of(changed))
    for case in tumour_slices.studies(output / "simulated"):
        found["simulated"].append(tumour_slices.slices_of(tumour_slices.read(case)))
    arrays = {}
    for name, parts in found.items():
        arrays[f"{name}_images"] = np.concatenate([images for images, _ in parts])
        arrays[f"{name}_classes"] = np.concatenate([classes for _, classes in parts])
        print(name, len(arrays[f"{name}_classes"]), "slices", flush=True)
    with written_whole(output / "slices.npz") as temporary, temporary.open("wb") as file:
        np.savez(file, **arrays)


def learn(output: Path) -> None:
    """Train, going on from a checkpoint where there is one."""
    torch.set_num_threads(1)
    with np.load(output / "slices.npz") as file:
        slices = {
            name: (file[f"{name}_images"], file[f"{name}_classes"], float(name != "simulated"))
            for name in SOURCES
        }
    torch.manual_seed(0)
    network = build(ARCHITECTURE).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=0.01)
    average = {name: value.clone() for name, value in network.state_dict().items()}
    first = 0
    if (output / "checkpoint.pt").is_file():
        kept = torch.load(output / "checkpoint.pt", weights_only=True)
        network.load_state_dict(kept["network"])
        optimiser.load_state_dict(kept["optimiser"])
        average, first = kept["average"], kept["step"]
    seen, began = [], time.monotonic()
    for step in range(first + 1, STEPS + 1):
        for group in optimiser.param_groups:
            group["lr"] = rate(step)
        chance = torch.Generator().manual_seed(step)
        batch = drawn(slices, np.random.default_rng(step))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = loss_of(network, *batch, chance)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        share = min(KEPT, step / (step + 10))
        for name, value in network.state_dict().items():
            average[name].lerp_(value, 1 - share)
        seen.append(loss.item())
        if step % EVERY == 0 or step == STEPS:
            pace = (time.monotonic() - began) / (step - first)
            print(f"{step} loss {np.mean(seen):.4f} {pace:.2f} s a step", flush=True)
            seen = []
            state = {"network": network.state_dict(), "optimiser": optimiser.state_dict()}
            with written_whole(output / "checkpoint.pt") as temporary:
                torch.save({**state, "average": average, "step": step}, temporary)


def rate(step: int) -> float:
    """Return the learning rate: it rises at first, and then falls along a cosine."""
    falling = 0.02 + 0.49 * (1 + np.cos(np.pi * step / STEPS))
    return RATE * min(step / WARM_UP, 1.0) * float(falling)


def drawn(
    slices: dict[str, tuple[np.ndarray, np.ndarray, float]], rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return a batch: images `(n, 4, 96, 80)`, classes one-hot, and whether patients show them."""
    images, classes, source = [], [], []
    for name in rng.choice(list(SOURCES), BATCH, p=list(SOURCES.values())):
        own_images, own_classes, own_source = slices[name]
        place = int(rng.integers(len(own_images)))
        images.append(own_images[place].astype(np.float32))
        classes.append(own_classes[place])
        source.append(own_source)
    return altered(
        torch.from_numpy(np.stack(images)),
        torch.from_numpy(np.stack(classes)).long(),
        torch.tensor(source),
        rng,
    )


def altered(
    images: torch.Tensor, classes: torch.Tensor, source: torch.Tensor, rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Turn, scale, mirror and move slices, and change the brightness of each contrast."""
    count = len(images)
    matrix = np.zeros((count, 2, 3), np.float32)
    angle = rng.uniform(-TURN, TURN, count)
    size = np.exp(rng.uniform(-SCALE, SCALE, (count, 1)))
    size = size * np.exp(rng.uniform(-STRETCH, STRETCH, (count, 2)))
    mirror = rng.choice([-1.0, 1.0], count)
    ratio = images.shape[2] / images.shape[3]
    matrix[:, 0, 0] = np.cos(angle) * size[:, 0] * mirror
    matrix[:, 0, 1] = -np.sin(angle) * size[:, 0] * ratio
    matrix[:, 1, 0] = np.sin(angle) * size[:, 1] * mirror / ratio
    matrix[:, 1, 1] = np.cos(angle) * size[:, 1]
    matrix[:, :, 2] = rng.uniform(-SHIFT, SHIFT, (count, 2))
    grid = functional.affine_grid(torch.from_numpy(matrix), list(images.shape), align_corners=False)
    onehot = functional.one_hot(classes, len(CLASSES)).permute(0, 3, 1, 2).float()
    inside = 1 - onehot[:, OUTSIDE : OUTSIDE + 1]
    moved = functional.grid_sample(images, grid, "bilinear", "zeros", align_corners=False)
    weight = functional.grid_sample(inside, grid, "bilinear", "zeros", align_corners=False)
    numbers = classes[:, None].float()
    numbers = functional.grid_sample(numbers, grid, "nearest", "zeros", align_corners=False)
    onehot = functional.one_hot(numbers[:, 0].long(), len(CLASSES)).permute(0, 3, 1, 2).float()
    gain = torch.from_numpy(rng.uniform(1 - GAIN, 1 + GAIN, (count, 4, 1, 1))).float()
    offset = torch.from_numpy(rng.uniform(-OFFSET, OFFSET, (count, 4, 1, 1))).float()
    moved = gain * moved / weight.clamp(min=0.3) + offset
    moved = moved * (1 - onehot[:, OUTSIDE : OUTSIDE + 1])
    layout = torch.channels_last
    return moved.to(memory_format=layout), onehot.to(memory_format=layout), source


if __name__ == "__main__":
    main()

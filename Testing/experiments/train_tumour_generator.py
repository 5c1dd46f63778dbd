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
from typing import Any

import numpy as np
import torch
import tumour_slices
from torch.nn import functional
from tumour_adversary import Encoder, Judge, drawers_loss, judges_loss, likeness_loss

from ELMEDLib.command import main as elmed
from ELMEDLib.files import written_whole
from ELMEDPlaygroundLib.tumour.classes import CLASSES, OUTSIDE, SPACING_MM
from ELMEDPlaygroundLib.tumour.network import CONTRASTS, SliceDrawer, build, softened
from ELMEDSegmentLib.training.lesions import read_lesions

HELD_OUT = ("msd-brats-001", "brats2021-01658")
"""The patients that are never learnt from: one of a folder of its own, one of high grade."""

ARCHITECTURE = {
    "classes": len(CLASSES),
    "widths": [40, 80, 112],
    "style": 12,
    "told": 64,
    "details": 16,
}

SOURCES = {"patients": 0.35, "lesions": 0.40, "simulated": 0.25}
"""From where slices come, and the share of each."""

WITH_LESIONS = 5
"""How many times each patient gets lesions of others."""

STEPS, BATCH, RATE, WARM_UP = 5200, 8, 0.0004, 200
KNOWN = 5
"""Slices of a batch that get the style of the real slice."""
JUDGE, PIXELS, LIKENESS, STYLE = 0.4, 4.0, 8.0, 0.008
"""What counts how much: the judge, pixels, the judge's maps, and how much a style tells."""
AHEAD = 3
"""The judge learns so many times as fast, or the network would find ways to please it alone."""
KEPT = 0.998
"""Of the averaged weights in a step."""
EVERY = 100
"""Steps between two checkpoints."""

SKIPPED = 9
"""The usual brightness is taken from every so many slices."""

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
    lesson = Lesson(slices)
    if (output / "checkpoint.pt").is_file():
        lesson.load_state_dict(torch.load(output / "checkpoint.pt", weights_only=True))
    seen: list[list[float]] = []
    first, began = lesson.step, time.monotonic()
    while lesson.step < STEPS:
        seen.append(lesson.advance())
        if lesson.step % EVERY == 0 or lesson.step == STEPS:
            pace = (time.monotonic() - began) / (lesson.step - first)
            losses = " ".join(f"{loss:.3f}" for loss in np.mean(seen, axis=0))
            print(f"{lesson.step} losses {losses} {pace:.2f} s a step", flush=True)
            seen = []
            with written_whole(output / "checkpoint.pt") as temporary:
                torch.save(lesson.state_dict(), temporary)


class Lesson:
    """The networks that learn together, and what they have come to."""

    def __init__(self, slices: dict[str, tuple[np.ndarray, np.ndarray, float]]) -> None:
        self.step = 0
        self.slices = slices
        layout = torch.channels_last
        self.drawer = build(ARCHITECTURE).to(memory_format=layout)
        self.drawer.usual.copy_(usual(slices))
        self.drawer.spread.copy_(spread(self.drawer, slices))
        inputs = CONTRASTS + len(CLASSES)
        self.encoder = Encoder(inputs, ARCHITECTURE["style"]).to(memory_format=layout)
        self.judge = Judge(inputs).to(memory_format=layout)
        self.average = {name: value.clone() for name, value in self.drawer.state_dict().items()}
        drawing = [*self.drawer.parameters(), *self.encoder.parameters()]
        self.drawing = torch.optim.Adam(drawing, RATE, (0.5, 0.99))
        self.judging = torch.optim.Adam(self.judge.parameters(), RATE, (0.5, 0.99))

    def _parts(self) -> dict[str, Any]:
        names = ("drawer", "encoder", "judge", "drawing", "judging")
        return {name: getattr(self, name) for name in names}

    def state_dict(self) -> dict[str, Any]:
        """Return all that the lesson goes on with."""
        states = {name: part.state_dict() for name, part in self._parts().items()}
        return {**states, "average": self.average, "step": self.step}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with a lesson of before."""
        for name, part in self._parts().items():
            part.load_state_dict(state[name])
        self.average, self.step = state["average"], state["step"]

    def advance(self) -> list[float]:
        """Take one step; return how unlike, how strange, and how wrong the judge is."""
        self.step += 1
        self.drawing.param_groups[0]["lr"] = rate(self.step)
        self.judging.param_groups[0]["lr"] = AHEAD * rate(self.step)
        torch.manual_seed(self.step)
        slices, classes, source = drawn(self.slices, np.random.default_rng(self.step))
        noise = torch.randn(slices.shape)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            mean, logarithm = self.encoder(torch.cat([slices, classes], dim=1))
            mean, logarithm = mean.float(), logarithm.float()
            style = mean + (logarithm / 2).exp() * torch.randn(mean.shape)
            # Some slices get a style by chance, as all will later; nobody knows how they should be.
            style[KNOWN:] = torch.randn(BATCH - KNOWN, style.shape[1])
            made = self.drawer(noise, style, classes, source)
            of_real, of_made = self.judge(slices, classes), self.judge(made.detach(), classes)
            judged = judges_loss(of_real, of_made)
        self.judging.zero_grad()
        judged.backward()
        self.judging.step()
        self.judge.requires_grad_(False)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            of_made = self.judge(made, classes)
            like = likeness_loss(known(of_real), known(of_made))
            strange = drawers_loss(of_made)
        self.judge.requires_grad_(True)
        inside = 1 - classes[:, OUTSIDE : OUTSIDE + 1]
        apart = ((made - slices).abs() * inside / self.drawer.spread[:, None, None])[:KNOWN]
        apart = apart.sum() / inside[:KNOWN].sum() / CONTRASTS
        told = (mean**2 + logarithm.exp() - 1 - logarithm)[:KNOWN].sum(1).mean() / 2
        share = min(self.step / WARM_UP, 1.0)
        loss = PIXELS * apart + STYLE * told + share * (LIKENESS * like + JUDGE * strange)
        self.drawing.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.drawer.parameters(), 5.0)
        self.drawing.step()
        kept = min(KEPT, self.step / (self.step + 10))
        for name, value in self.drawer.state_dict().items():
            self.average[name].lerp_(value, 1 - kept)
        return [apart.item(), told.item(), like.item(), strange.item(), judged.item()]


def known(judged: list) -> list:
    """Return judgements and maps of the slices whose real ones are known."""
    return [(patches[:KNOWN], [entry[:KNOWN] for entry in maps]) for patches, maps in judged]


def sample(
    slices: dict[str, tuple[np.ndarray, np.ndarray, float]],
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return some slices of all sources, and their classes, one-hot."""
    images, classes = (
        torch.from_numpy(np.concatenate([entry[part][::SKIPPED] for entry in slices.values()]))
        for part in (0, 1)
    )
    onehot = functional.one_hot(classes.long(), len(CLASSES)).permute(0, 3, 1, 2).float()
    return images.float(), onehot


def usual(slices: dict[str, tuple[np.ndarray, np.ndarray, float]]) -> torch.Tensor:
    """Return the usual brightness of each class, `(classes, 4)`: the least-squares fit."""
    images, onehot = sample(slices)
    inside = onehot[:, OUTSIDE] == 0
    shares = softened(onehot).permute(0, 2, 3, 1)[inside][:, OUTSIDE + 1 :]
    found = torch.linalg.lstsq(shares, images.permute(0, 2, 3, 1)[inside]).solution
    return torch.cat([torch.zeros(1, found.shape[1]), found])


def spread(
    network: SliceDrawer, slices: dict[str, tuple[np.ndarray, np.ndarray, float]]
) -> torch.Tensor:
    """Return how far slices differ from what is usual, `(4,)`: a standard deviation."""
    images, onehot = sample(slices)
    rest = images - network.expected(onehot)
    return rest.permute(0, 2, 3, 1)[onehot[:, OUTSIDE] == 0].std(0)


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

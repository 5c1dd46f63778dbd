"""Make the generator of tumours that comes with ELMED Playground, from data to model card.

    python Testing/experiments/train_tumour_generator.py DATA OUTPUT [--publish]

`DATA` is the folder of the development data. The stages: simulate patients; cut patients,
patients with lesions of others set into them, and simulated patients into slices; learn. A stage
whose result is there is passed over, and a training that was stopped goes on. Afterwards, with
`--publish`, what was learnt, brains to paint into, and what is measured on the patients that were
held out are written into the module's resources.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import torch
import tumour_slices
from tumour_batches import SOURCES
from tumour_lesson import STEPS, Lesson

from ELMEDLib.command import main as elmed
from ELMEDLib.files import written_whole
from ELMEDPlaygroundLib.tumour.classes import SPACING_MM
from ELMEDSegmentLib.training.lesions import read_lesions

HELD_OUT = ("msd-brats-001", "brats2021-01658")
"""The patients that are never learnt from: one of a folder of its own, one of high grade."""

WITH_LESIONS = 5
"""How many times each patient gets lesions of others."""

EVERY = 100
"""Steps between two checkpoints."""


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


if __name__ == "__main__":
    main()

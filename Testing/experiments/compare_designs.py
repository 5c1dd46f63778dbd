"""Train several designs for about the same time, and judge them on lesions that none has seen.

    python Testing/experiments/compare_designs.py DATA OUTPUT slim-unet:700 residual-unet:1000

`DATA` is the folder of the development data. Each design trains for its number of steps on the real
studies that are not in `LEFT_OUT` and on the first lesion cubes; a setting can follow the steps
(`slim-unet:600:learning_rate=0.003`). Designs are chosen by the Dice inside the last
`JUDGING_CUBES` cubes, which come from other patients and are set into brains for it. The Dice of
the patients in `LEFT_OUT` is printed beside it, and chooses nothing. Results are appended to
`results.jsonl` in `OUTPUT`; a run that was stopped goes on from its checkpoint.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from ELMEDLib.progress import no_progress
from ELMEDSegmentLib.evaluation import dice
from ELMEDSegmentLib.inference import predict
from ELMEDSegmentLib.labels import REGIONS
from ELMEDSegmentLib.postprocessing import THRESHOLD
from ELMEDSegmentLib.training.cases import find_cases
from ELMEDSegmentLib.training.designs import DESIGNS
from ELMEDSegmentLib.training.lesions import LesionBank, read_lesions
from ELMEDSegmentLib.training.loop import TrainingData, train
from ELMEDSegmentLib.training.recipe import Recipe
from ELMEDSegmentLib.training.samples import TrainingCase, prepare_case

LEFT_OUT = ("brats2021-01476", "brats2021-01657", "msd-brats-001")
JUDGING_CUBES = 60
SETTINGS = Recipe(
    precision="bfloat16", elastic_mm=4.0, channel_dropout=0.15, validate_every=1_000_000
)


def main() -> None:
    """Train and judge each design that the command line names."""
    torch.set_num_threads(1)
    data, output = Path(sys.argv[1]), Path(sys.argv[2])
    cases = [prepare_case(case, SETTINGS.spacing_mm) for case in find_cases(data / "glioma")]
    bank = read_lesions(data / "lesions" / "lesion_cubes.npz", SETTINGS.spacing_mm)
    known = [case for case in cases if case.name not in LEFT_OUT]
    for text in sys.argv[3:]:
        recipe = recipe_of(text)
        folder = output / text.replace(":", "-").replace("=", "-")
        folder.mkdir(parents=True, exist_ok=True)
        started = time.process_time()
        lesions = part_of(bank, slice(0, -JUDGING_CUBES))
        training = TrainingData(known, [1.0] * len(known), lesions=lesions)
        network = train(recipe, training, folder, no_progress)
        result = {
            "design": text,
            "weights": sum(weight.numel() for weight in network.parameters()),
            "cpu_seconds": round(time.process_time() - started),
            "unseen_lesions": in_cubes(
                network, recipe, known, part_of(bank, slice(-JUDGING_CUBES, None))
            ),
            "left_out_patients": {
                case.name: scores(predict(network, recipe.architecture, case.image), case.regions)
                for case in cases
                if case.name in LEFT_OUT
            },
        }
        print(json.dumps(result), flush=True)
        with (output / "results.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(result) + "\n")


def recipe_of(text: str) -> Recipe:
    """Return the recipe that `DESIGN:STEPS[:NAME=VALUE...]` stands for."""
    name, steps, *changes = text.split(":")
    values = {key: json.loads(value) for key, value in (change.split("=") for change in changes)}
    return replace(SETTINGS, steps=int(steps), architecture=dict(DESIGNS[name]), **values)


def part_of(bank: LesionBank, chosen: slice) -> LesionBank:
    """Return some of the lesions."""
    return LesionBank(bank.images[chosen], bank.regions[chosen], bank.brain[chosen])


def in_cubes(
    network: torch.nn.Module, recipe: Recipe, brains: list[TrainingCase], bank: LesionBank
) -> dict[str, float]:
    """Return the mean Dice inside each lesion's cube, set into tumour-free parts of `brains`."""
    found = []
    for index in range(len(bank.images)):
        brain = brains[index % len(brains)]
        rng = np.random.default_rng([5, index])
        image, regions, cube = bank.set_one(rng, index, brain.image, brain.regions, brain.brain)
        probabilities = predict(network, recipe.architecture, image)
        found.append(scores(probabilities[cube], regions[cube]))
    return {name: round(float(np.mean([one[name] for one in found])), 3) for name in REGIONS}


def scores(probabilities: np.ndarray, regions: np.ndarray) -> dict[str, float]:
    """Return the Dice of each region on the working grid, both arrays `(region, z, y, x)`."""
    return {
        name: round(dice(probabilities[index] > THRESHOLD, regions[index] > THRESHOLD), 3)
        for index, name in enumerate(REGIONS)
    }


if __name__ == "__main__":
    main()

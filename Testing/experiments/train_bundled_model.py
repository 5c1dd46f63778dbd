"""Make the network that comes with ELMED, from data to model card, one stage after another.

    python Testing/experiments/train_bundled_model.py DATA OUTPUT

`DATA` is the folder of the development data. The stages: simulate patients; learn from them and
from lesions of real patients; go on with real patients, three times, each time with three of the
nine held out; learn to do without any one contrast; make one model of the three members; judge
every patient by the member that never saw it, also with each contrast taken away; write what was
measured into the manifest. A stage whose result is there is passed over, and a training that was
stopped goes on.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from ELMEDLib.command import main as elmed
from ELMEDSegmentLib.labels import CHANNELS, REGIONS

NAME = "elmed-glioma"

MEMBERS = {
    "member-a": ("msd-brats-001", "brats2021-01658", "brats2021-01476"),
    "member-b": ("brats2021-01478", "brats2021-01657", "brats2021-01481"),
    "member-c": ("brats2021-01479", "brats2021-01659", "brats2021-01485"),
}
"""The patients that each member never sees, chosen before training: one of lower grade in each."""

LEARNING = ("--design", "segresnet", "--elastic", "4", "--precision", "bfloat16")

COPES_FROM = 0.70
"""The mean Dice of the whole tumour from which on a model copes without a contrast."""

FACTS = {
    "title": "ELMED glioma 0.2",
    "description": (
        "Segments necrotic core, oedema and enhancing tumour of adult diffuse gliomas in T1, T1c, "
        "T2 and FLAIR. Three residual networks on a 2 mm grid that vote. Research use only."
    ),
    "licence": "Apache-2.0; research use only, as the terms of the training data ask",
    "citation": (
        "ELMED contributors (2026), ELMED for 3D Slicer 0.1. Training data: Menze et al. 2015, "
        "doi:10.1109/TMI.2014.2377694; Bakas et al. 2017, doi:10.1038/sdata.2017.117; Bakas et al. "
        "2018, arXiv:1811.02629; Baid et al. 2021, arXiv:2107.02314. Anatomy of simulated studies: "
        "Billot et al. 2023, doi:10.1016/j.media.2023.102789."
    ),
}


def main() -> None:
    """Carry out the stages."""
    data, output = Path(sys.argv[1]), Path(sys.argv[2])
    lesions = str(data / "lesions" / "lesion_cubes.npz")
    simulated = output / "simulated"
    if not simulated.is_dir():
        simulate(data, lesions, simulated)
    pretrained = output / "pretrained" / "elmed-pretrained.json"
    if not pretrained.is_file():
        train([str(simulated)], ("sim-000900", "sim-000901"), lesions, pretrained, 10, steps=1600)
    sources = [str(data / "glioma"), f"{simulated}:0.06"]
    manifests = []
    for number, (name, held_out) in enumerate(MEMBERS.items()):
        first = output / name / f"elmed-{name}.json"
        if not first.is_file():
            start = ("--start-from", str(pretrained), "--learning-rate", "0.0007")
            train(sources, held_out, lesions, first, 21 + number, *start, steps=1900)
        last = output / f"{name}-any" / f"elmed-{name}-any.json"
        if not last.is_file():
            start = ("--start-from", str(first), "--learning-rate", "0.0003")
            start = (*start, "--channel-dropout", "0.5")
            train(sources, held_out, lesions, last, 31 + number, *start, steps=400)
        manifests.append(last)
    run("combine", *map(str, manifests), "--name", NAME, "-o", str(output / "model"))
    complete(output / "model" / f"{NAME}.json", pretrained, data / "glioma")


def simulate(data: Path, lesions: str, folder: Path) -> None:
    """Simulate the patients, half of them of lower grade, some without tumour."""
    heads = [str(path) for path in sorted((data / "head-labels").glob("head_*.nii.gz"))]
    masks = str(data / "lesions" / "tumour_masks_128.npz")
    run(
        *("simulate", "-o", str(folder), "--count", "36", "--seed", "900", "--spacing", "2"),
        *("--anatomy", *heads, "--tumours", masks, "--lesions", lesions),
        *("--lower-grade", "0.5", "--without-tumour", "0.08"),
    )


def train(
    sources: list[str],
    held_out: tuple[str, ...],
    lesions: str,
    manifest: Path,
    seed: int,
    *more: str,
    steps: int,
) -> None:
    """Train one network, and publish it as `manifest`; `more` replaces what is usual."""
    run(
        *("train", *sources, "--lesions", lesions, "--hold-out", *held_out, *LEARNING),
        *("--channel-dropout", "0.15", *more),
        *("--steps", str(steps), "--validate-every", str(steps // 2), "--seed", str(seed)),
        *("--name", manifest.stem, "-o", str(manifest.parent)),
    )


def complete(manifest: Path, pretrained: Path, studies: Path) -> None:
    """Write into a manifest what the model is and what was measured."""
    values = json.loads(manifest.read_text(encoding="utf-8"))
    values["training"]["pretraining"] = json.loads(pretrained.read_text())["training"]
    scores = judge(manifest, studies)
    without = {}
    for channel in CHANNELS:
        # The model refuses to do without a contrast until its manifest says that it can.
        values["copes_without"] = [channel]
        manifest.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
        dice = judge(manifest, studies, "--without", channel)["dice"]
        without[channel] = {
            region: round(float(np.mean([one[region] for one in dice.values()])), 4)
            for region in REGIONS
        }
    values.update(FACTS)
    values["copes_without"] = [name for name in CHANNELS if without[name]["WT"] >= COPES_FROM]
    values["measured"] = {
        "dice": rounded(scores["dice"], 4),
        "hd95_mm": rounded(scores["hd95_mm"], 2),
        "mean_dice_without": without,
        "how": "elmed evaluate --studies glioma --unseen, on the grid of the scans (1 mm)",
    }
    manifest.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def judge(manifest: Path, studies: Path, *more: str) -> dict[str, dict[str, dict[str, float]]]:
    """Return by measure, study and region how each study is segmented by members new to it."""
    result = manifest.with_suffix(".scores.json")
    where = ("--studies", str(studies), "--model", str(manifest), "--json", str(result))
    run("evaluate", "--unseen", *where, *more)
    scores: dict[str, dict[str, dict[str, float]]] = json.loads(result.read_text())
    return scores


def rounded(scores: dict[str, dict[str, float]], places: int) -> dict[str, dict[str, float]]:
    """Return scores by study and region with so many decimal places."""
    return {
        study: {region: round(values[region], places) for region in REGIONS}
        for study, values in scores.items()
    }


def run(*arguments: str) -> None:
    """Run a command of `elmed`; end the program when it fails."""
    if code := elmed(["--quiet", *arguments]):
        sys.exit(code)


if __name__ == "__main__":
    main()

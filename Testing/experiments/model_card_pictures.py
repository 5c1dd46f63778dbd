"""Draw the pictures of the model card: how the training went, and where the network fails.

    python Testing/experiments/model_card_pictures.py --runs RUN RUN RUN --studies STUDIES -o FOLDER

`--runs` are the output folders of `elmed train`: loss, and Dice of the studies held out, over the
steps. `--studies` is a folder of labelled studies: the bundled model's members that never saw a
study segment it, and the slices of the worst studies are drawn where network and expert differ
most. The card shows simulated patients; with labelled patients of your own, the same command shows
yours.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from ELMEDSegmentLib.catalogue import find_model
from ELMEDSegmentLib.evaluation import dice
from ELMEDSegmentLib.inference import predict
from ELMEDSegmentLib.labels import REGIONS
from ELMEDSegmentLib.model import Model, load_model
from ELMEDSegmentLib.postprocessing import THRESHOLD
from ELMEDSegmentLib.training.cases import find_cases
from ELMEDSegmentLib.training.picture import draw_slice
from ELMEDSegmentLib.training.samples import TrainingCase, prepare_case
from ELMEDSegmentLib.unseen import without_knowledge_of

if TYPE_CHECKING:
    from collections.abc import Sequence

SMOOTHED_OVER = 50
"""Steps over which the loss is averaged before it is drawn."""

COLOURS = {"WT": "#009E73", "TC": "#D55E00", "ET": "#0072B2"}


def main() -> None:
    """Draw what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", nargs="+", type=Path, default=[])
    parser.add_argument("--studies", type=Path)
    parser.add_argument("--worst", type=int, default=3, help="how many studies are shown")
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    if arguments.runs:
        draw_curves(arguments.runs, arguments.output / "model-training.png")
    if arguments.studies:
        draw_failures(arguments.studies, arguments.worst, arguments.output / "model-failures.png")


def draw_curves(runs: Sequence[Path], path: Path) -> None:
    """Draw loss, and mean Dice of the held-out studies by region, over the steps of all runs."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.4), layout="constrained")
    losses, scores = figure.subplots(1, 2)
    for number, run in enumerate(runs):
        rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
        # A run that was validated before its first step has a row without a loss.
        loss = np.array([row["loss"] for row in rows if "loss" in row])
        smooth = np.convolve(loss, np.ones(SMOOTHED_OVER) / SMOOTHED_OVER, mode="valid")
        losses.plot(np.arange(len(smooth)) + SMOOTHED_OVER, smooth, lw=1, label=f"{number + 1}")
        judged = [row for row in rows if row.get("dice")]
        for region, colour in COLOURS.items():
            means = [np.mean([one[region] for one in row["dice"].values()]) for row in judged]
            label = region if number == 0 else None
            scores.plot([r["step"] for r in judged], means, "o-", ms=3, c=colour, label=label)
    losses.set(xlabel="step", ylabel="loss", title=f"Training (mean of {SMOOTHED_OVER} steps)")
    losses.legend(title="member", frameon=False)
    scores.set(
        xlabel="step", ylabel="Dice", ylim=(0, 1), title="Patients held out, a line a member"
    )
    scores.legend(frameon=False)
    for axes in (losses, scores):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110)


def draw_failures(folder: Path, worst: int, path: Path) -> None:
    """Draw the worst of the labelled studies in `folder`, each where the error is largest."""
    from PIL import Image, ImageDraw

    model = load_model(find_model(None))
    judged = [judge(model, case) for case in find_cases(folder)]
    judged.sort(key=lambda one: one["mean"])
    rows = []
    for one in judged[:worst]:
        picture = Image.fromarray(draw_slice(*at_largest_error(one["case"], one["found"])))
        text = ", ".join(f"{region} {one[region]:.2f}" for region in REGIONS)
        ImageDraw.Draw(picture).text((6, 4), f"{one['case'].name}: Dice {text}", (235, 235, 235))
        rows.append(picture)
    size = max(row.width for row in rows), sum(row.height for row in rows)
    sheet = Image.new("RGB", size)
    top = 0
    for row in rows:
        sheet.paste(row, (0, top))
        top += row.height
    sheet.save(path)


def judge(model: Model, case: Any) -> dict[str, Any]:
    """Return the prepared case, the probabilities, and the Dice by region and in the mean."""
    prepared = prepare_case(case, model.manifest.spacing_mm)
    fair = without_knowledge_of(model, case.name)
    found = predict(fair.network, fair.manifest.architecture, prepared.image)
    scores = {
        region: dice(found[index] > THRESHOLD, prepared.regions[index] > THRESHOLD)
        for index, region in enumerate(REGIONS)
    }
    return {"case": prepared, "found": found, **scores, "mean": np.mean(list(scores.values()))}


def at_largest_error(case: TrainingCase, found: np.ndarray) -> tuple[TrainingCase, np.ndarray]:
    """Return case and probabilities cut to the one slice where they differ most."""
    wrong = (found > THRESHOLD) != (case.regions > THRESHOLD)
    z = int(np.argmax(wrong.sum(axis=(0, 2, 3))))
    here = slice(z, z + 1)
    cut = TrainingCase(case.name, case.image[:, here], case.regions[:, here], case.brain[here])
    return cut, found[:, here]


if __name__ == "__main__":
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(2)
    main()

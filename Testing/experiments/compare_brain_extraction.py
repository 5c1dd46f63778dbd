"""Judge the bundled brain extraction, and a classical one, on heads that it was not trained on.

Two kinds of images of each head: made-up contrasts with all flaws (`simulate.heads`), and the four
contrasts with a tumour, as `elmed simulate --with-skull` gives them. Prints the Dice of each.

    python Testing/experiments/compare_brain_extraction.py HEAD_LABEL_MAP... [--images 8] [--json F]

The classical method is what can be had without any training: the head by Otsu's threshold, eroded
until the brain hangs on the scalp no more, its largest piece, dilated back, holes filled.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk
from scipy import ndimage

from ELMEDSegmentLib.geometry import Grid
from ELMEDSegmentLib.raw.brain import in_one_piece
from ELMEDSegmentLib.raw.brain_network import BUNDLED, brain_probability, load_brain_network
from ELMEDSegmentLib.simulate.anatomy import AnatomySource
from ELMEDSegmentLib.simulate.heads import draw_head, read_heads
from ELMEDSegmentLib.simulate.options import SimulationOptions
from ELMEDSegmentLib.simulate.study import simulate
from ELMEDSegmentLib.simulate.tumour import TumourSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Case = tuple[str, sitk.Image, np.ndarray]

AXES = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
EROSION_MM = 8.0


def classical(image: sitk.Image) -> np.ndarray:
    """Return where a classical method finds the brain in `image`, bool `(z, y, x)`."""
    spacing = image.GetSpacing()[::-1]
    head = sitk.GetArrayFromImage(sitk.OtsuThreshold(image, 0, 1)) > 0
    inside = ndimage.distance_transform_edt(head, sampling=spacing) > EROSION_MM
    pieces, count = ndimage.label(inside)
    if not count:
        return head
    largest = pieces == np.bincount(pieces.ravel())[1:].argmax() + 1
    grown = ndimage.distance_transform_edt(~largest, sampling=spacing) <= EROSION_MM
    return ndimage.binary_fill_holes(grown & head)


def bundled(image: sitk.Image) -> np.ndarray:
    """Return where the bundled network finds the brain in `image`, bool `(z, y, x)`."""
    found = in_one_piece(brain_probability(image, load_brain_network(BUNDLED)))
    return sitk.GetArrayFromImage(Grid.of(image).resample(found)) > 0.5  # noqa: PLR2004


def cases(label_maps: Sequence[Path], images: int) -> Iterator[Case]:
    """Yield kind, image and true brain of every image to judge by."""
    for path in label_maps:
        head = read_heads([path])[0]
        shape = (72, 80, 72)
        grid = Grid(shape[::-1], (3.0,) * 3, (0.0,) * 3, AXES)
        for seed in range(images):
            image, share = draw_head(np.random.default_rng([91, seed]), head, shape, 3.0)
            yield "made-up contrasts", grid.place(image), share > 0.5  # noqa: PLR2004
        options = SimulationOptions(spacing_mm=2.0, with_skull=True)
        rng = np.random.default_rng(92)
        study = simulate(rng, AnatomySource([path]), TumourSource(), options)
        grid = Grid(study.brain.shape[::-1], (2.0,) * 3, (0.0,) * 3, AXES)
        for image in study.images:
            yield "simulated patients", grid.place(image), study.brain


def main() -> None:
    """Compare the two, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("label_maps", type=Path, nargs="+")
    parser.add_argument("--images", type=int, default=8, help="of each head (%(default)s)")
    parser.add_argument("--json", type=Path, help="write the numbers to this file, too")
    arguments = parser.parse_args()
    scores: dict[str, dict[str, list[float]]] = {}
    for kind, image, brain in cases(arguments.label_maps, arguments.images):
        for method in (bundled, classical):
            found = method(image)
            dice = 2 * float((found & brain).sum()) / float(found.sum() + brain.sum())
            scores.setdefault(kind, {}).setdefault(method.__name__, []).append(round(dice, 4))
    print(f"{'':<20}{'method':<12}{'median':>8}{'lowest':>8}{'images':>8}")
    for kind, methods in scores.items():
        for method, values in methods.items():
            line = f"{np.median(values):8.3f}{min(values):8.3f}{len(values):8d}"
            print(f"{kind:<20}{method:<12}{line}")
    if arguments.json:
        arguments.json.write_text(json.dumps(scores, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

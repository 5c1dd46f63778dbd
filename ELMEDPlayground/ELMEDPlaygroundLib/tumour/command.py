"""`elmed generate --tumour`: a mask becomes a brain with a tumour, in four contrasts."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.errors import OutputError
from ELMEDLib.files import check_writable, written_whole

if TYPE_CHECKING:
    import argparse

    from ELMEDLib.progress import Progress


FACTS = "generated.json"
"""The file that says what made the others in its folder."""


def add_arguments(parser: Any) -> None:
    """Add what a painted tumour needs to `elmed generate`."""
    group = parser.add_argument_group("a painted tumour")
    group.add_argument(
        "--tumour",
        type=Path,
        metavar="MASK",
        help="draw a brain with this tumour in four contrasts, into the folder --output: a grey "
        "picture (.png; values 1, 2, 3 or 85, 170, 255 for core, oedema, enhancing) gives one "
        "slice, a segmentation (.nii.gz, .nrrd) a stack",
    )
    group.add_argument("--brain", default="Brain 1", help="that it is set into (Brain 1)")
    group.add_argument("--level", type=int, help="slice of the brain, from below")


def run(arguments: argparse.Namespace, progress: Progress) -> None:
    """Draw, and write four volumes, the mask that was drawn, and what made them."""
    from ELMEDLib.progress import within
    from ELMEDPlaygroundLib import checked
    from ELMEDPlaygroundLib.synthetic import SYNTHETIC
    from ELMEDPlaygroundLib.tumour.brains import find_brain
    from ELMEDPlaygroundLib.tumour.generate import brightness, generate
    from ELMEDPlaygroundLib.tumour.masks import read_mask, volumes_of
    from ELMEDPlaygroundLib.tumour.model import load_generator
    from ELMEDPlaygroundLib.tumour.service import MOST_SEED

    seed = checked.whole(arguments.seed, "'--seed'", 0, MOST_SEED)
    _check_folder(arguments.output)
    brain = find_brain(arguments.brain)
    classes, levels = read_mask(arguments.tumour).placed(brain, arguments.level)
    generator = load_generator()
    slices = generate(generator, classes, seed, progress=within(progress, 0.05, 0.95))
    volumes = volumes_of(slices, classes, levels, brain.levels)
    facts = {
        "origin": SYNTHETIC,
        "generator": generator.manifest.title,
        "sha256": generator.manifest.sha256,
        "mask": arguments.tumour.name,
        "brain": brain.name,
        "levels": [levels.start, levels.stop - 1],
        "seed": seed,
        "brightness": {
            part.label: np.round(part.means, 2).tolist() for part in brightness(slices, classes)
        },
    }
    with written_whole(arguments.output / FACTS) as temporary:
        temporary.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    _write(arguments.output, volumes, classes)
    count = len(classes)
    sys.stdout.write(
        f"{count} slice{'s' if count > 1 else ''} in four contrasts in {arguments.output}: "
        f"{SYNTHETIC}.\n"
    )


def _check_folder(folder: Path) -> None:
    """Refuse a folder whose files are not known to be drawn; a slice would replace them."""
    from ELMEDSegmentLib.labels import CHANNELS

    check_writable(folder / FACTS)
    names = [f"{name}.nii.gz" for name in (*CHANNELS, "seg")]
    if not (folder / FACTS).exists() and any((folder / name).exists() for name in names):
        raise OutputError(
            f"'{folder}' holds a study that was not drawn, and would be replaced.",
            "Choose another folder.",
        )


def _write(folder: Path, volumes: dict[str, Any], classes: np.ndarray) -> None:
    import SimpleITK as sitk

    from ELMEDPlaygroundLib.synthetic import write_synthetic
    from ELMEDPlaygroundLib.tumour.classes import TUMOUR

    labels = np.zeros(classes.shape, np.uint8)
    for label, kind in TUMOUR.items():
        labels[classes == kind] = label
    mask = sitk.GetImageFromArray(labels)
    mask.CopyInformation(volumes["t1"])
    for name, image in {**volumes, "seg": mask}.items():
        write_synthetic(image, folder / f"{name}.nii.gz")

"""What the worker can be asked about painted tumours."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ELMEDLib.progress import Progress, within
from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.arrays import decode_array, encode
from ELMEDPlaygroundLib.threads import threads

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_SEED = 999_999


@threads(1)  # more wait for each other longer than they save on slices this small
def draw(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Draw one slice in four contrasts.

    Args:
        arguments: `brain` (name), `level`, `mask` (labels 0 to 3, `(96, 80)`, as `arrays.encode`
            gives them), and `seed`.
        progress: told what is done.

    Returns:
        `slices` float32 `(4, 96, 80)` and `classes` uint8 `(96, 80)`, both encoded, `brightness`
        (of each part: `label`, `pixels`, `means`), and `seconds` that the drawing took.
    """
    from ELMEDPlaygroundLib.tumour.brains import find_brain
    from ELMEDPlaygroundLib.tumour.generate import brightness, generate
    from ELMEDPlaygroundLib.tumour.masks import Mask
    from ELMEDPlaygroundLib.tumour.model import load_generator

    progress("reading", 0.0, "Loading the generator")
    brain = find_brain(str(arguments["brain"]))
    level = checked.whole(arguments["level"], "the level", 0, brain.levels - 1)
    seed = checked.whole(arguments.get("seed", 0), "the seed", 0, MOST_SEED)
    mask = Mask(decode_array(checked.mapping(arguments["mask"], "the mask"))[None], whole=False)
    classes, _ = mask.placed(brain, level)
    generator = load_generator()
    started = time.monotonic()
    slices = generate(generator, classes, seed, progress=within(progress, 0.4, 1.0))
    answer: dict[str, Any] = encode(
        {
            "slices": slices[0],
            "classes": classes[0],
            "brightness": [asdict(part) for part in brightness(slices, classes)],
            "seconds": time.monotonic() - started,
        }
    )
    return answer


def mask_of_scan(arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Bring the tumour on a slice of a patient into a brain.

    Args:
        arguments: `labels` and `volume` (image files), `height_mm` of the slice, `brain` (name).
        progress: told what is done.

    Returns:
        `mask` uint8 `(96, 80)`, encoded, and `level`.
    """
    from ELMEDPlaygroundLib.tumour.brains import find_brain
    from ELMEDPlaygroundLib.tumour.scene_masks import mask_at
    from ELMEDSegmentLib.inputs.study import read_volume
    from ELMEDSegmentLib.label_files import read_labels

    progress("reading", 0.0, "Reading the segmentation")
    labels = read_labels(arguments["labels"], "segmentation")
    volume = read_volume(arguments["volume"], "scan")
    height = checked.number(arguments["height_mm"], "the height", -10_000.0, 10_000.0)
    mask, level = mask_at(labels, volume, height, find_brain(str(arguments["brain"])))
    answer: dict[str, Any] = encode({"mask": mask, "level": level})
    return answer


TUMOUR_TASKS: dict[str, Callable[[dict[str, Any], Progress], dict[str, Any]]] = {
    "tumour_draw": draw,
    "tumour_mask": mask_of_scan,
}
"""The room's tasks about painted tumours, by the names that the worker knows."""

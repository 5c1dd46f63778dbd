"""What the worker and the command line ask for: the burden of a label map in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDLib.progress import Progress, no_progress, within
from ELMEDRadiomicsLib.burden.measure import measure_burden
from ELMEDRadiomicsLib.burden.options import CORE, ENHANCING, OEDEMA, BurdenOptions
from ELMEDRadiomicsLib.burden.writing import write_burden
from ELMEDRadiomicsLib.reading import read_volume

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDRadiomicsLib.burden.results import Burden

PARTS = {"core": CORE, "oedema": OEDEMA, "enhancing": ENHANCING}
"""The parts of a tumour, and the label value that each has in the engine."""

READ, MEASURED = 0.1, 0.7
MOST_NAMED = 8
"""Labels that a warning lists."""


def burden_files(arguments: Mapping[str, Any], progress: Progress = no_progress) -> dict[str, Any]:
    """Measure the burden of a label map, and where the tumour lies.

    Args:
        arguments: JSON-able:
            `labels`: path of the label map;
            `parts`: label values of `core`, `oedema` and `enhancing` in it (1, 2 and 3 unless
            told); a part may have none;
            `options`: `plane`, `rule`, `targets`, `least_mm`, as in `BurdenOptions`;
            `image`: path of a volume of the same space, to find the place in the brain, or None;
            `atlas`, `atlas_names`: a label map in the patient's space and its names, or None;
            `output`: path of a `.json` or `.csv` file, or None.
        progress: told how far the work is.

    Returns:
        `burden`, `location` (None where there is none) and `outputs` (paths).

    Raises:
        ELMEDError: something cannot be read, used or written.
    """
    if not arguments.get("labels"):
        raise InputError("There is no label map.", "Give the file that holds the segments.")
    progress("read", 0.0, "Reading the segments")
    given = read_volume(arguments["labels"], "label map")
    labels = with_parts(given, arguments.get("parts"))
    options = burden_options(arguments.get("options"))
    burden = measure_burden(labels, options, within(progress, READ, MEASURED))
    burden.warnings += left_out(given, labels)
    location = _location(arguments, labels, burden, within(progress, MEASURED, 1.0))
    more = {"location": location}
    output = arguments.get("output")
    outputs = [str(write_burden(burden, output, more))] if output else []
    progress("done", 1.0, "Tumour burden measured")
    return {"burden": burden.as_json(), **more, "outputs": outputs}


def burden_options(given: Mapping[str, Any] | None) -> BurdenOptions:
    """Return options with what was given in place of the defaults.

    Raises:
        InputError: an option is unknown or means nothing.
    """
    known = {"plane", "rule", "targets", "least_mm", "least_ml"}
    unknown = set(given or {}) - known
    if unknown:
        raise InputError(f"There is no option '{min(unknown)}'.", f"Options: {sorted(known)}.")
    told = {key: value for key, value in (given or {}).items() if value not in (None, "")}
    options = BurdenOptions(**told)
    if options.targets < 1:
        raise InputError("There are no targets to sum up.", "Ask for one target or more.")
    if options.rule not in ("classic", "product"):
        raise InputError(
            f"There is no rule '{options.rule}' for diameters.", "Choose 'classic' or 'product'."
        )
    return options


def with_parts(
    labels: sitk.Image, parts: Mapping[str, Any] | None, *, empty: bool = False
) -> sitk.Image:
    """Return the label map with the engine's own label values.

    Args:
        labels: any integers.
        parts: label values of each part of the tumour, one or a list; None as BraTS has them.
        empty: whether there may be no tumour, as after a complete response.

    Raises:
        InputError: a part is unknown, two have the same label, or no voxel belongs to any.
    """
    parts = parts or {name: [value] for name, value in PARTS.items()}
    array = sitk.GetArrayViewFromImage(labels)
    found = np.zeros(array.shape, np.uint8)
    taken: set[int] = set()
    for name, values in parts.items():
        if name not in PARTS:
            raise InputError(f"There is no part '{name}' of a tumour.", f"Parts: {sorted(PARTS)}.")
        wanted = values if isinstance(values, (list, tuple)) else [values]
        labelled = {int(value) for value in wanted if value}
        if labelled & taken:
            raise InputError(
                f"The label {min(labelled & taken)} is given for two parts of the tumour.",
                "Give each part labels of its own; core, oedema and enhancing tumour have 1, 2 "
                "and 3 unless told.",
            )
        taken |= labelled
        found[np.isin(array, list(labelled))] = PARTS[name]
    if not found.any() and not empty:
        raise InputError(
            "The label map holds no tumour: no voxel has one of the labels looked for.",
            "Check the label values of core, oedema and enhancing tumour.",
        )
    image = sitk.GetImageFromArray(found)
    image.CopyInformation(labels)
    return image


def left_out(labels: sitk.Image, parts: sitk.Image) -> list[str]:
    """Return a sentence about labels that are no part of the tumour, none where all are.

    Args:
        labels: as they were given.
        parts: the same with the engine's own label values, see `with_parts`.
    """
    array = sitk.GetArrayViewFromImage(labels)
    rest = array[(array != 0) & (sitk.GetArrayViewFromImage(parts) == 0)]
    if not rest.size:
        return []
    names = ", ".join(f"{value:g}" for value in np.unique(rest)[:MOST_NAMED].tolist())
    return [
        f"Voxels with other labels than core, oedema and enhancing tumour were left out ({names})."
    ]


def _location(
    arguments: Mapping[str, Any], labels: sitk.Image, burden: Burden, progress: Progress
) -> dict[str, Any] | None:
    from ELMEDRadiomicsLib.location.atlas import read_atlas
    from ELMEDRadiomicsLib.location.locate import locate, locate_in_template

    places = {lesion.name: lesion.centre for lesion in burden.lesions}
    if arguments.get("atlas"):
        atlas = read_atlas(arguments["atlas"], arguments.get("atlas_names"))
        return locate(labels, atlas, places).as_json()
    if arguments.get("image"):
        image = read_volume(arguments["image"], "image")
        return locate_in_template(labels, image, places, progress).as_json()
    return None

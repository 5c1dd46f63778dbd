"""What the worker can be asked to do in this room."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDLib.files import written_whole
from ELMEDLib.progress import Progress, no_progress, within
from ELMEDRadiomicsLib.backends import Options
from ELMEDRadiomicsLib.burden.service import burden_files
from ELMEDRadiomicsLib.charts.service import charts_files
from ELMEDRadiomicsLib.engine import extract
from ELMEDRadiomicsLib.follow_up.service import follow_up_files
from ELMEDRadiomicsLib.layouts import LONG
from ELMEDRadiomicsLib.maps import feature_maps
from ELMEDRadiomicsLib.masks import integer_mask
from ELMEDRadiomicsLib.normalisation import NyulStandard
from ELMEDRadiomicsLib.presets import preset
from ELMEDRadiomicsLib.reading import read_image
from ELMEDRadiomicsLib.report.service import report_files
from ELMEDRadiomicsLib.robustness.repeat import repeated
from ELMEDRadiomicsLib.robustness.service import robustness_files
from ELMEDRadiomicsLib.robustness.stability import stability
from ELMEDRadiomicsLib.settings import Settings, from_parameters
from ELMEDRadiomicsLib.settings_files import read_settings
from ELMEDRadiomicsLib.unions import united_masks
from ELMEDRadiomicsLib.writing import without_nan, write_extraction

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ELMEDRadiomicsLib.results import Extraction

READ = 0.1
EXTRACTED = 0.2
"""Share of the way until features are computed for the first of several times."""
COMPUTED = 0.97


def extract_files(arguments: Mapping[str, Any], progress: Progress = no_progress) -> dict[str, Any]:
    """Compute features of files.

    Args:
        arguments: JSON-able:
            `images`: path by name of the sequence;
            `mask`: path;
            `labels`: name by label (as text), a list of labels, or None for all;
            `unions`: labels by the name of a region that is measured besides, as one segment;
            `settings`: path of a parameter file, its content, or None;
            `preset`: name of a preset, used when there are no settings;
            `output`: path of a `.json`, `.csv` or `.xlsx` file, or None;
            `layout`: of the table, `long` (as when left out) or `wide`; `patient` names its row;
            `robustness`: whether every feature's stability is found out as well;
            `options`: `engine`, `profile`, `normalisation`, `brain` (path), `standard` (path),
            `threads`.
        progress: told how far the work is.

    Returns:
        `features` (records, the value None where it is undefined), `outputs` (paths), `warnings`,
        `settings`, `options`, `versions`, `seconds`.

    Raises:
        ELMEDError: something cannot be read, used or written.
    """
    images = arguments.get("images") or {}
    if not arguments.get("mask"):
        raise InputError("There is no mask.", "Give the file that holds the segments.")
    settings, profile = settings_of(arguments)
    read = {}
    for number, (name, path) in enumerate(images.items()):
        progress("read", READ * number / len(images), f"Reading {name}")
        read[name] = read_image(path, f"image '{name}'")
    mask = read_image(arguments["mask"], "mask")
    options = options_of(arguments.get("options") or {}, profile)
    repeats = bool(arguments.get("robustness"))
    computed = EXTRACTED if repeats else COMPUTED
    labels = _labels(arguments.get("labels"))
    found = extract(read, mask, settings, labels, options, within(progress, READ, computed))
    masks = [(mask, {feature.label: feature.segment for feature in found.features})]
    whole = integer_mask(mask, settings.general["label_channel"])
    for united, names in united_masks(whole, arguments.get("unions") or {}):
        more = extract(read, united, settings, names, options)
        found.features += more.features
        found.warnings += [text for text in more.warnings if text not in found.warnings]
        masks.append((united, names))
    if repeats:
        _check_robustness(found, read, masks, settings, options, progress)
    output = arguments.get("output")
    layout, patient = arguments.get("layout") or LONG, arguments.get("patient") or ""
    written = write_extraction(found, output, layout, patient) if output else []
    progress("done", 1.0, "Features computed")
    return {**without_nan(found.as_json()), "outputs": [str(path) for path in written]}


def _check_robustness(
    found: Extraction,
    images: Mapping[str, sitk.Image],
    masks: Sequence[tuple[sitk.Image, dict[int, str]]],
    settings: Settings,
    options: Options,
    progress: Progress,
) -> None:
    """Add the stability of every feature over all segments and regions."""
    values: dict[str, dict[str, list[float]]] = {}
    width = (COMPUTED - EXTRACTED) / len(masks)
    for number, (mask, names) in enumerate(masks):
        start = EXTRACTED + number * width
        more, warnings = repeated(
            images, mask, settings, names, options, within(progress, start, start + width)
        )
        found.warnings += [text for text in warnings if text not in found.warnings]
        for name, targets in more.items():
            values.setdefault(name, {}).update(targets)
    found.robustness = {name: one.as_json() for name, one in stability(values).items()}


def options_of(given: Mapping[str, Any], profile: str) -> Options:
    """Return the options of a request, with files read.

    Raises:
        InputError: a file cannot be read, or a number means nothing.
    """
    threads = given.get("threads")
    if threads is not None and threads < 1:
        raise InputError(f"{threads} images cannot be worked on at once.", "Give 1 or more.")
    brain, standard = given.get("brain"), given.get("standard")
    return Options(
        engine=given.get("engine") or "elmed",
        profile=given.get("profile") or profile,
        normalisation=given.get("normalisation"),
        brain=read_image(brain, "brain mask") if brain else None,
        standard=NyulStandard.load(standard) if standard else None,
        threads=threads or 1,
    )


def map_files(arguments: Mapping[str, Any], progress: Progress = no_progress) -> dict[str, Any]:
    """Compute feature maps of a file.

    Args:
        arguments: JSON-able: `image` and `mask` (paths), `label`, `settings` or `preset` and
            `options.profile` as for `extract_files`, and `output`, a folder.
        progress: told how far the work is.

    Returns:
        `outputs`: path of the map (NRRD) by full feature name.

    Raises:
        ELMEDError: something cannot be read, used or written.
    """
    settings, profile = settings_of(arguments)
    profile = (arguments.get("options") or {}).get("profile") or profile
    image, mask = read_image(arguments["image"]), read_image(arguments["mask"], "mask")
    asked = arguments.get("label")
    label = int(settings.general["label"] if asked is None else asked)
    maps = feature_maps(image, mask, settings, label, profile, within(progress, READ, COMPUTED))
    outputs = {}
    for name, computed in maps.items():
        path = Path(arguments["output"]) / f"{name}.nrrd"
        with written_whole(path) as temporary:
            sitk.WriteImage(computed, str(temporary), useCompression=True)
        outputs[name] = str(path)
    progress("done", 1.0, "Maps computed")
    return {"outputs": outputs}


def settings_of(arguments: Mapping[str, Any]) -> tuple[Settings, str]:
    """Return the settings, and the profile: the preset's, or for settings' content as given."""
    given = arguments.get("settings")
    if isinstance(given, dict):
        return from_parameters(given), arguments.get("profile") or "pyradiomics"
    if given:
        return read_settings(Path(given)), "pyradiomics"
    if arguments.get("preset"):
        chosen = preset(arguments["preset"])
        return chosen.settings(), chosen.profile
    return Settings(), "pyradiomics"


def cohort(arguments: Mapping[str, Any], progress: Progress = no_progress) -> dict[str, Any]:
    """Measure a cohort; see `cohort.service.measure_cohort`."""
    from ELMEDRadiomicsLib.cohort.service import measure_cohort

    return measure_cohort(arguments, progress)


def cohort_report(arguments: Mapping[str, Any], progress: Progress = no_progress) -> dict[str, Any]:
    """Analyse a measured cohort; see `cohort.reporting.report_cohort`."""
    from ELMEDRadiomicsLib.cohort.reporting import report_cohort

    return report_cohort(arguments, progress)


def _labels(given: Any) -> dict[int, str] | list[int] | None:
    if not given:
        return None
    if isinstance(given, dict):
        return {int(label): str(name) for label, name in given.items()}
    return [int(label) for label in given]


TASKS: dict[str, Callable[[dict[str, Any], Progress], dict[str, Any]]] = {
    "extract": extract_files,
    "maps": map_files,
    "robustness": robustness_files,
    "charts": charts_files,
    "report": report_files,
    "burden": burden_files,
    "follow_up": follow_up_files,
    "cohort": cohort,
    "cohort_report": cohort_report,
}
"""`ELMEDRadiomicsLib.extract`: features of files; `maps`: their maps; `cohort`: many patients."""

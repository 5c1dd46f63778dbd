"""Repeated extraction of files: what the worker is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDLib.progress import Progress, no_progress, within
from ELMEDRadiomicsLib.masks import integer_mask, labels_of
from ELMEDRadiomicsLib.reading import read_image
from ELMEDRadiomicsLib.robustness.perturbations import STEPS
from ELMEDRadiomicsLib.robustness.repeat import repeated
from ELMEDRadiomicsLib.writing import without_nan

if TYPE_CHECKING:
    from collections.abc import Mapping

READ, COMPUTED = 0.05, 0.99


def robustness_files(
    arguments: Mapping[str, Any], progress: Progress = no_progress
) -> dict[str, Any]:
    """Extract features of files again and again, each time from something slightly different.

    Args:
        arguments: JSON-able: `images`, `mask`, `labels`, `settings`, `preset` and `options` as for
            the task `extract`.
        progress: told how far the work is.

    Returns:
        `values` over all repetitions by feature and target (see `stability.Values`; None where one
        is undefined), `repetitions` (titles) and `warnings`.

    Raises:
        ELMEDError: something cannot be read or used.
    """
    from ELMEDRadiomicsLib.tasks import options_of, settings_of

    settings, profile = settings_of(arguments)
    images = {
        name: read_image(path, f"image '{name}'") for name, path in arguments["images"].items()
    }
    mask = integer_mask(read_image(arguments["mask"], "mask"), settings.general["label_channel"])
    given = arguments.get("labels") or labels_of(mask)
    named = given if isinstance(given, dict) else {label: f"label {label}" for label in given}
    labels = {int(label): str(name) for label, name in named.items()}
    options = options_of(arguments.get("options") or {}, profile)
    progress("read", READ, "Files read")
    values, warnings = repeated(
        images, mask, settings, labels, options, within(progress, READ, COMPUTED)
    )
    progress("done", 1.0, "Robustness checked")
    return {"values": without_nan(values), "repetitions": list(STEPS), "warnings": warnings}

"""How good a model is on labelled studies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDLib.errors import InputError
from ELMEDSegmentLib.evaluation import compare
from ELMEDSegmentLib.inputs.study import check_study
from ELMEDSegmentLib.labels import REGIONS
from ELMEDSegmentLib.segment import Options, segment
from ELMEDSegmentLib.training.cases import find_cases
from ELMEDSegmentLib.unseen import without_knowledge_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ELMEDLib.progress import Progress
    from ELMEDSegmentLib.model import Model


@dataclass(frozen=True)
class Judging:
    """How a model is judged.

    Attributes:
        unseen: judge each study by those members of an ensemble that were not trained on it.
        without: a channel that is taken away from each study first.
    """

    unseen: bool = False
    without: str | None = None


def assess(
    model: Model,
    folder: Path,
    names: Sequence[str],
    options: Options | None,
    progress: Progress,
    judging: Judging | None = None,
) -> dict[str, dict[str, dict[str, float]]]:
    """Segment labelled studies as a user would, and return how well each agrees.

    Args:
        model: to judge.
        folder: of studies, in a layout that `training.cases.find_cases` knows.
        names: of the studies to take; all when empty.
        options: for the segmentation.
        progress: told about every study.
        judging: whether only members that never saw a study judge it, and without which channel.

    Returns:
        By the name of the measure ("dice", "hd95_mm", "surface_dice"), by study, by region.

    Raises:
        InputError: a name is not in the folder, or a study cannot be used.
    """
    judging = judging or Judging()
    cases = {case.name: case for case in find_cases(folder)}
    unknown = [name for name in names if name not in cases]
    if unknown:
        raise InputError(
            f"'{folder}' has no study '{unknown[0]}'.", f"It has {', '.join(sorted(cases))}."
        )
    scores: dict[str, dict[str, dict[str, float]]] = {}
    chosen = list(names) or sorted(cases)
    for number, name in enumerate(chosen):
        progress("assessment", number / len(chosen), f"Study {number + 1} of {len(chosen)}")
        study, expected = cases[name].read()
        judge = without_knowledge_of(model, name) if judging.unseen else model
        if judging.without:
            kept = {key: image for key, image in study.images.items() if key != judging.without}
            study = check_study(kept)
        result = segment(study, judge, options)
        found = sitk.GetArrayViewFromImage(result.labels)
        measures = compare(found, expected, result.labels.GetSpacing()[::-1])
        for measure, values in measures.items():
            scores.setdefault(measure, {})[name] = values
    progress("assessment", 1.0, "Done")
    return scores


def mean_scores(scores: dict[str, dict[str, float]]) -> dict[str, float]:
    """Return the mean of each region over the studies, and the regions' mean as "mean"."""
    means = {name: float(np.mean([values[name] for values in scores.values()])) for name in REGIONS}
    return {**means, "mean": float(np.mean(list(means.values())))}

"""The metrics of a run: a JSON object a line, a line a step."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ELMEDSegmentLib.labels import REGIONS
from ELMEDSegmentLib.training.criterion import mean_dice

if TYPE_CHECKING:
    from pathlib import Path

METRICS = "metrics.jsonl"


def read_metrics(folder: Path) -> list[dict[str, Any]]:
    """Return the metrics of the run in `folder`, a mapping a step; none where there is no run.

    A line that is only half there, because the run was killed, is left out.
    """
    path = folder / METRICS
    if not path.is_file():
        return []
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict) and isinstance(row.get("step"), int):
            rows.append(row)
    return rows


def dice_of_regions(row: dict[str, Any]) -> dict[str, float]:
    """Return the mean over patients of each region's Dice in a validated row, and their mean."""
    dice = row["dice"]
    means = {
        region: sum(values[region] for values in dice.values()) / len(dice) for region in REGIONS
    }
    return {**means, "mean": mean_dice(dice)}

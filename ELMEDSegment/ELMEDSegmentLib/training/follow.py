"""Looking at a training run from outside: how far it is, and whether it can go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ELMEDSegmentLib.training.checkpoint import BEST
from ELMEDSegmentLib.training.checkpoint import NAME as CHECKPOINT
from ELMEDSegmentLib.training.criterion import Criterion
from ELMEDSegmentLib.training.metrics import METRICS, read_metrics
from ELMEDSegmentLib.training.plan_file import read_plan
from ELMEDSegmentLib.training.recipe import Recipe

if TYPE_CHECKING:
    from pathlib import Path

    from ELMEDSegmentLib.training.plan_file import PlanRecord


@dataclass(frozen=True)
class RunState:
    """How a run in a folder stands.

    Attributes:
        record: what was planned.
        rows: its metrics.
        step: the last step that was taken.
        steps: that are planned.
        over: why nothing is left to do, "" when it can go on.
        learnt: whether there are weights to install.
    """

    record: PlanRecord
    rows: list[dict[str, Any]]
    step: int
    steps: int
    over: str
    learnt: bool


def state_of(folder: Path) -> RunState | None:
    """Return how the run in `folder` stands, None where there is none.

    Raises:
        InputError: the run is damaged, or of another version.
    """
    record = read_plan(folder)
    if record is None:
        return None
    recipe = Recipe.of_dict(record.recipe)
    rows = read_metrics(folder)
    step = rows[-1]["step"] if rows else 0
    over = Criterion(recipe, rows).reason_to_stop()
    if not over and step >= recipe.steps:
        over = f"All {recipe.steps} steps are done."
    learnt = any((folder / name).is_file() for name in (BEST, CHECKPOINT))
    return RunState(record, rows, step, recipe.steps, over, learnt)


class MetricsFollower:
    """Notices when a run has written new metrics."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / METRICS
        self._seen: tuple[int, int] | None = None

    def news(self) -> list[dict[str, Any]] | None:
        """Return all metrics when they have changed since the last call, else None."""
        try:
            status = self._path.stat()
        except OSError:
            return None
        now = (status.st_mtime_ns, status.st_size)
        if now == self._seen:
            return None
        self._seen = now
        return read_metrics(self.folder)

"""Downloads and installations of models, as runs of a worker of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDLib.bridge.workplace import Workplace
from ELMEDSegmentWidgets.training_run import TaskRun

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FETCH = "ELMEDSegmentLib.install_model"
ADD = "ELMEDSegmentLib.add_model"


class ModelStorekeeper(Workplace):
    """Where models are brought to; segmenting goes on beside it."""

    def start(
        self,
        task: str,
        arguments: Mapping[str, Any],
        onProgress: Callable[[str, float, str], None],
        onEnd: Callable[[TaskRun], None],
    ) -> TaskRun:
        """Start a task and return its run.

        Raises:
            WorkerError: the chosen Python cannot be used.
            RuntimeError: another run still goes on.
        """
        return self.begin(lambda worker: TaskRun(worker, task, arguments, onProgress, onEnd))

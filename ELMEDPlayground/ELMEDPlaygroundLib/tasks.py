"""What the worker can be asked to do in this room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ELMEDLib.progress import Progress
from ELMEDPlaygroundLib.generative.slices.service import SLICE_TASKS
from ELMEDPlaygroundLib.large.service import LARGE_TASKS
from ELMEDPlaygroundLib.scan.service import SCAN_TASKS
from ELMEDPlaygroundLib.session import Session
from ELMEDPlaygroundLib.speech.service import SPEECH_TASKS
from ELMEDPlaygroundLib.tumour.service import TUMOUR_TASKS

Task = Callable[[dict[str, Any], Progress], dict[str, Any]]

SESSION = Session()
"""The experiment lives here between requests, as long as the worker does."""


def _without_progress(
    action: Callable[[dict[str, Any]], dict[str, Any]],
) -> Task:
    return lambda arguments, progress: action(arguments)  # noqa: ARG005 - answers come at once


TASKS: dict[str, Task] = {
    **{name: _without_progress(action) for name, action in SESSION.actions().items()},
    **SCAN_TASKS,
    **SLICE_TASKS,
    **SPEECH_TASKS,
    **LARGE_TASKS,
    **TUMOUR_TASKS,
}

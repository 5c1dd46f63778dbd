"""What a person does at the playground's bench, and waits for, in the tests of its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from host.host import Host


def page(panel: Any, title: str) -> Any:
    """Return a page of the playground by its title."""
    return next(section for section in panel.panel.sections if section.title == title)


def type_into(line: Any, text: str) -> None:
    """Type as a user does, which is told apart from setting a text."""
    from PySide6.QtTest import QTest

    from host.pythonqt import unwrap

    line.setText("")
    QTest.keyClicks(unwrap(line), text)


def step(bench: Any) -> int:
    """Return how far the training is."""
    return int(bench.latest.get("step", 0))


def quiet(host: Host, bench: Any) -> None:
    """Wait until all questions are answered."""
    host.wait_until(lambda: not bench.laboratory.busy, 60)


def run_until(host: Host, panel: Any, bench: Any, reached: int, timeout: float = 60) -> None:
    """Press Run, and Pause at a step or later."""
    panel.ui.runButton.click()
    host.wait_until(lambda: step(bench) >= reached or not bench.running, timeout)
    panel.ui.pauseButton.click()
    quiet(host, bench)

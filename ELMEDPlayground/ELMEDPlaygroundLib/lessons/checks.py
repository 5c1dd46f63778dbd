"""Checks to put lessons together from: each notices one thing that was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.lessons.form import Check
    from ELMEDPlaygroundLib.lessons.watch import Watch


def every(*checks: Check) -> Check:
    """All of these were done."""
    return lambda watch: all(check(watch) for check in checks)


def did(act: str) -> Check:
    """One of the seven steps was done by hand."""
    return lambda watch: watch.run is not None and act in watch.run.acts


def trained(steps: int) -> Check:
    """The weights were changed at least so many times."""
    return lambda watch: watch.run is not None and watch.run.step >= steps


def at_least(name: str, value: float) -> Check:
    """A number of the history, such as `test_accuracy`, has got so high."""

    def check(watch: Watch) -> bool:
        number = watch.run.last(name) if watch.run else None
        return number is not None and number >= value

    return check


def at_most(name: str, value: float) -> Check:
    """A number of the history, such as `train_loss`, has got so low."""

    def check(watch: Watch) -> bool:
        number = watch.run.last(name) if watch.run else None
        return number is not None and number <= value

    return check


def stopped() -> Check:
    """The training stopped by itself."""
    return lambda watch: watch.run is not None and bool(watch.run.stopped)


def looked_at(view: str) -> Check:
    """A view is on screen, and has shown something."""
    return lambda watch: watch.run is not None and view in watch.shown and view in watch.run.views


def learns(kind: str) -> Check:
    """The data are of this kind."""
    return lambda watch: watch.run is not None and watch.run.data.get("kind") == kind


def has(kind: str) -> Check:
    """The network has a hidden layer of this kind, such as `conv`."""
    return lambda watch: watch.run is not None and kind in watch.run.layer_kinds()


def has_no(kind: str) -> Check:
    """The network has no hidden layer of this kind."""
    return lambda watch: watch.run is not None and kind not in watch.run.layer_kinds()


def data_say(name: str, value: object) -> Check:
    """An option of the data has this value."""
    return lambda watch: watch.run is not None and watch.run.data.get(name) == value


def without(name: str) -> Check:
    """An option of the data is not used."""
    return lambda watch: watch.run is not None and not watch.run.data.get(name)


def asked(task: str) -> Check:
    """The engine has answered this question, which is not about the experiment."""
    return lambda watch: bool(watch.answers(task))

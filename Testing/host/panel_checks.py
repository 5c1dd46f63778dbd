"""What the tests of every panel look at."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from host.names import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_IMPORTS = """
import sys
import host
started = host.start([{name!r}])
started.select_module({name!r})
heavy = set({modules!r}) & set(sys.modules)
assert not heavy, heavy
assert started.slot_errors == [], started.slot_errors
started.shut_down()
"""


def opens_without(name: str, modules: Iterable[str]) -> None:
    """Check, in a process of its own, that opening a module's panel imports none of `modules`."""
    program = _IMPORTS.format(name=name, modules=sorted(modules))
    subprocess.run([sys.executable, "-c", program], cwd=ROOT / "Testing", check=True)


def without_help(ui: Any, top: str) -> list[str]:
    """Return the names of widgets of a panel that have no help text; `top` is the panel's own."""
    return [
        name
        for name, widget in vars(ui).items()
        if hasattr(widget, "toolTip")
        and not widget.toolTip
        and name != top
        and not name.startswith(("qt_", "Scroll"))  # parts that Qt makes for itself
    ]


def nodes_left_by_reloading(host: Any, name: str, times: int) -> int:
    """Open, close and reload a module `times` times; return how many nodes have been left."""
    scene = host.core.scene
    host.close_scene()
    before = scene.GetNumberOfNodes()
    for _ in range(times):
        host.select_module(name)
        host.close_scene()
        host.reload(name)
        host.select_module("")
    host.close_scene()
    return max(scene.GetNumberOfNodes() - before, 0)


def wait_for(condition: Callable[[], Any], timeout: float) -> None:
    """Wait without letting Qt work: what is awaited happens in another thread or process.

    Raises:
        TimeoutError: it did not happen within `timeout` seconds.
    """
    end = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"Still not so after {timeout} s: {condition}")
        time.sleep(0.01)


def is_alive(process_id: int) -> bool:
    """Tell whether a process still runs."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


_CONTROLS = ("QAbstractButton", "QComboBox", "QLineEdit", "QAbstractSpinBox", "QSlider")
_OWNERS = (
    "QComboBox",
    "QAbstractSpinBox",
    "QTabBar",
    "QTabWidget",
    "QTableView",
    "ctkPathLineEdit",
    "qMRMLNodeComboBox",
)
"""Widgets that make parts for themselves; these speak with their owner's help."""


def controls_without_help(panel: Any) -> list[str]:
    """Return what can be clicked or typed into below a panel's widget and has no help text."""
    from PySide6.QtWidgets import QWidget

    from host.pythonqt import unwrap

    def has_help(widget: QWidget | None) -> bool:
        while widget is not None:
            if widget.toolTip():
                return True
            owner = widget.parentWidget()
            while owner is not None and not any(owner.inherits(name) for name in _OWNERS):
                owner = owner.parentWidget() if not owner.layout() else None
            widget = owner
        return False

    return [
        f"{widget.metaObject().className()} {widget.objectName()}"
        for widget in unwrap(panel).findChildren(QWidget)
        if any(widget.inherits(name) for name in _CONTROLS) and not has_help(widget)
    ]

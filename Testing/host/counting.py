"""What a module leaves behind: observers of VTK objects, nodes, child processes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

PATIENCE_S = 30.0


class ObserverCount:
    """Counts the observers that Python code other than the host adds to some VTK objects."""

    def __init__(self) -> None:
        self._live: dict[tuple[int, int], str] = {}
        self._watched: list[Any] = []

    def watch(self, observed: Any) -> None:
        """Count from now on for one object."""
        if any(observed is other for other in self._watched):
            return
        self._watched.append(observed)
        add, remove = observed.AddObserver, observed.RemoveObserver

        def add_observer(event: Any, callback: Any, *rest: Any) -> int:
            tag = add(event, callback, *rest)
            if not getattr(callback, "__module__", "").startswith("host."):
                self._live[id(observed), tag] = repr(callback)
            return tag

        def remove_observer(tag: int) -> Any:
            self._live.pop((id(observed), tag), None)
            return remove(tag)

        observed.AddObserver = add_observer
        observed.RemoveObserver = remove_observer

    def __len__(self) -> int:
        return len(self._live)

    def __repr__(self) -> str:
        return "\n".join(self._live.values())


@dataclass(frozen=True)
class Standing:
    """How much there is at one moment."""

    observers: int
    nodes: int
    processes: int


def child_processes(of: int | str = "self") -> list[int]:
    """Return the process numbers of all descendants of a process (Linux)."""
    found: list[int] = []
    root = Path("/proc") / str(of)
    for number in _children(root):
        found += [number, *child_processes(number)]
    return sorted(set(found))


def _children(process: Path) -> list[int]:
    """Return the direct children; none where the process or a thread has ended meanwhile."""
    children: list[int] = []
    with suppress(OSError):
        for thread in (process / "task").iterdir():
            with suppress(OSError):
                children += [int(number) for number in (thread / "children").read_text().split()]
    return children


def standing(host: Any, observers: ObserverCount, before: Collection[int] = ()) -> Standing:
    """Return how much there is now.

    Args:
        host: the host.
        observers: what is watched.
        before: processes that were there before and are not counted. What was told to end may take
            its time to.
    """

    def new() -> set[int]:
        return set(child_processes()).difference(before)

    host.process_events()
    with suppress(TimeoutError):
        # With Qt at work: a panel may wait for its worker's last answer before it lets it go.
        host.wait_until(lambda: not new(), PATIENCE_S)
    return Standing(len(observers), host.core.scene.GetNumberOfNodes(), len(new()))

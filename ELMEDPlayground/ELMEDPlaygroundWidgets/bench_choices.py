"""What is chosen for the experiment on the bench, and who hears of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import qt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundWidgets.follower import Follower

SETTLE_MS = 120
"""How long choices are waited for before the experiment is made anew from them."""

PARTS = ("data", "network", "settings")


class BenchChoices(ABC):
    """Holds the choices and what belongs to them, and tells the followers.

    Attributes:
        spec: `data`, `network` and `settings`, as the engine takes them; and `generate` while a
            generator is on the bench instead of a network that classifies.
        summary: what the worker said of the experiment; None until it has one.
        running: whether the training goes on.
        state: the experiment as of some seconds ago at the most; None when there is none.
        notes: what pages keep with the scene beside the experiment, by page; see `note`.
    """

    def __init__(self) -> None:
        self.spec: dict[str, Any] = {part: {} for part in PARTS}
        self.summary: dict[str, Any] | None = None
        self.running = False
        self.state: dict[str, Any] | None = None
        self.notes: dict[str, Any] = {}
        self._followers: list[Follower] = []
        self._generation = 0  # counts the experiments
        self._live: dict[str, Any] = {}  # settings that were changed since the state was fetched
        self._unsettled = False
        self._settling = qt.QTimer()
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._settling.connect("timeout()", self.create)

    @abstractmethod
    def create(self) -> None:
        """Make the experiment: from its state when there is one, else anew."""

    @abstractmethod
    def _tellLive(self, settings: Mapping[str, Any]) -> None:
        """Tell the worker of settings that were changed on the run."""

    def follow(self, follower: Follower) -> None:
        """Tell a part of the panel what happens from now on."""
        self._followers.append(follower)

    def change(self, **parts: Mapping[str, Any]) -> None:
        """Choose other data, another network or other settings; the experiment begins anew.

        Args:
            parts: `data`, `network`, `settings`, or `generate` alone, each as a whole. Without
                `generate`, a generator gives way to the network that classifies.
        """
        parts = {"generate": {}, **parts}
        known = {"generate": {}, **self.spec}
        changed = {name: dict(part) for name, part in parts.items() if known[name] != part}
        if changed:
            spec = {**known, **changed}
            self.spec = {name: part for name, part in spec.items() if part or name in PARTS}
            self._setRunning(False)
            self._generation += 1
            self.summary = self.state = None
            self._live = {}
            self._tell("specChanged")
            self._createSoon()

    def changeLive(self, **settings: Any) -> None:
        """Change settings, such as the learning rate, without beginning anew.

        They are those of a network that classifies: where a generator is, it gives way.
        """
        if self.spec.get("generate"):
            self.change(settings={**self.spec["settings"], **settings})
            return
        self._changeLive("settings", settings)

    def changeGeneratorLive(self, **settings: Any) -> None:
        """Change settings of the generator, those that its model's `Settings.LIVE` names."""
        self._changeLive("generate", settings)

    def _changeLive(self, part: str, settings: Mapping[str, Any]) -> None:
        self.spec[part] = {**self.spec[part], **settings}
        self._live = {**self._live, **settings}
        self._tell("specChanged")
        self._tellLive(settings)

    def lay(self, spec: Mapping[str, Any], state: Mapping[str, Any] | None) -> None:
        """Lay an experiment on the bench that was saved; `create` wakes it up.

        Args:
            spec: the choices.
            state: where it was; without one it begins anew.
        """
        self._settle()
        self._setRunning(False)
        self._generation += 1
        self.summary = None
        self._live = {}
        self.spec = {part: dict(spec.get(part) or {}) for part in PARTS}
        if spec.get("generate"):
            self.spec["generate"] = dict(spec["generate"])
        self.state = dict(state) if state else None
        self._tell("specChanged")

    def restore(self, spec: Mapping[str, Any], state: Mapping[str, Any] | None) -> None:
        """Take up an experiment that was saved, now."""
        self.lay(spec, state)
        self.create()

    def note(self, page: str, value: Any) -> None:
        """Keep something with the scene; `value` is what JSON can carry."""
        self.notes = {**self.notes, page: value}
        self._tell("noted")

    def happened(self, task: str, answer: Mapping[str, Any]) -> None:
        """Tell everybody what was found out beside the experiment, about a scan for instance."""
        self._tell("happened", task, answer)

    def troubled(self, sentence: str) -> None:
        """Tell everybody what keeps the experiment from going on, "" when nothing does."""
        self._tell("troubled", sentence)

    def _settle(self) -> None:
        self._settling.stop()
        self._unsettled = False

    def _createSoon(self) -> None:
        self._unsettled = True
        self._settling.start()

    def _setRunning(self, running: bool) -> None:
        if running != self.running:
            self.running = running
            self._tell("runningChanged", running)

    def _tell(self, what: str, *about: Any) -> None:
        for follower in self._followers:
            getattr(follower, what)(*about)

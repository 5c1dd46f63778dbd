"""What was seen of the experiments since a lesson was opened."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ELMEDPlaygroundLib.arrays import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass
class Run:
    """One experiment, from its first weights until it was begun anew or changed.

    Attributes:
        spec: `data`, `network`, `settings`, the latter as they are now.
        summary: what the engine said of it.
        step: how many times the weights were changed.
        acts: which of the seven steps were done by hand, and with which numbers.
        history: rows of loss and accuracy.
        stopped: why it stopped by itself, "" when it did not.
        views: what each view showed last, as the engine sends it.
        learning_rates: those that it was trained with, in order.
    """

    spec: dict[str, Any]
    summary: dict[str, Any]
    step: int = 0
    acts: dict[str, dict[str, Any]] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    stopped: str = ""
    views: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    learning_rates: list[float] = field(default_factory=list)

    @property
    def data(self) -> Mapping[str, Any]:
        """What is learnt."""
        return self.spec.get("data", {})

    @property
    def generator(self) -> Mapping[str, Any]:
        """The generator that learns; {} where a network learns to classify."""
        return self.spec.get("generate") or {}

    @property
    def layers(self) -> list[Mapping[str, Any]]:
        """The hidden layers."""
        return list(self.spec.get("network", {}).get("layers", ()))

    def layer_kinds(self) -> list[str]:
        """Return the kinds of the hidden layers, in order."""
        return [layer["kind"] for layer in self.layers]

    def view(self, name: str) -> Mapping[str, Any]:
        """Return what a view showed last, arrays as arrays; {} when nothing."""
        return decode(self.views.get(name) or {})

    def last(self, name: str) -> float | None:
        """Return the latest number of this name in the history, such as `test_accuracy`."""
        for row in reversed(self.history):
            if row.get(name) is not None:
                return float(row[name])
        return None

    def first(self, name: str) -> float | None:
        """Return the first number of this name in the history."""
        for row in self.history:
            if row.get(name) is not None:
                return float(row[name])
        return None


class Watch:
    """Remembers what happened on the bench; the checks of a lesson look at it."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.shown: tuple[str, ...] = ()
        self._answers: dict[str, list[Mapping[str, Any]]] = {}

    @property
    def run(self) -> Run | None:
        """The experiment that is on the bench."""
        return self.runs[-1] if self.runs else None

    def created(self, spec: Mapping[str, Any], summary: Mapping[str, Any]) -> None:
        """Take note that an experiment began."""
        kept = copy.deepcopy(dict(spec))
        if kept.get("generate"):
            # What a classifier would learn from is still chosen, but it is not on the bench.
            kept.update(data={}, network={}, settings={})
        self.runs.append(Run(kept, dict(summary)))
        self._note_learning_rate()

    def changed(self, settings: Mapping[str, Any]) -> None:
        """Take note that settings changed while the experiment went on."""
        if self.run is not None:
            self.run.spec["settings"] = dict(settings)

    def answered(self, answer: Mapping[str, Any], act: str = "") -> None:
        """Take note of what the engine answered.

        Args:
            answer: with `step`, `numbers`, `history` (new rows), `views` and `stopped`.
            act: which of the seven steps was done by hand, "" for none.
        """
        run = self.run
        if run is None:
            return
        moved = answer.get("step", run.step) > run.step
        run.step = answer.get("step", run.step)
        # Rows are told once; initialising takes back those there were.
        run.history[answer.get("history_from", len(run.history)) :] = answer.get("history") or ()
        run.views.update(answer.get("views") or {})
        run.stopped = answer.get("stopped") or run.stopped
        if act:
            run.acts[act] = dict(answer.get("numbers") or {})
        if moved:
            self._note_learning_rate()

    def looked(self, views: Iterable[str]) -> None:
        """Take note of which views are on screen."""
        self.shown = tuple(views)

    def happened(self, task: str, answer: Mapping[str, Any]) -> None:
        """Take note of what the engine answered to a question beside the experiment."""
        self._answers.setdefault(task, []).append(answer)

    def answers(self, task: str) -> list[Mapping[str, Any]]:
        """Return the answers to such a question, in order."""
        return self._answers.get(task, [])

    def _note_learning_rate(self) -> None:
        run = self.run
        rate = run.spec.get("settings", {}).get("learning_rate") if run else None
        if run is not None and rate is not None and rate not in run.learning_rates[-1:]:
            run.learning_rates.append(rate)

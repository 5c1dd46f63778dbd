"""One experiment on the bench, and the short questions that a panel asks about it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.arrays import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ELMEDPlaygroundLib.experiment.experiment import Experiment
    from ELMEDPlaygroundLib.generative.experiment import GenerativeExperiment

LONGEST_S = 10.0
MOST_STEPS = 100_000
WORTH_THREADS = 2e8
"""Multiplications in a step above which more than one thread is faster."""

MOST_THREADS = 4

ACTS = {
    "initialise": ("initialise",),
    "grab_batch": ("grab_batch", "predict"),
    "loss": ("calculate_loss",),
    "gradients": ("calculate_gradients",),
    "update": ("update_weights",),
    "stop": (),
}
"""The seven steps by name, and what each calls; the sixth, repeat, is `advance`."""


class Session:
    """Answers questions about one experiment.

    Each answer has `step`, `epoch`, `numbers` (of the moment), `history` (the rows that no answer
    had before; `history_from` is the place of the first), `views`, `stopped` (None or why) and
    `explanation`; that of a generator `told`, too, its latest row in words: pairs of what and how
    much. Arrays are as `ELMEDPlaygroundLib.arrays.encode` writes them.
    """

    def __init__(self) -> None:
        self._experiment: Experiment | GenerativeExperiment | None = None
        self._told = 0

    @property
    def experiment(self) -> Any:
        """The experiment on the bench: an `Experiment` or a `GenerativeExperiment`.

        Raises:
            InputError: there is none yet.
        """
        if self._experiment is None:
            raise InputError("There is no experiment yet.", "Choose data and a network first.")
        return self._experiment

    def create(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Make an experiment; answers `summary`, too.

        Of `data`, `network` and `settings` it is one that classifies; where `generate` says
        something, it is a generator of one of the `generative.models`, and the others are left
        alone.
        """
        from ELMEDPlaygroundLib.experiment.experiment import PARTS, Experiment
        from ELMEDPlaygroundLib.generative import models

        if arguments.get("generate"):
            return self._begin(models.begin(arguments["generate"]), arguments)
        spec = {name: arguments[name] for name in PARTS if name in arguments}
        return self._begin(Experiment(spec), arguments)

    def load(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Take up an experiment from its `state`, or from the file `path`."""
        from ELMEDPlaygroundLib.experiment import file, state
        from ELMEDPlaygroundLib.generative import state as generator_state

        saved = arguments.get("state")
        if saved is None and isinstance(arguments.get("path"), str):
            saved = file.read_json(Path(arguments["path"]))
        if generator_state.is_state(saved):
            return self._begin(generator_state.load(saved), arguments)
        return self._begin(state.load(saved), arguments)

    def act(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Do one of the seven steps: `step` is its name; `numbers` are those of the step."""
        name = checked.choice(arguments.get("step"), "the step", ACTS)
        self._need_classifier("The seven steps are")
        numbers: dict[str, Any] = {}
        for method in ACTS[name]:
            numbers |= getattr(self.experiment, method)()
        reason = self.experiment.stop_reason()
        if not ACTS[name]:
            numbers = {"stop": reason is not None, "why": reason, **self._latest()}
        if name == "initialise":
            self._told = 0
        return {**self._answer(arguments), "numbers": encode(numbers), "act": name}

    def advance(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Train for `seconds` or `steps`, not beyond `until`; a step at least."""
        seconds, steps, until = (arguments.get(name) for name in ("seconds", "steps", "until"))
        if seconds is not None:
            seconds = checked.number(seconds, "'seconds'", 0.0, LONGEST_S)
        if steps is not None:
            steps = checked.whole(steps, "'steps'", 1, MOST_STEPS)
        if until is not None:
            until = checked.whole(until, "'until'", 0, 2**62)
        self.experiment.advance(seconds, steps, until)
        return self._answer(arguments)

    def view(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Answer `views` alone."""
        return self._answer(arguments)

    def set(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Change settings on the run: `learning_rate`, `weight_decay`, `batch`, `stop`."""
        changes = {name: value for name, value in arguments.items() if name != "views"}
        self.experiment.change(changes)
        return {**self._answer(arguments), "settings": self.experiment.settings.as_json()}

    def save(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the `state`; with `path`, write it to that file instead."""
        from ELMEDPlaygroundLib.experiment import file, state

        if self._generates:
            from ELMEDPlaygroundLib.generative import state as generator_state

            saved = generator_state.save(self.experiment)
        else:
            saved = state.save(self.experiment)
        if arguments.get("path"):
            return {"outputs": [str(file.write_json(Path(arguments["path"]), saved))]}
        return {"state": saved}

    def script(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the experiment as a `script` for PyTorch; with `path`, write it there instead."""
        from ELMEDPlaygroundLib.experiment import file
        from ELMEDPlaygroundLib.experiment.script import script_of

        self._need_classifier("The PyTorch script is")
        text = script_of(self.experiment)
        if arguments.get("path"):
            return {"outputs": [str(file.write_text(Path(arguments["path"]), text))]}
        return {"script": text}

    def evaluate(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Answer loss and accuracy over all examples as `numbers`."""
        return {**self._answer(arguments), "numbers": encode(self.experiment.evaluate())}

    def actions(self) -> dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]]:
        """Return what can be asked, by name."""
        names = ["create", "load", "act", "advance", "view", "set", "save", "script", "evaluate"]
        return {name: getattr(self, name) for name in names}

    @property
    def _generates(self) -> bool:
        from ELMEDPlaygroundLib.generative.experiment import GenerativeExperiment

        return isinstance(self.experiment, GenerativeExperiment)

    def _need_classifier(self, what: str) -> None:
        if self._generates:
            raise InputError(
                f"{what} for networks that classify, and a generator is on the bench.",
                "Choose data, or a preset on the page Network, first.",
            )

    def _begin(self, experiment: Any, arguments: Mapping[str, Any]) -> dict[str, Any]:
        self._experiment = experiment
        self._told = 0
        if self._generates:
            choose_threads(experiment.cost)
            return {**self._answer(arguments), "summary": experiment.summary()}
        choose_threads(experiment.design.operations * experiment.settings.batch)
        return {**self._answer(arguments), "summary": summary(experiment)}

    def _latest(self) -> dict[str, Any]:
        row = self.experiment.history[-1]
        return {name: value for name, value in row.items() if name not in ("step", "epoch")}

    def _answer(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        from ELMEDPlaygroundLib.views import look

        experiment = self.experiment
        views = checked.mapping(arguments.get("views") or {}, "the list of views")
        shown = look(experiment, views)
        first, self._told = self._told, len(experiment.history)
        answer = {
            "step": experiment.step,
            "epoch": experiment.epochs,
            "numbers": {**self._latest(), "learning_rate": experiment.settings.learning_rate},
            "history": experiment.history[first:],
            "history_from": first,
            "views": shown,
            "stopped": experiment.stopped,
            "explanation": experiment.explanation,
        }
        if self._generates:
            answer["told"] = experiment.told(experiment.history[-1])
        return dict(encode(answer))


def summary(experiment: Experiment) -> dict[str, Any]:
    """Return what there is to know of data and network before any training."""
    data, design = experiment.data, experiment.design
    return {
        "data": data.name,
        "points": len(data.input_shape) == 1,
        "input_shape": list(data.input_shape),
        "classes": list(data.classes),
        "train": len(data.train),
        "test": len(data.test),
        "looked_at": [len(part) for part in experiment.looked_at],
        "layers": [row.as_json() for row in design.summary()],
        "parameters": design.parameters,
        "spec": encode(experiment.spec),
        "settings": experiment.settings.as_json(),
    }


def choose_threads(cost: float) -> None:
    """Let small networks run on one thread: several would wait for each other.

    Args:
        cost: multiplications in a step.
    """
    import torch

    from ELMEDPlaygroundLib.threads import own_number

    own_number()
    cores = os.cpu_count() or 1
    torch.set_num_threads(min(cores, MOST_THREADS) if cost > WORTH_THREADS else 1)

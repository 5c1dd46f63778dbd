"""The experiment itself: seven steps, one at a time or many in a row."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib import checked
from ELMEDPlaygroundLib.data.dataset import make_dataset
from ELMEDPlaygroundLib.experiment import criterion, divergence, rows
from ELMEDPlaygroundLib.experiment.chance import torch_seed
from ELMEDPlaygroundLib.experiment.order import Order
from ELMEDPlaygroundLib.experiment.settings import Settings, changed, changes_since, settings_from
from ELMEDPlaygroundLib.networks.design import design_from
from ELMEDPlaygroundLib.networks.initialise import initial_weights
from ELMEDPlaygroundLib.networks.layers import Dropout, Normalisation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

PARTS = ("data", "network", "settings")
CHUNK = 256
MOST_VALUES = 500_000_000
"""Numbers that a network may hold at once, all layers and examples together: 2 GB, and in training
as much again."""

MOST_CHANGES = 10_000


class Experiment:
    """A network that learns from data.

    Attributes:
        spec: `data`, `network`, `settings`, as they were given.
        data: the examples.
        design: the network on paper.
        network: the network, a `torch.nn.Module`; each layer is an attribute under its name.
        settings: as they are now.
        step: how many times the weights were changed.
        history: rows of `step`, `epoch`, `train_loss`, `train_accuracy`, `test_loss`,
            `test_accuracy`; when rows come depends on the step's number alone.
        changes: what was changed on the run, as (step, {name: value}).
        explanation: in plain words why it stopped, None while it goes on.
    """

    def __init__(self, spec: Mapping[str, Any]) -> None:
        """Make data and network, and give the network its first weights.

        Raises:
            InputError: the spec says something that is not allowed.
            MissingPackageError: a package that the data come with is not installed.
        """
        from ELMEDPlaygroundLib.experiment.weights import Weights
        from ELMEDPlaygroundLib.networks.build import build

        spec = checked.mapping(spec, "the experiment")
        checked.known(spec, PARTS, "an experiment")
        self.spec = {name: dict(checked.mapping(spec.get(name, {}), name)) for name in PARTS}
        self.settings: Settings = settings_from(self.spec["settings"])
        self.data = make_dataset(self.spec["data"])
        self.design = design_from(
            self.spec["network"], self.data.input_shape, len(self.data.classes)
        )
        self.check_batch(self.settings)
        self._prepare_data()
        self.network = build(self.design)
        self.weights = Weights(self.network)
        layers = self.design.layers
        self._drops = any(isinstance(layer, Dropout) for layer in layers)
        self._logits: Tensor | None = None
        self._loss: Tensor | None = None
        self._running_before: dict[str, Tensor] = {}
        """Running means and spreads before the batch was predicted; {} when it was not."""

        self._has_modes = self._drops or any(isinstance(layer, Normalisation) for layer in layers)
        self.initialise()

    def _prepare_data(self) -> None:
        import torch

        self.looked_at = rows.looked_at(self.data, self.design)
        shown = sum(len(part) for part in self.looked_at)
        self.every = rows.spacing(shown, self.settings.batch)
        self._inputs = torch.from_numpy(self.data.inputs)
        self._targets = torch.from_numpy(self.data.targets)

    # The seven steps

    def initialise(self) -> dict[str, Any]:
        """Give the network its first weights, and begin at step 0."""
        from ELMEDPlaygroundLib.experiment.losses import LOSSES
        from ELMEDPlaygroundLib.experiment.optimisers import OPTIMISERS

        first = initial_weights(self.design, self.settings.seed)
        self.weights.set(first)
        self.optimiser = OPTIMISERS[self.settings.optimiser](self.weights.values)
        self._loss_of = LOSSES[self.settings.loss]
        fewest = 2 if self._normalises_batches else 1
        self.order = Order(self.data.train, self.settings.seed, fewest=fewest)
        self.step = 0
        # What was changed on the run before holds from the first step on now.
        before = changes_since(settings_from(self.spec["settings"]), self.settings)
        self.changes: list[tuple[int, dict[str, Any]]] = [(0, before)] if before else []
        self.history: list[dict[str, Any]] = []
        self.stopped: str | None = None
        self.explanation: str | None = None
        self._running_before = {}
        self._forget_batch()
        self._write_row()
        return self.weights.numbers()

    def grab_batch(self) -> dict[str, Any]:
        """Take the training examples of this step; the same ones until the weights have moved."""
        indices = self.order.batch(self.settings.batch)
        self._logits = self._loss = None
        self._has_gradient = False
        counts = np.bincount(self.data.targets[indices], minlength=len(self.data.classes))
        return {
            "step": self.step,
            "epoch": self.order.epochs,
            "examples": len(indices),
            "of_each_class": counts.tolist(),
        }

    def predict(self) -> dict[str, Any]:
        """Let the network say what the batch's examples are."""
        logits, targets = self._predicted()
        probabilities = logits.detach().softmax(1)
        of_truth = probabilities.gather(1, targets[:, None])
        return {
            "examples": len(targets),
            "right": int((probabilities.argmax(1) == targets).sum()),
            "mean_probability_of_the_truth": float(of_truth.mean()),
            "probability_by_chance": 1.0 / len(self.data.classes),
        }

    def calculate_loss(self) -> dict[str, Any]:
        """Say with one number how wrong the predictions are."""
        self._loss = self._loss_of(*self._predicted())
        classes = len(self.data.classes)
        by_chance = math.log(classes)
        if self.settings.loss == "squared_error":
            by_chance = 1.0 - 1.0 / classes
        loss: float = self._loss.item()
        return {"loss": loss, "loss_by_chance": by_chance}

    def calculate_gradients(self) -> dict[str, Any]:
        """Find out for each weight how the loss grows with it."""
        loss = self._loss
        if loss is None:
            loss = self._loss_of(*self._predicted())
        self.weights.forget_gradient()
        loss.backward()
        self._loss = self._logits = None
        self._has_gradient = True
        return self.weights.gradient_numbers()

    def update_weights(self) -> dict[str, Any]:
        """Move each weight a little, against its gradient."""
        if not self._has_gradient:
            self.calculate_gradients()
        before = self.weights.values.clone()
        self._move(len(self.order.batch(self.settings.batch)))
        self._running_before = {}
        self._forget_batch()
        if rows.due(self.step, self.every):
            self._write_row()
        return {
            "step": self.step,
            "learning_rate": self.settings.learning_rate,
            **self.weights.change_numbers(before),
        }

    def stop_reason(self) -> str | None:
        """Return why to stop now: "diverged" or what the criterion says, None to go on."""
        if self.stopped != "diverged":
            self.stopped = criterion.met(self.settings.stop, self.step, self.history)
            self.explanation = criterion.sentence(self.stopped, self.settings.stop, self.step)
        return self.stopped

    # Many steps

    def train_step(self) -> float:
        """Do steps 2 to 5, and return the loss of the batch; NaN when the training has run away."""
        import torch

        batch = torch.from_numpy(self.order.batch(self.settings.batch))
        if self._drops:
            torch.manual_seed(torch_seed(self.settings.seed, self.step))
        loss = self._loss_of(self.network(self._inputs[batch]), self._targets[batch])
        self.weights.forget_gradient()
        loss.backward()
        value = loss.item()
        if divergence.diverged(value, self._first_loss):
            self._take_back(value)
            return math.nan
        self._move(len(batch))
        return value

    def advance(
        self, seconds: float | None = None, steps: int | None = None, until: int | None = None
    ) -> str | None:
        """Train for a time or for some steps, at least one; and return why it stopped, if it did.

        Args:
            seconds: of the clock.
            steps: how many.
            until: the step at which to pause; that is no stop.
        """
        if self.stop_reason():
            return self.stopped
        end = time.perf_counter() + (math.inf if seconds is None else seconds)
        last = self.step + (1 if seconds is None and steps is None else steps or 2**62)
        last = min(last, until) if until is not None and until > self.step else last
        if self.settings.stop.steps > self.step:
            last = min(last, self.settings.stop.steps)
        self._unpredict()
        self._forget_batch()
        self._train_mode()
        while self.step < last:
            self.train_step()
            if self.stopped:
                return self.stopped
            if rows.due(self.step, self.every):
                self._write_row()
                if self.stop_reason():
                    return self.stopped
                self._train_mode()
            if time.perf_counter() >= end:
                break
        return self.stop_reason()

    def change(self, changes: Mapping[str, Any]) -> None:
        """Change settings on the run, such as the learning rate.

        Raises:
            InputError: that cannot be changed, or not to this value.
        """
        settings = changed(self.settings, changes)
        self.check_batch(settings)
        was, self.settings = self.settings, settings
        values = changes_since(was, settings)
        if values and self.changes and self.changes[-1][0] == self.step:
            self.changes[-1][1].update(values)
        elif values and len(self.changes) < MOST_CHANGES:
            self.changes.append((self.step, values))
        if self.stopped:
            self.stopped = self.explanation = None
        self._forget_batch()

    # Looking

    def evaluate(self, *, everything: bool = True) -> dict[str, float]:
        """Return `train_loss`, `train_accuracy`, `test_loss`, `test_accuracy`.

        Args:
            everything: look at all examples; else at those that the history's rows are about.
        """
        parts = (self.data.train, self.data.test) if everything else self.looked_at
        result: dict[str, float] = {}
        for name, indices in zip(("train", "test"), parts, strict=True):
            loss, accuracy = self._judge(indices)
            result |= {f"{name}_loss": loss, f"{name}_accuracy": accuracy}
        return result

    def lasting_weights(self) -> dict[str, np.ndarray]:
        """Return all weights by name, as they are without the prediction of a batch under way."""
        before = {name: value.numpy() for name, value in self._running_before.items()}
        return {**self.weights.get(), **before}

    def activations(self, inputs: np.ndarray) -> dict[str, np.ndarray]:
        """Return what each layer makes of inputs, by name and in order; "logits" come last.

        Args:
            inputs: points (n, features) or images (n, channel, y, x).
        """
        import torch

        values = torch.from_numpy(np.ascontiguousarray(inputs, np.float32))
        self.network.eval()
        with torch.no_grad():
            outputs = {name: value.numpy() for name, value in self.network.outputs(values).items()}
        outputs["logits"] = outputs.pop("output")
        return outputs

    @property
    def epochs(self) -> float:
        """How often the training examples were gone through."""
        return self.order.epochs

    # The machinery

    @property
    def _normalises_batches(self) -> bool:
        layers = self.design.layers
        return any(isinstance(layer, Normalisation) and layer.mode == "batch" for layer in layers)

    @property
    def _first_loss(self) -> float:
        return self.history[0]["train_loss"] or 0.0

    def check_batch(self, settings: Settings) -> None:
        """Make sure that a step can be done with a batch of this size.

        Raises:
            InputError: it cannot.
        """
        if self._normalises_batches and min(settings.batch, len(self.data.train)) == 1:
            raise InputError(
                "Normalisation over the batch makes no sense with one example in it.",
                "Take a batch of at least 2, or normalise over the layer.",
            )
        most = MOST_VALUES // self.design.values
        if min(settings.batch, len(self.data.train)) > most:
            raise InputError(
                f"A batch of {settings.batch:,} takes more memory than this network may have.",
                f"Take a batch of at most {most:,}, or fewer filters.",
            )

    def _train_mode(self) -> None:
        import torch

        if self._drops:
            torch.manual_seed(torch_seed(self.settings.seed, self.step))
        self.network.train()

    def _predicted(self) -> tuple[Tensor, Tensor]:
        """Return the logits of the batch that is due, computed once, and its targets."""
        import torch

        batch = torch.from_numpy(self.order.batch(self.settings.batch))
        if self._logits is None:
            self._unpredict()
            self._running_before = self.weights.running()
            self._train_mode()
            self._logits = self.network(self._inputs[batch])
        return self._logits, self._targets[batch]

    def _unpredict(self) -> None:
        """Let a batch count once in running means, however often it is looked at before a step."""
        if self._running_before:
            self.weights.set_running(self._running_before)
            self._running_before = {}

    def _forget_batch(self) -> None:
        self._logits = self._loss = None
        self._has_gradient = False

    def _move(self, examples: int) -> None:
        settings = self.settings
        self.optimiser.step(
            self.weights.values,
            self.weights.gradient,
            settings.learning_rate,
            settings.weight_decay,
        )
        self.order.move(examples)
        self.step += 1

    def _judge(self, indices: np.ndarray) -> tuple[float, float]:
        import torch

        if self._has_modes:
            self.network.eval()
        loss = right = 0.0
        count = min(CHUNK, MOST_VALUES // self.design.values)
        with torch.no_grad():
            for start in range(0, len(indices), count):
                chosen = torch.from_numpy(indices[start : start + count])
                logits, targets = self.network(self._inputs[chosen]), self._targets[chosen]
                loss += float(self._loss_of(logits, targets)) * len(chosen)
                right += float((logits.argmax(1) == targets).sum())
        return loss / len(indices), right / len(indices)

    def _write_row(self) -> None:
        row = {"step": self.step, "epoch": self.order.epochs, **self.evaluate(everything=False)}
        if self.history and divergence.diverged(row["train_loss"], self._first_loss):
            self._take_back(row["train_loss"])
            return
        self.history.append(row)
        self.weights.remember()

    def _take_back(self, loss: float) -> None:
        """Go back to the last weights that were sound, and say what happened."""
        self.stopped = "diverged"
        self.explanation = divergence.explanation(loss, self.step, self.settings)
        self.weights.take_back()
        self._running_before = {}
        self.optimiser = type(self.optimiser)(self.weights.values)
        self._forget_batch()

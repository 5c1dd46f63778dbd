"""What a lesson is made of: plain data, so that it can be shown, translated and tested anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ELMEDPlaygroundLib.lessons.watch import Watch

Check = Callable[[Watch], bool]
"""Tells whether the thing was done, from what was seen of the experiments."""


def translatable(text: str) -> str:
    """Mark a text of this file for translation, and return it as it is.

    Imported as `_`, which is what tools that collect texts look for. The engine knows no language:
    whoever shows a lesson translates its texts, in the context that the lesson names.
    """
    return text


@dataclass(frozen=True)
class Work:
    """Something that the engine computes for a step, beside the experiment.

    Attributes:
        task: its name in `ELMEDPlaygroundLib.tasks`.
        arguments: what JSON can carry.
        title: what the button says.
    """

    task: str
    arguments: Mapping[str, Any]
    title: str


@dataclass(frozen=True)
class Setup:
    """What one click prepares.

    Attributes:
        data: what is learnt, None to leave it as it is.
        network: what learns, None to leave it as it is.
        settings: how it is trained, None to leave that as it is.
        views: names of the views to show.
        work: is computed instead; the experiment stays as it is.
        generate: a generator that is laid on the bench instead of a network that classifies.
    """

    data: Mapping[str, Any] | None = None
    network: Mapping[str, Any] | None = None
    settings: Mapping[str, Any] | None = None
    views: tuple[str, ...] = ()
    work: Work | None = None
    generate: Mapping[str, Any] | None = None

    def spec(self) -> dict[str, dict[str, Any]]:
        """Return the parts of an experiment that are prepared, by name."""
        if self.generate is not None:
            return {"generate": dict(self.generate)}
        parts = {"data": self.data, "network": self.network, "settings": self.settings}
        return {name: dict(part) for name, part in parts.items() if part is not None}


@dataclass(frozen=True)
class Question:
    """A question with some answers, one of which is right.

    Attributes:
        text: what is asked.
        choices: the answers.
        right: place of the right one.
        explanation: why, for those who were right as well.
    """

    text: str
    choices: tuple[str, ...]
    right: int
    explanation: str


@dataclass(frozen=True)
class Step:
    """One thing to do, one to see, one to think about.

    Attributes:
        title: a few words.
        do: what to do.
        see: what to look at, and what it means.
        question: what to think about.
        check: notices when it was done.
        setup: what a click prepares for this step, None when the step goes on from the last.
        context: in which its texts are translated, "" where that is its lesson's.
    """

    title: str
    do: str
    see: str
    question: Question
    check: Check
    setup: Setup | None = None
    context: str = ""


@dataclass(frozen=True)
class Lesson:
    """A lesson: some steps, and what they are about.

    Attributes:
        number: from 1.
        title: a few words.
        text: what it is about.
        limits: what it does not show; a toy is a toy.
        steps: in order.
        context: in which its texts are translated: folder and file, as Slicer names contexts.
        needs: what else must be there: "" for nothing, "scan" for a volume in the scene.
    """

    number: int
    title: str
    text: str
    limits: str
    steps: tuple[Step, ...]
    context: str
    needs: str = field(default="")


def context_of(module: str) -> str:
    """Return the translation context of a module: the last folder and the file."""
    return ".".join(module.split(".")[-2:])

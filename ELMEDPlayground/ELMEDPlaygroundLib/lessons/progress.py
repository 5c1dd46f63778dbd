"""How far somebody has come in the lessons, as it is saved with the scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST_NUMBER = 6
"""Digits of a lesson's number: with thousands, Python would refuse to read it."""


@dataclass
class Progress:
    """What was done and answered.

    Attributes:
        lesson: number of the open lesson.
        step: place of the open step in it.
        done: places of the steps that were done, by number of the lesson.
        answers: place of the chosen answer, by number of the lesson and place of the step.
    """

    lesson: int = 1
    step: int = 0
    done: dict[int, set[int]] = field(default_factory=dict)
    answers: dict[tuple[int, int], int] = field(default_factory=dict)

    def tick(self, lesson: int, step: int) -> None:
        """Note that a step was done."""
        self.done.setdefault(lesson, set()).add(step)

    def has_done(self, lesson: int, step: int) -> bool:
        """Tell whether a step was done."""
        return step in self.done.get(lesson, ())

    def begin_anew(self, lesson: int) -> None:
        """Forget what was done and answered in a lesson."""
        self.done.pop(lesson, None)
        self.answers = {
            place: answer for place, answer in self.answers.items() if place[0] != lesson
        }
        self.step = 0

    def to_json(self) -> dict[str, Any]:
        """Return what JSON can carry."""
        return {
            "lesson": self.lesson,
            "step": self.step,
            "done": {str(number): sorted(steps) for number, steps in self.done.items()},
            "answers": [[*place, answer] for place, answer in sorted(self.answers.items())],
        }

    @classmethod
    def from_json(cls, kept: Any) -> Progress:
        """Read what was saved; what makes no sense is left out: scenes may be newer or broken."""
        progress = cls()
        if not isinstance(kept, Mapping):
            return progress
        progress.lesson = _whole(kept.get("lesson"), 1)
        progress.step = _whole(kept.get("step"), 0)
        done = kept.get("done")
        for number, steps in done.items() if isinstance(done, Mapping) else ():
            few = isinstance(number, str) and len(number) <= LONGEST_NUMBER
            if few and number.isdecimal() and isinstance(steps, list):
                progress.done[int(number)] = {step for step in steps if _is_whole(step)}
        answers = kept.get("answers")
        for answer in answers if isinstance(answers, list) else ():
            if isinstance(answer, list) and len(answer) == 3 and all(map(_is_whole, answer)):  # noqa: PLR2004
                progress.answers[answer[0], answer[1]] = answer[2]
        return progress


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _whole(value: Any, otherwise: int) -> int:
    return value if _is_whole(value) else otherwise

"""Every lesson through the engine: doing what it says is noticed, not doing it is not."""

from __future__ import annotations

import time

import pytest

from ELMEDPlaygroundLib.lessons.course import BY_NUMBER, LESSONS

CPU_S = 60.0
"""That a lesson may compute."""


@pytest.fixture(scope="module")
def walked(walks):
    """Every lesson walked through: for each step, whether it was done before and after doing it."""
    seen = {}
    for lesson in LESSONS:
        bench, began = walks.EngineBench(), time.process_time()
        steps = []
        for step, deeds in zip(lesson.steps, walks.WALKS[lesson.number], strict=True):
            if step.setup:
                bench.set_up(step)
            before = step.check(bench.watch)
            for deed in deeds:
                deed(bench, step)
            steps.append((before, step.check(bench.watch), bench.watch.run))
        seen[lesson.number] = (steps, time.process_time() - began)
    return seen


@pytest.mark.parametrize("number", sorted(BY_NUMBER))
def test_doing_what_a_step_says_is_noticed_and_nothing_else(walked, number):
    steps, _ = walked[number]

    assert [(before, after) for before, after, _ in steps] == [(False, True)] * len(steps)


def test_no_lesson_computes_for_more_than_a_minute(walked):
    assert {number: seconds for number, (_, seconds) in walked.items() if seconds > CPU_S} == {}

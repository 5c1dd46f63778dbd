"""Every lesson through the engine: doing what it says is noticed, not doing it is not."""

from __future__ import annotations

import socket
import time

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("monai", reason="MONAI is not installed")

from ELMEDPlaygroundLib.lessons.course import BY_NUMBER, LESSONS

CPU_S = 60.0
"""That a lesson may compute."""

ALL_CPU_S = 360.0
"""That all of them may compute together."""


@pytest.fixture(scope="module")
def walked(walks, no_network):
    """Every lesson walked through: for each step, whether it was done before and after doing it."""
    seen = {}
    for lesson in LESSONS:
        bench, began = walks.EngineBench(), time.process_time()
        steps = []
        for step, deeds in zip(lesson.steps, walks.WALKS[lesson.number], strict=True):
            # A set-up that computes is what is to be done itself.
            computes = step.setup is not None and step.setup.work is not None
            if step.setup and not computes:
                bench.set_up(step)
            before = step.check(bench.watch)
            if computes:
                bench.set_up(step)
            for deed in deeds:
                deed(bench, step)
            steps.append((before, step.check(bench.watch), bench.watch.run))
        seen[lesson.number] = (steps, time.process_time() - began, bench.watch)
    return seen


@pytest.mark.parametrize("number", sorted(BY_NUMBER))
def test_doing_what_a_step_says_is_noticed_and_nothing_else(walked, number):
    steps, *_ = walked[number]

    assert [(before, after) for before, after, _ in steps] == [(False, True)] * len(steps)


def test_no_lesson_computes_for_more_than_a_minute(walked):
    assert {number: seconds for number, (_, seconds, _) in walked.items() if seconds > CPU_S} == {}


def test_all_lessons_together_compute_for_six_minutes_at_most(walked):
    assert sum(seconds for _, seconds, _ in walked.values()) <= ALL_CPU_S


def test_the_network_is_off_while_the_lessons_run(no_network):
    with pytest.raises(OSError, match="no network"):
        socket.create_connection(("127.0.0.1", 9), timeout=1)


def test_there_are_ten_lessons_and_each_asks_does_and_shows_something():
    assert sorted(BY_NUMBER) == list(range(1, 11))
    for lesson in LESSONS:
        for step in lesson.steps:
            assert all((step.do, step.see, step.question.explanation)), step.title
            assert 2 <= len(step.question.choices) <= 3, step.title
            assert 0 <= step.question.right < len(step.question.choices), step.title


def test_a_network_that_learnt_one_patient_is_worse_on_new_ones(walked):
    for answer in walked[8][2].answers("generalisation"):
        assert answer["same"] > answer["new"] + 0.05
        assert len(answer["others"]) == 4


def test_maps_of_the_scan_come_from_an_early_and_from_a_deep_layer(walked):
    assert len({answer["layer"] for answer in walked[6][2].answers("scan_feature_map")}) == 2

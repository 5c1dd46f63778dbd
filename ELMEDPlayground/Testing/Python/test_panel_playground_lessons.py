"""The lessons in the panel: a student reads, does, sees the tick, answers, goes on."""

from __future__ import annotations

import pytest

from host.playground_bench import page

pytest.importorskip("torch", reason="PyTorch is not installed")

NAME = "ELMEDPlayground"


@pytest.fixture
def lessons(panel, bench):
    panel.panel.tabs.open("Lessons")
    return page(panel, "Lessons")


def quiet(host, bench):
    host.wait_until(lambda: bench.summary is not None, 60)
    host.wait_until(lambda: not bench.laboratory.busy, 60)


def choose(lessons, number):
    """Choose a lesson with the keyboard."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from host.pythonqt import unwrap

    combo = unwrap(lessons.page.lessonCombo)
    QTest.keyClick(combo, Qt.Key.Key_Home)
    for _ in range(number - 1):
        QTest.keyClick(combo, Qt.Key.Key_Down)
    assert lessons.lesson.number == number


def words(lessons):
    return lessons.page.browser.toPlainText()


def ticks(lessons):
    chips = lessons.page.chips[: len(lessons.lesson.steps)]
    return ["✓" in chip.text for chip in chips]


def test_a_step_is_done_ticked_answered_and_left(host, panel, bench, lessons):
    lessons.page.setUpButton.click()
    quiet(host, bench)
    assert bench.spec["data"]["kind"] == "digits"
    assert "Not done yet." in words(lessons)
    assert ticks(lessons) == [False] * 7

    page(panel, "Seven steps").buttons["initialise"].click()
    quiet(host, bench)
    assert ticks(lessons) == [True] + [False] * 6
    assert "Done." in words(lessons)

    lessons.page.answerButtons[1].click()
    assert "Not quite: the answer is A." in words(lessons)
    lessons.page.answerButtons[0].click()
    assert "Right." in words(lessons)

    lessons.page.nextButton.click()
    assert "Grab a batch and predict" in words(lessons)
    assert "Not done yet." in words(lessons)
    assert host.dialogs == []
    assert host.slot_errors == []


def test_training_until_the_criterion_ticks_and_shows_the_views(host, panel, bench, lessons):
    choose(lessons, 2)
    lessons.page.setUpButton.click()
    quiet(host, bench)
    host.wait_until(lambda: panel.panel.views.shown == ["decision-map", "curves"], 10)
    panel.ui.runButton.click()
    host.wait_until(lambda: ticks(lessons)[0], 60)
    panel.ui.pauseButton.click()
    quiet(host, bench)

    assert bench.latest["step"] >= 300
    assert "XOR" in lessons.page.lessonCombo.currentText
    assert "(1/4)" in lessons.page.lessonCombo.currentText


def test_a_step_done_with_other_data_is_not_ticked(host, panel, bench, lessons):
    page(panel, "Seven steps").buttons["initialise"].click()
    quiet(host, bench)

    assert bench.spec["data"]["kind"] == "spiral"
    assert ticks(lessons) == [False] * 7


def test_progress_is_kept_with_the_scene(host, panel, bench, lessons, slicer, tmp_path):
    lessons.page.setUpButton.click()
    quiet(host, bench)
    page(panel, "Seven steps").buttons["initialise"].click()
    quiet(host, bench)
    lessons.page.answerButtons[0].click()
    lessons.page.nextButton.click()
    path = tmp_path / "scene.mrb"
    assert slicer.util.saveScene(str(path))

    host.close_scene()
    assert ticks(lessons) == [False] * 7
    slicer.util.loadScene(str(path))
    host.process_events()
    host.select_module(NAME)
    quiet(host, bench)

    assert ticks(lessons) == [True] + [False] * 6
    assert "Grab a batch and predict" in words(lessons)
    lessons.page.backButton.click()
    assert "Right." in words(lessons)


def test_beginning_anew_forgets_this_lesson_alone(lessons):
    for number in (3, 1):
        choose(lessons, number)
        lessons.page.answerButtons[0].click()
    lessons.page.anewButton.click()
    assert not any(button.checked for button in lessons.page.answerButtons)

    choose(lessons, 3)
    assert lessons.page.answerButtons[0].checked


def learn_a_patient(host, bench, lessons):
    """Press what lesson 8 says, and wait for what came of it."""
    choose(lessons, 8)
    lessons.page.setUpButton.click()
    assert not lessons.page.setUpButton.enabled
    host.wait_until(lambda: "%" in lessons.page.workLabel.text, 120)
    host.wait_until(lambda: lessons.page.setUpButton.enabled, 300)
    quiet(host, bench)
    return lessons.page.result


def test_learning_a_patient_draws_what_came_of_it_and_leaves_the_experiment(
    host, panel, bench, lessons, monkeypatch
):
    """With few steps: what the lesson claims is measured where all lessons are walked through."""
    from host.pythonqt import unwrap

    pytest.importorskip("monai", reason="MONAI is not installed")
    before = dict(bench.spec)
    work = lessons_of(8).steps[0].setup.work
    monkeypatch.setitem(work.arguments, "steps", 8)
    result = learn_a_patient(host, bench, lessons)

    assert not result.isHidden()
    assert 0 <= result.answer["new"] <= 1
    assert len(result.answer["others"]) == 4
    assert not unwrap(result).grab().isNull()
    assert host.slot_errors == []
    assert bench.spec == before
    lessons.page.nextButton.click()
    assert result.isHidden()


@pytest.mark.slow
def test_the_patient_that_was_learnt_is_easier_than_new_ones(host, bench, lessons):
    """As the lesson has it, half a minute of computing."""
    pytest.importorskip("monai", reason="MONAI is not installed")
    result = learn_a_patient(host, bench, lessons)

    assert ticks(lessons)[0]
    assert result.answer["same"] > result.answer["new"]


def lessons_of(number):
    from ELMEDPlaygroundLib.lessons.course import BY_NUMBER

    return BY_NUMBER[number]


def test_the_page_scan_tells_the_lessons_what_was_found(panel, lessons):
    choose(lessons, 8)
    lessons.page.chips[2].click()
    page(panel, "Scan").work.onAnswer("scan_contrast_removed", {"channel": "flair"})

    assert ticks(lessons) == [False, False, True]


def test_moved_images_are_drawn_for_every_layer(host, panel, bench, lessons):
    from host.pythonqt import unwrap

    choose(lessons, 5)
    lessons.page.chips[3].click()
    lessons.page.setUpButton.click()
    quiet(host, bench)
    host.wait_until(lambda: "shift" in panel.panel.views.shown, 10)
    view = next(view for view in panel.panel.views.onScreen() if view.name == "shift")
    view.shiftTo(0, 2)
    quiet(host, bench)
    host.wait_until(lambda: panel.panel.views.drawn, 10)

    assert not unwrap(view.widget).grab().isNull()
    assert host.slot_errors == []
    assert not panel.ui.readinessLabel.text


def test_going_from_points_to_images_after_a_pause_troubles_nobody(host, panel, bench, lessons):
    choose(lessons, 3)
    lessons.page.setUpButton.click()
    quiet(host, bench)
    panel.ui.runButton.click()
    host.wait_until(lambda: bench.latest["step"] > 0, 60)
    panel.ui.pauseButton.click()
    quiet(host, bench)
    choose(lessons, 5)
    lessons.page.setUpButton.click()
    quiet(host, bench)
    host.wait_until(lambda: panel.panel.views.shown == ["shift", "curves"], 10)
    quiet(host, bench)

    assert not panel.ui.readinessLabel.text

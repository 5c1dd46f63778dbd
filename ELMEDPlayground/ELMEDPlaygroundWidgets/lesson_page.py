"""How a step of a lesson looks: text, a button that sets it up, letters to answer with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt
from slicer.i18n import tr as _

from ELMEDPlaygroundLib.lessons.course import LESSONS
from ELMEDPlaygroundWidgets.lesson_result import LessonResult
from ELMEDPlaygroundWidgets.lesson_text import DONE, LETTERS, stepText, titleText, translated
from ELMEDPlaygroundWidgets.reading_pane import ReadingPane

if TYPE_CHECKING:
    from collections.abc import Callable

    from ELMEDPlaygroundLib.lessons.form import Lesson
    from ELMEDPlaygroundLib.lessons.progress import Progress

CHIP = (
    "QPushButton {{ border: 1px solid #888; border-radius: 4px; padding: 2px 4px; {} }}"
    "QPushButton:checked {{ border: 2px solid #0072b2; font-weight: bold; }}"
)
TICKED = "background: #d7efe3; color: #00452f;"
NARROW = 24


class LessonPage:
    """The widgets of the page; the section says what they show."""

    def __init__(
        self,
        onLesson: Callable[[int], None],
        onStep: Callable[[int], None],
        onSetUp: Callable[[], None],
        onAnswer: Callable[[int], None],
        onAnew: Callable[[], None],
    ) -> None:
        """Make the widgets.

        Args:
            onLesson: called with the number of the lesson that the user chooses.
            onStep: called with the place of the step that the user chooses.
            onSetUp: called when the step is to be set up.
            onAnswer: called with the place of the answer that the user chooses.
            onAnew: called when the lesson is to begin anew.
        """
        self._onLesson, self._onStep = onLesson, onStep
        self._onSetUp, self._onAnswer, self._onAnew = onSetUp, onAnswer, onAnew
        self._place = 0
        self._shown: tuple[int, int, int | None] | None = None
        self.chips: list[Any] = []
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        layout.addLayout(self._lessonRow())
        self._chipRow = qt.QHBoxLayout()
        layout.addLayout(self._chipRow)
        self.browser = ReadingPane()
        self.browser.setObjectName("lessonTextBrowser")
        self.browser.setToolTip(_("What to do, what there is to see, and a question."))
        layout.addWidget(self.browser)
        layout.addLayout(self._buttonRow())
        self.result = LessonResult()
        layout.addWidget(self.result)

    def showWork(self, sentence: str) -> None:
        """Show how far a computing is that the lesson has started, "" when none goes on."""
        self.workLabel.text = sentence
        self.workLabel.visible = bool(sentence)
        self.setUpButton.enabled = not sentence

    def show(self, lesson: Lesson, place: int, progress: Progress) -> None:
        """Show a step of a lesson, with what was done and answered."""
        step = lesson.steps[place]
        self._place = place
        self._showLessons(lesson, progress)
        self._showChips(lesson, place, progress)
        self._showText(lesson, place, progress)
        self.setUpButton.visible = step.setup is not None
        work = step.setup.work if step.setup else None
        self.setUpButton.text = translated(lesson, work.title, step) if work else _("Set this up")
        answer = progress.answers.get((lesson.number, place))
        for number, button in enumerate(self.answerButtons):
            button.visible = number < len(step.question.choices)
            if number < len(step.question.choices):
                button.setToolTip(translated(lesson, step.question.choices[number], step))
            button.checked = number == answer
        self.backButton.enabled = place > 0
        self.nextButton.enabled = place < len(lesson.steps) - 1

    # Parts

    def _lessonRow(self) -> Any:
        row = qt.QHBoxLayout()
        self.lessonCombo = qt.QComboBox()
        self.lessonCombo.setObjectName("lessonComboBox")
        self.lessonCombo.setToolTip(_("Choose a lesson. They build on each other."))
        for lesson in LESSONS:
            self.lessonCombo.addItem("", lesson.number)
        self.lessonCombo.connect("activated(int)", self._lessonChosen)
        row.addWidget(self.lessonCombo, 1)
        help_ = _("Forget what was done and answered in this lesson.")
        self.anewButton = self._button("lessonAnewButton", _("Begin anew"), help_)
        self.anewButton.connect("clicked(bool)", lambda *_args: self._onAnew())
        row.addWidget(self.anewButton)
        return row

    def _buttonRow(self) -> Any:
        row = qt.QHBoxLayout()
        help_ = _(
            "Prepare this step; where it needs an experiment, that replaces the one on the bench."
        )
        self.setUpButton = self._button("lessonSetUpButton", _("Set this up"), help_)
        self.setUpButton.connect("clicked(bool)", lambda *_args: self._onSetUp())
        row.addWidget(self.setUpButton)
        self.workLabel = qt.QLabel()
        self.workLabel.setObjectName("lessonWorkLabel")
        self.workLabel.setToolTip(_("What is being computed for this step."))
        self.workLabel.visible = False
        row.addWidget(self.workLabel)
        row.addStretch(1)
        title = qt.QLabel(_("Answer:"))
        title.setToolTip(_("Choose an answer; then you read what is right, and why."))
        row.addWidget(title)
        self.answerButtons = []
        for number, letter in enumerate(LETTERS):
            button = self._button(f"lessonAnswer{letter}Button", letter, _("This answer."))
            button.setCheckable(True)
            button.setStyleSheet(CHIP.format(f"min-width: {NARROW}px;"))
            button.connect("clicked(bool)", lambda *_args, n=number: self._onAnswer(n))
            row.addWidget(button)
            self.answerButtons.append(button)
        row.addStretch(1)
        self.backButton = self._button("lessonBackButton", _("Back"), _("The step before."))
        self.backButton.connect("clicked(bool)", lambda *_args: self._onStep(self._place - 1))
        row.addWidget(self.backButton)
        help_ = _("The next step; nothing must be done before.")
        self.nextButton = self._button("lessonNextButton", _("Next"), help_)
        self.nextButton.connect("clicked(bool)", lambda *_args: self._onStep(self._place + 1))
        row.addWidget(self.nextButton)
        return row

    def _button(self, name: str, text: str, help_: str) -> Any:
        button = qt.QPushButton(text)
        button.setObjectName(name)
        button.setToolTip(help_)
        return button

    # What they show

    def _showLessons(self, lesson: Lesson, progress: Progress) -> None:
        for place, entry in enumerate(LESSONS):
            self.lessonCombo.setItemText(place, titleText(entry, progress))
        self.lessonCombo.setCurrentIndex(self.lessonCombo.findData(lesson.number))

    def _showChips(self, lesson: Lesson, place: int, progress: Progress) -> None:
        while len(self.chips) < len(lesson.steps):
            number = len(self.chips)
            chip = self._button(f"lessonStep{number + 1}Button", "", _("A step."))
            chip.setCheckable(True)
            chip.connect("clicked(bool)", lambda *_args, n=number: self._onStep(n))
            self._chipRow.addWidget(chip)
            self.chips.append(chip)
        for number, chip in enumerate(self.chips):
            chip.visible = number < len(lesson.steps)
            if number < len(lesson.steps):
                done = progress.has_done(lesson.number, number)
                chip.text = f"{number + 1} {DONE}" if done else str(number + 1)
                step = lesson.steps[number]
                chip.setToolTip(translated(lesson, step.title, step))
                chip.setStyleSheet(CHIP.format(TICKED if done else ""))
                chip.checked = number == place

    def _showText(self, lesson: Lesson, place: int, progress: Progress) -> None:
        answer = progress.answers.get((lesson.number, place))
        key = (lesson.number, place, answer)
        bar = self.browser.verticalScrollBar()
        same = self._shown is not None and self._shown[:2] == key[:2]
        # A tick must not throw a reader back to the beginning; an answer brings what it says.
        before = bar.value if same else 0
        self.browser.setHtml(stepText(lesson, place, progress))
        self.browser.fit()
        bar.setValue(bar.maximum if same and self._shown != key else before)
        self._shown = key

    def _lessonChosen(self, place: int) -> None:
        self._onLesson(self.lessonCombo.itemData(place))

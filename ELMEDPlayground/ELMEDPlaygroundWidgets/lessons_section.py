"""The page with the lessons: read, do, see, answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt
from slicer.i18n import tr as _

from ELMEDPlaygroundLib.lessons.course import BY_NUMBER, LESSONS
from ELMEDPlaygroundLib.lessons.progress import Progress
from ELMEDPlaygroundLib.lessons.watch import Watch
from ELMEDPlaygroundLib.speech.commands import SPOKEN
from ELMEDPlaygroundWidgets.lesson_page import LessonPage
from ELMEDPlaygroundWidgets.section import Section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundLib.lessons.form import Lesson, Step, Work
    from ELMEDPlaygroundWidgets.bench import Bench

PAGE = "lessons"
"""Under which the progress is kept with the scene."""


class LessonsSection(Section):
    """Leads through the lessons, and notices what was done.

    Attributes:
        progress: how far the user has come; kept with the scene.
        watch: what the experiments have reported.
    """

    title = "Lessons"
    help = "Ten guided lessons: something to do, something to see, a question."

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.progress = Progress()
        self.watch = Watch()
        self.page = LessonPage(
            onLesson=self.open,
            onStep=self.go,
            onSetUp=self.setUp,
            onAnswer=self._answerChosen,
            onAnew=self._beginAnew,
        )
        self.widget = self.page.widget
        self._show()

    @property
    def lesson(self) -> Lesson:
        """The open lesson."""
        return BY_NUMBER.get(self.progress.lesson, LESSONS[0])

    @property
    def step(self) -> Step:
        """The open step."""
        return self.lesson.steps[self._place]

    @property
    def _place(self) -> int:
        return min(self.progress.step, len(self.lesson.steps) - 1)

    # What the user does here

    def open(self, number: int) -> None:
        """Open a lesson, at its first step that was not done yet."""
        self.progress.lesson = number
        places = range(len(self.lesson.steps))
        undone = [place for place in places if not self.progress.has_done(number, place)]
        self.go(undone[0] if undone else 0)

    def go(self, place: int) -> None:
        """Open a step of the lesson."""
        self.progress.step = max(min(place, len(self.lesson.steps) - 1), 0)
        self._keep()
        self._look()

    def setUp(self) -> None:
        """Prepare the open step: data, network, training and views."""
        setup = self.step.setup
        if setup is None:
            return
        self.bench.pause()
        if setup.work is not None:
            self._compute(setup.work)
            return
        self.bench.state = None
        self._viewsWanted = setup.views
        self.bench.restore({**self.bench.spec, "generate": {}, **setup.spec()}, None)

    def _compute(self, work: Work) -> None:
        """Let the engine compute something for the step."""
        self.page.showWork(_("Computing ..."))

        def take(answer: dict[str, Any]) -> None:
            self.page.showWork("")
            self.bench.happened(work.task, answer)

        def tell(_stage: str, fraction: float, message: str) -> None:
            self.page.showWork(f"{message} ({100 * fraction:.0f} %)")

        self.bench.ask(work.task, work.arguments, take, tell)

    def _answerChosen(self, answer: int) -> None:
        self.progress.answers[self.lesson.number, self._place] = answer
        self._keep()

    def _beginAnew(self) -> None:
        self.progress.begin_anew(self.lesson.number)
        self.watch = Watch()
        self._keep()

    # What happens on the bench

    _viewsWanted: tuple[str, ...] = ()

    def specChanged(self) -> None:
        """Take note of settings that were changed while an experiment goes on."""
        run = self.watch.run
        spec = self.bench.spec
        if run is not None and all(run.spec[part] == spec[part] for part in ("data", "network")):
            self.watch.changed(spec["settings"])
        self.noted()

    def noted(self) -> None:
        """Take up progress that came with a scene."""
        kept = Progress.from_json(self.bench.notes.get(PAGE))
        if kept != self.progress:
            self.progress = kept
            self.watch = Watch()
            self._show()

    def created(self, summary: Mapping[str, Any]) -> None:
        """Watch a new experiment, and show the views that the set-up asked for."""
        # What was asked before is not answered any more.
        self.page.showWork("")
        self.watch.created(self.bench.spec, summary)
        wanted, self._viewsWanted = self._viewsWanted, ()
        if wanted and self.bench.views is not None:
            # After all others have heard of the experiment: the panes must know what suits it.
            qt.QTimer.singleShot(0, lambda: self.bench.views.show(wanted))

    def happened(self, task: str, answer: Mapping[str, Any]) -> None:
        """Notice what the engine was asked beside the experiment, and follow spoken commands."""
        self.watch.happened(task, answer)
        if task == SPOKEN:
            self._follow(answer["command"])
        self._look()
        self._show()

    def _follow(self, command: str) -> None:
        """Turn to another lesson or page when a spoken command says so."""
        lessons = {"next-lesson": 1, "previous-lesson": -1}
        if command in lessons:
            number = self.lesson.number + lessons[command]
            if number in BY_NUMBER:
                self.open(number)
        elif command == "next-page":
            self.go(self._place + 1)

    def troubled(self, sentence: str) -> None:
        """Wait no longer for what has failed."""
        if sentence:
            self.page.showWork("")

    def answered(self, answer: Mapping[str, Any]) -> None:
        """Notice what was done."""
        self.watch.answered(answer, answer.get("act") or "")
        self._look()

    def _look(self) -> None:
        """Tick the open step when it was done."""
        if self.bench.views is not None:
            self.watch.looked(self.bench.views.shown)
        number, place = self.lesson.number, self._place
        if not self.progress.has_done(number, place) and self.step.check(self.watch):
            self.progress.tick(number, place)
            self._keep()

    def _keep(self) -> None:
        self.bench.note(PAGE, self.progress.to_json())
        self._show()

    def _show(self) -> None:
        self.page.show(self.lesson, self._place, self.progress)
        self.page.result.put(self._result())

    def _result(self) -> Mapping[str, Any] | None:
        """Return what came of the computing that belongs to the open step."""
        work = self.step.setup.work if self.step.setup else None
        if work is None:
            return None
        answers = self.watch.answers(work.task)
        mine = [answer for answer in answers if answer["seed"] == work.arguments["seed"]]
        return mine[-1] if mine else None

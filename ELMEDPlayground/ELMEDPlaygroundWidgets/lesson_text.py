"""The words of a step, in the user's language, as a page to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slicer.i18n import tr as _
from slicer.i18n import translate

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.lessons.form import Lesson, Step
    from ELMEDPlaygroundLib.lessons.progress import Progress

DONE = "✓"
TO_DO = "○"
LETTERS = "ABC"

RIGHT = "background-color: #d7efe3; color: #00452f;"
NOT_QUITE = "background-color: #fde9d0; color: #4a2c00;"
BOX = '<table width="100%" cellpadding="6"><tr><td style="{}">{}</td></tr></table>'


def translated(lesson: Lesson, text: str, step: Step | None = None) -> str:
    """Return a text of a lesson, or of one of its steps, in the user's language."""
    context = step.context if step is not None and step.context else lesson.context
    return translate(context, text)


def titleText(lesson: Lesson, progress: Progress) -> str:
    """Return number and title of a lesson, with how much of it was done."""
    steps = len(lesson.steps)
    done = sum(progress.has_done(lesson.number, place) for place in range(steps))
    share = f"   ({done}/{steps})" if done else ""
    mark = f"   {DONE}" if done == steps else share
    return f"{lesson.number}. {translated(lesson, lesson.title)}{mark}"


def stepText(lesson: Lesson, place: int, progress: Progress) -> str:
    """Return a step as HTML: what to do and to see, the question, and the answer once chosen."""
    step = lesson.steps[place]
    paragraphs = []
    if place == 0:
        paragraphs.append(translated(lesson, lesson.text))
    paragraphs.append(f"<b>{place + 1}. {translated(lesson, step.title, step)}</b>")
    if progress.has_done(lesson.number, place):
        done = f'<span style="{RIGHT}">&nbsp;{DONE} {_("Done.")}&nbsp;</span>'
    else:
        done = f"{TO_DO} <i>{_('Not done yet.')}</i>"
    paragraphs.append(f"<b>{_('Do:')}</b> {translated(lesson, step.do, step)} {done}")
    paragraphs.append(f"<b>{_('See:')}</b> {translated(lesson, step.see, step)}")
    choices = "".join(
        f"<br>&nbsp;&nbsp;<b>{letter}</b>&nbsp; {translated(lesson, choice, step)}"
        for letter, choice in zip(LETTERS, step.question.choices, strict=False)
    )
    question = translated(lesson, step.question.text, step)
    paragraphs.append(f"<b>{_('Question:')}</b> {question}{choices}")
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return text + _answerText(lesson, place, progress) + _limitsText(lesson, place)


def _answerText(lesson: Lesson, place: int, progress: Progress) -> str:
    step = lesson.steps[place]
    question = step.question
    answer = progress.answers.get((lesson.number, place))
    if answer is None:
        return ""
    right = answer == question.right
    verdict = _("Right.") if right else _("Not quite: the answer is {letter}.")
    verdict = verdict.replace("{letter}", LETTERS[question.right])
    words = f"<b>{verdict}</b> {translated(lesson, question.explanation, step)}"
    return BOX.format(RIGHT if right else NOT_QUITE, words)


def _limitsText(lesson: Lesson, place: int) -> str:
    if place < len(lesson.steps) - 1:
        return ""
    return f"<p><i>{_('What this does not show:')} {translated(lesson, lesson.limits)}</i></p>"

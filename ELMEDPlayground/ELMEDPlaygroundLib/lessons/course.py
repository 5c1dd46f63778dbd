"""All lessons, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ELMEDPlaygroundLib.lessons.evaluation import EVALUATION
from ELMEDPlaygroundLib.lessons.feature_maps import FEATURE_MAPS
from ELMEDPlaygroundLib.lessons.generalising import GENERALISING
from ELMEDPlaygroundLib.lessons.generating import GENERATING
from ELMEDPlaygroundLib.lessons.language import LANGUAGE
from ELMEDPlaygroundLib.lessons.overfitting import OVERFITTING
from ELMEDPlaygroundLib.lessons.seven_steps import SEVEN_STEPS
from ELMEDPlaygroundLib.lessons.shifts import SHIFTS
from ELMEDPlaygroundLib.lessons.spiral import SPIRAL_LESSON
from ELMEDPlaygroundLib.lessons.xor import XOR_LESSON

if TYPE_CHECKING:
    from ELMEDPlaygroundLib.lessons.form import Lesson

LESSONS: tuple[Lesson, ...] = (
    SEVEN_STEPS,
    XOR_LESSON,
    SPIRAL_LESSON,
    OVERFITTING,
    SHIFTS,
    FEATURE_MAPS,
    EVALUATION,
    GENERALISING,
    GENERATING,
    LANGUAGE,
)
BY_NUMBER = {lesson.number: lesson for lesson in LESSONS}

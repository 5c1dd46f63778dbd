"""What a student does in each step of each lesson, for any bench: the engine's or the panel's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ELMEDPlaygroundLib.lessons.watch import Watch
from ELMEDPlaygroundLib.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from ELMEDPlaygroundLib.lessons.form import Step

MOST_STEPS = 4000
CHUNK = 20


class EngineBench:
    """The engine's session with a watch: what the panel sees, without the panel."""

    def __init__(self) -> None:
        self.session = Session()
        self.watch = Watch()
        self.spec: dict[str, Any] = {}
        self.views: dict[str, dict[str, Any]] = {}

    def set_up(self, step: Step) -> None:
        """Press *Set this up*."""
        self.spec = {**self.spec, **step.setup.spec()}
        self.views = {name: {} for name in step.setup.views} or self.views
        answer = self.session.create({**self.spec, "views": self.views})
        self.watch.looked(self.views)
        self.watch.created(self.spec, answer["summary"])
        self.watch.answered(answer)

    def act(self, name: str) -> None:
        """Do one of the seven steps."""
        self._take(self.session.act({"step": name, "views": self.views}), name)

    def run(self, steps: int) -> bool:
        """Train for some steps; False when the training has stopped by itself."""
        answer = self.session.advance({"steps": steps, "views": self.views})
        self._take(answer)
        return not answer["stopped"]

    def change(self, **settings: Any) -> None:
        """Change settings while the training goes on."""
        self.session.set(settings)
        self.spec["settings"] = {**self.spec["settings"], **settings}
        self.watch.changed(self.spec["settings"])

    def show(self, name: str, **options: Any) -> None:
        """Choose a view, and what is to be seen in it."""
        self.views = {name: options}
        self.watch.looked(self.views)
        self._take(self.session.view({"views": self.views}))

    def _take(self, answer: dict[str, Any], act: str = "") -> None:
        self.watch.answered(answer, act)


def until_done(bench: Any, step: Step) -> None:
    """Press *Run*, and wait until the lesson notices that it is done."""
    for _ in range(MOST_STEPS // CHUNK):
        going = bench.run(CHUNK)
        if step.check(bench.watch) or not going:
            return


def act(name: str) -> Callable[[Any, Step], None]:
    """Return what does one of the seven steps."""
    return lambda bench, _step: bench.act(name)


def look(name: str, **options: Any) -> Callable[[Any, Step], None]:
    """Return what chooses a view."""
    return lambda bench, _step: bench.show(name, **options)


def train(steps: int) -> Callable[[Any, Step], None]:
    """Return what trains for some steps."""
    return lambda bench, _step: bench.run(steps)


def change(**settings: Any) -> Callable[[Any, Step], None]:
    """Return what changes settings on the run."""
    return lambda bench, _step: bench.change(**settings)


def show_class(name: str, number: int) -> Callable[[Any, Step], None]:
    """Return what chooses a view and an image of a class in it."""
    return lambda bench, _step: bench.show_class(name, number)


MOVE = look("shift", down=0, right=2)
WALKS: dict[int, tuple[tuple[Callable[[Any, Step], None], ...], ...]] = {
    1: (
        (act("initialise"),),
        (act("grab_batch"),),
        (act("loss"),),
        (act("gradients"),),
        (act("update"),),
        (until_done,),
        (until_done,),
    ),
    2: ((until_done,), (until_done,), (until_done,), (look("neurons"),)),
    3: ((until_done,), (until_done,), (look("hidden-space"),), (look("probe"),)),
    4: (
        (until_done,),
        (change(learning_rate=0.1), until_done),
        (until_done,),
        (until_done,),
        (until_done,),
        (until_done,),
    ),
    5: (
        (until_done,),
        (MOVE,),
        (train(160), MOVE),
        (train(240), MOVE),
    ),
    7: (
        (until_done,),
        (look("mistakes"),),
        (look("saliency"),),
        (until_done, look("grad-cam")),
    ),
}
"""By number of the lesson, for each step what is done in it after it was set up."""

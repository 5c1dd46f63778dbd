"""What a student does in each step of each lesson, for any bench: the engine's or the panel's."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ELMEDLib.progress import no_progress
from ELMEDPlaygroundLib.lessons.watch import Watch
from ELMEDPlaygroundLib.session import Session
from ELMEDPlaygroundLib.tasks import TASKS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
        self.layers: list[str] = []

    def set_up(self, step: Step) -> None:
        """Press *Set this up*."""
        if step.setup.work is not None:
            self.ask(step.setup.work.task, step.setup.work.arguments)
            return
        self.views = {name: {} for name in step.setup.views} or self.views
        self.lay(**step.setup.spec())

    def lay(self, **parts: Any) -> None:
        """Begin an experiment with other data, another network or other settings."""
        self.spec = {**self.spec, **parts}
        answer = self.session.create({**self.spec, "views": self.views})
        self.watch.looked(self.views)
        self.watch.created(self.spec, answer["summary"])
        self.watch.answered(answer)

    def ask(self, task: str, arguments: Mapping[str, Any]) -> None:
        """Ask for something beside the experiment."""
        self.watch.happened(task, TASKS[task](dict(arguments), no_progress))

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


def learn_from_scan(bench: Any, _step: Step) -> None:
    """Press *Learn from this scan*, with the T1c of the sample study."""
    subject = {"images": {"t1c": str(STUDY / "t1c.nii.gz")}}
    data = {"kind": "scan", "subjects": [subject], "task": "tissue", "count": 600, "seed": 0}
    bench.lay(data=data, network=SCAN_NETWORK, settings=SCAN_SETTINGS)


def ask(task: str, **arguments: Any) -> Callable[[Any, Step], None]:
    """Return what asks for something on the page Scan; files go to a folder that is removed."""

    def deed(bench: Any, _step: Step) -> None:
        with tempfile.TemporaryDirectory() as folder:
            outputs = {
                name: str(Path(folder) / f"{name}.nrrd")
                for name in ("output", "before", "after", "difference")
            }
            bench.ask(task, {**outputs, **arguments})

    return deed


STUDY = Path(__file__).resolve().parents[3] / "Resources" / "SampleStudy"
SCAN_NETWORK = {
    "layers": [
        {"kind": "conv", "filters": 8, "kernel": 3, "padding": 1, "activation": "relu"},
        {"kind": "pool", "mode": "max", "size": 2},
        {"kind": "conv", "filters": 16, "kernel": 3, "padding": 1, "activation": "relu"},
        {"kind": "global_pool", "mode": "average"},
    ]
}
SCAN_SETTINGS = {"optimiser": "adam", "learning_rate": 0.01, "batch": 32, "seed": 0}
VOLUMES = {name: str(STUDY / f"{name}.nii.gz") for name in ("t1", "t1c", "t2", "flair")}


def open_scan(bench: Any, _step: Step) -> None:
    """Press *List the layers*."""
    bench.ask("scan_open", {"volumes": VOLUMES})
    bench.layers = [layer["path"] for layer in bench.watch.answers("scan_open")[-1]["layers"]]


def make_slices(bench: Any, _step: Step) -> None:
    """Press *Make a new volume*; fewer steps than usual are enough to see how it goes."""
    subjects = [{"images": {"flair": VOLUMES["flair"]}}]
    settings = {"steps": 200, "side": 32, "seed": 0}
    bench.ask("generate_slices", {"subjects": subjects, "settings": settings, "outputs": {}})


def speak(text: str) -> Callable[[Any, Step], None]:
    """Return what says a sentence on the page Speech, as a recording."""

    def deed(bench: Any, _step: Step) -> None:
        pytest.importorskip("pocketsphinx", reason="PocketSphinx is not installed")
        pytest.importorskip("espeakng_loader", reason="eSpeak NG, which speaks, is not there")
        from spoken import say, write_wav

        with tempfile.TemporaryDirectory() as folder:
            path = write_wav(Path(folder) / "said.wav", *say(text))
            bench.ask("speech_file", {"path": str(path)})

    return deed


def choose_large(kind: str) -> Callable[[Any, Step], None]:
    """Return what chooses a kind of large model, as the panel reports it."""
    return lambda bench, _step: bench.watch.happened("large_chosen", {"kind": kind})


def show_maps(bench: Any, step: Step) -> None:
    """Show a map of an early layer, then one of the middle."""
    for place in (1, len(bench.layers) // 2):
        ask("scan_feature_map", layer=bench.layers[place], channel=0)(bench, step)


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
    3: ((until_done,), (until_done,), (look("representations"),), (look("probe"),)),
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
    6: (
        (learn_from_scan, until_done),
        (look("kernels"),),
        (look("one-convolution"),),
        (look("feature-maps"),),
        (open_scan, show_maps),
    ),
    7: (
        (until_done,),
        (look("mistakes"),),
        (look("saliency"),),
        (until_done, look("grad-cam")),
    ),
    8: (
        (),
        (),
        (open_scan, ask("scan_contrast_removed", channel="flair")),
    ),
    9: (
        (look("noising"),),
        (until_done,),
        (look("score-field", level=5),),
        (look("generated", mode=2, guidance=1.0),),
        (until_done,),
        (until_done,),
        (until_done,),
        (look("latent-walk", step=12),),
        (make_slices,),
    ),
    10: (
        (look("text-tokens"),),
        (until_done,),
        (look("text-attention", layer=0, head=1),),
        (look("text-written", temperature=1.5),),
        (speak("show axial"),),
        (speak("the weather is nice today"),),
        (choose_large("image"), choose_large("dictation")),
    ),
}
"""By number of the lesson, for each step what is done in it after it was set up."""

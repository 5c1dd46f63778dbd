"""The part of the page Generate for large models: looked at first, then run, from a folder."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from ELMEDLib.bridge.packages import ensurePackages
from ELMEDLib.errors import ELMEDError
from ELMEDPlaygroundLib.large.hub import check_name
from ELMEDPlaygroundLib.large.kinds import KINDS, Kind
from ELMEDPlaygroundLib.lessons.speaking import LOOKED_ROUND
from ELMEDPlaygroundWidgets import large_consent
from ELMEDPlaygroundWidgets.large_form import BUNDLED, FOLDER, LargeForm
from ELMEDPlaygroundWidgets.large_results import LargeResults
from ELMEDPlaygroundWidgets.work_part import WorkPart

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ELMEDPlaygroundWidgets.bench import Bench

TITLE = "ELMED Playground"
HELP = (
    "<b>The real thing.</b> Large models of other makers work as the small ones here do, with a "
    "thousand times the numbers. Look first: size, licence and memory are shown before anything is "
    "loaded. Nothing is downloaded unless you agree."
)
NONE_BUNDLED = "No large model comes with ELMED. The same on a small scale: {}."
LOOK_FIRST = "Look at the model first."
FACTS = (
    "<b>{name}</b> ({title}), on {where}<br>Size: {size} · licence: {licence}<br>"
    "Memory: about {needed} needed on {device}, {available} free"
)


class GenerateLarge(WorkPart):
    """What to make, where the model comes from, what is known of it, and what it made."""

    title = "Large models"
    help = "Stable Diffusion, GPT-like models and Whisper, from a folder or the hub."

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "large", HELP)
        self._facts: dict[str, Any] | None = None
        self._folder = ""
        layout = self.layout
        self.form = LargeForm(self._look, self._download, self._run, self._choose)
        layout.addWidget(self.form.widget)
        self.results = LargeResults()
        layout.addWidget(self.results.widget)
        layout.addWidget(self.work.widget)
        layout.addStretch(1)
        self.work.controls = (self.form.widget,)
        self._chosen()

    @property
    def kind(self) -> Kind:
        """The chosen kind of model."""
        return KINDS[self.form.kind]

    # The life of the page

    def sceneClosed(self) -> None:
        """Stop."""
        self.work.close()

    def cleanup(self) -> None:
        """End the worker, and remove the picture's file."""
        super().cleanup()
        self.results.clear()

    # What the user does

    def _choose(self) -> None:
        self._chosen()
        self.bench.happened(LOOKED_ROUND, {"kind": self.kind.name})

    def _chosen(self) -> None:
        """Forget what was known: another model is chosen."""
        self._facts, self._folder = None, ""
        bundled = self.form.source == BUNDLED
        self.form.say(NONE_BUNDLED.format(self.kind.instead) if bundled else LOOK_FIRST)
        self.form.allow(look=not bundled, download=False, run=False)
        self.results.clear()

    def _look(self, *_) -> None:
        if self.form.source == FOLDER:
            self._folder = self.form.folder
            arguments = {"kind": self.kind.name, "folder": self._folder}
            self.work.ask("large_look", arguments, self._showFacts)
            return
        try:
            model = check_name(self.form.model)
        except ELMEDError as error:
            self.work.say(str(error))
            return
        if large_consent.mayAsk(model):
            arguments = {"kind": self.kind.name, "model": model, "consent": large_consent.site()}
            self.work.ask("large_ask_hub", arguments, self._showFacts)

    def _download(self, *_) -> None:
        if self._facts is None or not large_consent.mayDownload(self._facts):
            return
        arguments = {
            "kind": self.kind.name,
            "model": self.form.model,
            "consent": large_consent.site(),
            "size_bytes": self._facts["size_bytes"],
        }

        def arrived(answer: Mapping[str, Any]) -> str:
            self._showFacts(answer)
            self._folder = answer["folder"]
            self.form.allow(look=True, download=False, run=True)
            return "Downloaded. The model is on this computer now."

        self.work.ask("large_fetch", arguments, arrived)

    def _run(self, *_) -> None:
        try:
            if not ensurePackages(self.kind.packages, TITLE):
                return
        except ELMEDError as error:
            self.work.say(str(error))
            return
        task, arguments = self.results.question(self.kind.name, self.form.values())
        self.work.ask(task, {**arguments, "folder": self._folder}, self._showResult)

    # What comes of it

    def _showFacts(self, answer: Mapping[str, Any]) -> str:
        self._facts = dict(answer)
        self.form.say(factsText(answer))
        here = self.form.source == FOLDER
        self.form.allow(look=True, download=not here, run=here)
        return " ".join(answer["packages"])

    def _showResult(self, answer: Mapping[str, Any]) -> str:
        self.bench.happened(f"large_{self.kind.name}", answer)
        return self.results.show(answer, self.form.prompt)


def factsText(facts: Mapping[str, Any]) -> str:
    """Return what is known of a model, for the panel."""
    available = facts["available_gb"]
    text = FACTS.format(
        name=escape(facts["name"]),
        title=escape(facts["title"]),
        where=escape(facts["where"]),
        size=large_consent.sizeText(facts["size_bytes"]),
        licence=escape(facts["licence"]),
        needed=f"{max(facts['needed_gb'], 0.1):.1f} GB",
        device=facts["device_title"],
        available="an unknown amount" if available is None else f"{available:.1f} GB",
    )
    warning = "" if facts["enough"] else "<br><b>There may be too little memory for it.</b>"
    return text + warning

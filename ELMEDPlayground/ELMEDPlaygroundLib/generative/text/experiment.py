"""A small language model that learns on the bench."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib.generative.experiment import GenerativeExperiment
from ELMEDPlaygroundLib.generative.text.corpus import corpus_of, shipped
from ELMEDPlaygroundLib.generative.text.counting import loss_of_counting
from ELMEDPlaygroundLib.generative.text.settings import TextSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch

    from ELMEDPlaygroundLib.generative.settings import GeneratorSettings
    from ELMEDPlaygroundLib.generative.text.network import LanguageModel
    from ELMEDPlaygroundLib.generative.text.writing import Written

WARM_UP = 60
"""Steps in which the learning rate grows to what was chosen: at first all weights are wrong."""

LOOKED_AT = 6000
"""Characters held out that a row of the history is measured on."""

PARTS = 64
"""Rows that are judged at once."""

ORDERS = {"bigram": 2, "five_gram": 5}
"""Models that merely count, and how many characters they count together."""

LENGTH = 200
"""Characters that are written to look at."""

PATIENCE = 6.0
"""While the training goes on, this many times as long is spent on it as on writing."""

FIRST_PROMPT = "Catherine was "
WORDS = 14
"""Characters of another text that its first prompt is."""


@dataclass(frozen=True)
class Sheet:
    """What was written to look at, and at which step; it is good until a time of the clock."""

    key: tuple[Any, ...]
    step: int
    until: float
    written: Written


class TextExperiment(GenerativeExperiment):
    """Learns to foretell the next character; see `network`.

    Attributes:
        corpus: the text.
        counted: what mere counting loses on the same characters, by the names of `ORDERS`.
    """

    Settings: ClassVar[type[GeneratorSettings]] = TextSettings
    MEASURES: ClassVar[tuple[str, ...]] = ("validation",)
    EVERY: ClassVar[int] = 50
    COLUMNS: ClassVar[Mapping[str, str]] = {
        "Training loss": "loss",
        "Validation loss": "validation",
    }

    def prepare(self) -> None:
        """Read the text, and count in it.

        Raises:
            InputError: it cannot be read, or is another than the one that was learnt from.
        """
        import torch

        settings = self.settings
        self.corpus = corpus_of(Path(settings.file)) if settings.file else shipped()
        if settings.checksum not in ("", self.corpus.checksum):
            raise InputError(
                f"The text '{self.corpus.name}' has changed since this model learnt from it.",
                "Put the text back as it was, or begin anew on the page Generate.",
            )
        self.spec["generate"]["checksum"] = self.corpus.checksum
        length = settings.context + 1
        self._codes = torch.from_numpy(self.corpus.codes)
        self._starts = torch.from_numpy(self.corpus.starts(length))
        self._held = self.corpus.held_out(length)
        evenly = np.linspace(0, len(self._held) - 1, max(LOOKED_AT // settings.context, 1))
        self._looked_at = self._held[np.unique(evenly.astype(int))]
        self.counted = self.count(self._looked_at)
        self._sheet: Sheet | None = None

    def make_network(self) -> LanguageModel:
        """Return what foretells characters."""
        from ELMEDPlaygroundLib.generative.text.network import LanguageModel

        chosen = self.settings
        kinds = len(self.corpus.characters)
        return LanguageModel(kinds, chosen.width, chosen.layers, chosen.heads, chosen.context)

    def learn(self, chance: torch.Generator) -> Mapping[str, float]:
        """Foretell each character of some pieces of the text, and become better at it."""
        import torch

        from ELMEDPlaygroundLib.generative.text.network import loss_of

        settings = self.settings
        drawn = torch.randint(len(self._starts), (settings.batch,), generator=chance)
        places = self._starts[drawn][:, None] + torch.arange(settings.context + 1)
        rate = settings.learning_rate * min(1.0, (self.step + 1) / WARM_UP)
        return {
            "loss": self.descend(loss_of(self.network, self._codes[places]), learning_rate=rate)
        }

    def evaluate(self) -> dict[str, Any]:
        """Return the loss on characters that are held out, evenly taken from all of them."""
        return {"validation": self.validate(self._looked_at)}

    def validate(self, rows: np.ndarray | None = None) -> float:
        """Return the loss on rows of characters, on all that are held out without; in nats."""
        import torch

        from ELMEDPlaygroundLib.generative.text.network import loss_of

        rows = self._held if rows is None else rows
        with self.averaged(), torch.no_grad():
            parts = torch.from_numpy(rows).split(PARTS)
            losses = [float(loss_of(self.network, part)) * len(part) for part in parts]
        return sum(losses) / len(rows)

    def count(self, rows: np.ndarray | None = None) -> dict[str, float]:
        """Return what mere counting loses on the same rows, by the names of `ORDERS`; in nats."""
        rows = self._held if rows is None else rows
        return {name: loss_of_counting(self.corpus, order, rows) for name, order in ORDERS.items()}

    def write(self, prompt: str, count: int, temperature: float | None, draw: int = 0) -> Written:
        """Let the network go on from a prompt; see `writing.write`.

        Args:
            prompt: characters that the text does not have are left out.
            count: of the characters to write.
            temperature: None for the likeliest character each time.
            draw: another number, other lots.
        """
        import torch

        from ELMEDPlaygroundLib.generative.text.writing import write

        given = torch.from_numpy(self.prompt_codes(prompt))
        with self.averaged():
            return write(self.network, given, count, temperature, self.chance("samples", draw))

    def sheet(self, prompt: str, temperature: float | None, draw: int = 0) -> Sheet:
        """Return `LENGTH` characters that go on from a prompt, to look at; see `write`.

        To write takes as long as some steps. So while the training goes on, a sheet is shown for
        a while before a new one is written.
        """
        key, sheet = (prompt, temperature, draw), self._sheet
        begun = time.perf_counter()
        good = sheet is not None and sheet.key == key
        if sheet is None or not good or (sheet.step != self.step and sheet.until < begun):
            written = self.write(prompt, LENGTH, temperature, draw)
            now = time.perf_counter()
            sheet = Sheet(key, self.step, now + PATIENCE * (now - begun), written)
            self._sheet = sheet
        return sheet

    @property
    def first_prompt(self) -> str:
        """What is gone on from where nobody has said otherwise."""
        return self.corpus.decode(self.corpus.codes[:WORDS]) if self.settings.file else FIRST_PROMPT

    def prompt_codes(self, prompt: str) -> np.ndarray:
        """Return the numbers of a prompt; of an empty one those of a line break or a space."""
        codes, _ = self.corpus.encode(prompt)
        if len(codes):
            return codes
        codes, _ = self.corpus.encode("\n ")
        return codes[:1] if len(codes) else self.corpus.codes[:1]

    @property
    def examples(self) -> int:
        """How many pieces of the text make an epoch."""
        return max(int((~self.corpus.held).sum()) // self.settings.context, 1)

    def about(self) -> dict[str, Any]:
        """Tell of the text; the classes are its characters."""
        return {
            "data": self.corpus.name,
            "classes": list(self.corpus.characters),
            "train": int((~self.corpus.held).sum()),
            "test": int(self.corpus.held.sum()),
            "text": self.corpus.checksum,
            "block_count": self.settings.layers,
            "heads": self.settings.heads,
            "counted": dict(self.counted),
        }

    def told(self, row: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Tell both losses, and that of counting pairs of characters."""
        loss = [] if row["loss"] is None else [("training loss", f"{row['loss']:.2f}")]
        pairs = self.counted["bigram"]
        held = f"{row['validation']:.2f} (counting pairs: {pairs:.2f})"
        return [*loss, ("validation loss", held)]

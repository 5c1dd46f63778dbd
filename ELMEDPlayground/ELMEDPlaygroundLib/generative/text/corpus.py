"""The text that a language model learns from: read, checked, and turned into numbers."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ELMEDLib.errors import InputError

SHIPPED = Path(__file__).resolve().parents[3] / "Resources" / "Texts" / "northanger-abbey.txt"
SHIPPED_NAME = "Northanger Abbey"

FEWEST = 5000
"""Characters that a text must have: about two pages."""

MOST_BYTES = 5_000_000
MOST_CHARACTERS = 120
"""Different characters that are told apart; what is rarer becomes `RARE`."""

RARE = "□"
BLOCK = 500
"""Characters that are held out, or learnt from, in one piece."""

TENTH, FIFTH = 10, 5
"""Of ten blocks the fifth is held out; so the parts have all chapters in them."""

ENCODING_ADVICE = "Save it as plain text in the encoding UTF-8, and choose it again."


@dataclass(frozen=True)
class Corpus:
    """A text as numbers, with what is held out.

    Attributes:
        name: of the text.
        characters: those that are told apart, sorted; the number of each is its place.
        codes: int64 (n,), the text.
        held: bool (n,), whether a character is held out.
        checksum: SHA-256 of the text.
    """

    name: str
    characters: str
    codes: np.ndarray
    held: np.ndarray
    checksum: str

    def encode(self, text: str) -> tuple[np.ndarray, str]:
        """Return the numbers of a text, int64 (n,), and the characters that have none.

        Those become `RARE` where the corpus has it, and else are left out.
        """
        places = {character: place for place, character in enumerate(self.characters)}
        strange = "".join(sorted({one for one in text if one not in places}))
        numbers = [places.get(one, places.get(RARE)) for one in text]
        return np.array([n for n in numbers if n is not None], np.int64), strange

    def decode(self, codes: np.ndarray) -> str:
        """Return the text that numbers stand for."""
        return "".join(self.characters[int(code)] for code in codes)

    def starts(self, length: int) -> np.ndarray:
        """Return where so many characters in a row begin that may all be learnt, int64 (m,)."""
        held = np.concatenate([[0], np.cumsum(self.held)])
        return np.flatnonzero(held[length:] == held[:-length])

    def held_out(self, length: int) -> np.ndarray:
        """Return rows of so many characters that are held out, int64 (m, length).

        A row begins with the character that the row before it ends with: the first is only given,
        and each of the others is foretold once.
        """
        blocks = np.flatnonzero(self.held).reshape(-1, BLOCK)
        first = np.arange(0, BLOCK - length + 1, length - 1)
        places = blocks[:, first, None] + np.arange(length)
        return self.codes[places.reshape(-1, length)]


def shipped() -> Corpus:
    """Return the text that comes with the playground."""
    return make_corpus(SHIPPED_NAME, _decoded(SHIPPED))


def corpus_of(path: Path) -> Corpus:
    """Return the text of a file.

    Raises:
        InputError: there is none, it is too large or too short, or no plain text in UTF-8.
    """
    return make_corpus(path.name, _decoded(path))


def make_corpus(name: str, text: str) -> Corpus:
    """Return a text as numbers.

    Args:
        name: of the text.
        text: at least `FEWEST` characters.

    Raises:
        InputError: it is too short.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) < FEWEST:
        raise InputError(
            f"The text has {len(text):,} characters, which is too short to learn from.",
            f"Choose one with at least {FEWEST:,} characters, about two pages.",
        )
    counts = Counter(text)
    if len(counts) > MOST_CHARACTERS:
        common = {character for character, _ in counts.most_common(MOST_CHARACTERS - 1)}
        text = "".join(one if one in common else RARE for one in text)
    characters = "".join(sorted(set(text)))
    places = {character: place for place, character in enumerate(characters)}
    codes = np.array([places[one] for one in text], np.int64)
    block = np.arange(len(codes)) // BLOCK
    whole = block < len(codes) // BLOCK
    return Corpus(
        name,
        characters,
        codes,
        (block % TENTH == FIFTH - 1) & whole,
        hashlib.sha256(text.encode()).hexdigest(),
    )


def _decoded(path: Path) -> str:
    try:
        # A saved experiment may name anything: also what is no file, and never ends.
        if not path.is_file():
            raise FileNotFoundError
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise InputError(
                f"'{path.name}' has more than {MOST_BYTES / 1e6:.0f} MB, which are learnt at most.",
                "Choose a shorter text; some 100 kB do.",
            )
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise InputError(
            f"The text '{path.name}' cannot be read.", "Choose a text file that is there."
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"'{path.name}' is no text in UTF-8.", ENCODING_ADVICE) from error
    if "\0" in text:
        raise InputError(f"'{path.name}' is no plain text.", ENCODING_ADVICE)
    return text

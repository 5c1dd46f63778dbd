"""What can be chosen of a language model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ELMEDLib.errors import InputError
from ELMEDPlaygroundLib.generative.settings import GeneratorSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_PATH = 4096


@dataclass(frozen=True)
class TextSettings(GeneratorSettings):
    """What is learnt, by which network, and how.

    Attributes:
        file: path of a text file, "" for the text that ships.
        checksum: that the text must have, "" for any; a saved generator goes on with its own text
            alone.
        layers: blocks of the network.
        heads: looks side by side in each.
        width: numbers for each character; a multiple of `heads`.
        context: characters that it sees at most.
        batch: pieces of text in a step.
    """

    model: str = "text"
    file: str = ""
    checksum: str = ""
    layers: int = 2
    heads: int = 4
    width: int = 64
    context: int = 64
    batch: int = 16
    learning_rate: float = 0.006

    LIMITS: ClassVar[Mapping[str, tuple[float, float]]] = {
        **GeneratorSettings.LIMITS,
        "layers": (1, 4),
        "heads": (1, 8),
        "width": (8, 128),
        "context": (8, 128),
        "batch": (1, 64),
    }

    @classmethod
    def read(cls, spec: object) -> TextSettings:
        """Return the settings of a description; see `GeneratorSettings.read`.

        Raises:
            InputError: it says something that is not allowed.
        """
        settings: Any = super().read(spec)
        if settings.width % settings.heads:
            raise InputError(
                f"A width of {settings.width} cannot be shared by {settings.heads} heads.",
                f"Choose a width that is a multiple of {settings.heads}, or other heads.",
            )
        found: TextSettings = settings
        return found

    @classmethod
    def read_field(cls, name: str, value: object) -> Any:
        """Read the path and the checksum.

        Raises:
            InputError: it is no text.
        """
        if not isinstance(value, str) or len(value) > LONGEST_PATH:
            raise InputError(f"'{name}' is no text.", "Choose a text file, or the text that ships.")
        return value

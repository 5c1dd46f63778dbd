"""What can be chosen of a generator: what all have in common, and how choices are read."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar

from ELMEDPlaygroundLib import checked

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_SEED = 2**31 - 1


@dataclass(frozen=True)
class GeneratorSettings:
    """What is learnt, by which generator, and how: a frozen dataclass of numbers, texts and lists.

    A model adds its fields, each with a default, and says in the class attributes what is allowed;
    `read_field` reads what neither of them tells of.

    Attributes:
        model: a key of `models.MODELS`.
        learning_rate: the size of a step.
        batch: examples in a step.
        seed: of all that chance decides.
        LIMITS: smallest and greatest number by field; whole numbers where the default is one.
        CHOICES: the allowed texts by field.
        LIVE: what can be changed while the training goes on.
    """

    model: str = ""
    learning_rate: float = 0.001
    batch: int = 64
    seed: int = 0

    LIMITS: ClassVar[Mapping[str, tuple[float, float]]] = {
        "learning_rate": (1e-6, 1.0),
        "batch": (1, 2000),
        "seed": (0, MOST_SEED),
    }
    CHOICES: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    LIVE: ClassVar[tuple[str, ...]] = ("learning_rate", "batch")

    def as_json(self) -> dict[str, Any]:
        """Return the settings as `read` takes them."""
        return {name: _lists(value) for name, value in asdict(self).items()}

    @classmethod
    def read(cls, spec: object) -> GeneratorSettings:
        """Return the settings of a description.

        Raises:
            InputError: it says something that is not allowed; the error says what would be.
        """
        values = checked.mapping(spec, "the generator")
        names = tuple(field.name for field in fields(cls))
        checked.known(values, names, "this generator")
        given = {**cls().as_json(), **values}
        return cls(**{name: cls._read(name, given[name]) for name in names})

    @classmethod
    def read_field(cls, name: str, value: object) -> Any:
        """Return the value of a field of which neither `LIMITS` nor `CHOICES` tells.

        Raises:
            InputError: it is not allowed.
        """
        raise NotImplementedError(name)

    @classmethod
    def _read(cls, name: str, value: object) -> Any:
        default, what = getattr(cls(), name), f"'{name}'"
        if name == "model":
            return checked.choice(value, "the model", (default,))
        if name in cls.CHOICES:
            return checked.choice(value, what, cls.CHOICES[name])
        if isinstance(default, bool):
            return checked.flag(value, what)
        if name not in cls.LIMITS:
            return cls.read_field(name, value)
        low, high = cls.LIMITS[name]
        if isinstance(default, int):
            return checked.whole(value, what, int(low), int(high))
        return checked.number(value, what, low, high)


def _lists(value: Any) -> Any:
    """Return a value with lists in place of tuples, as JSON would give it back."""
    return [_lists(entry) for entry in value] if isinstance(value, (list, tuple)) else value

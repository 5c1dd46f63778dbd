"""What `Annotated[...]` may say about a parameter: default, valid values, decimals."""

from __future__ import annotations

import typing
from dataclasses import dataclass
from typing import Annotated, Any

if typing.TYPE_CHECKING:
    from collections.abc import Callable


def splitAnnotations(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return the type and its annotations."""
    args = typing.get_args(Annotated[kind, None])
    return args[0], args[1:-1]


def unannotatedType(kind: Any) -> Any:
    """Return the type without its annotations."""
    return splitAnnotations(kind)[0]


def findFirstAnnotation(annotations: Any, kind: type) -> Any:
    """Return the first annotation of a class, or None."""
    return next((entry for entry in annotations if isinstance(entry, kind)), None)


class Default:
    """The value before any was set, or what makes it."""

    def __init__(self, value: Any = None, *, generator: Callable[[], Any] | None = None) -> None:
        self._value = value
        self._generator = generator

    @property
    def value(self) -> Any:
        """The default value."""
        return self._generator() if self._generator else self._value


@dataclass
class Decimals:
    """How many decimals a spin box or slider shows."""

    value: int


@dataclass
class SingleStep:
    """By how much a spin box or slider steps."""

    value: float


@dataclass
class Label:
    """What a generated panel calls the parameter."""

    value: str


class Validator:
    """A condition that a value must meet."""

    def validate(self, value: Any) -> None:
        """Raise ValueError or TypeError for a value that does not."""
        raise NotImplementedError


@dataclass
class NotNone(Validator):
    """Not None."""

    def validate(self, value: Any) -> None:
        """Raise for None."""
        if value is None:
            raise ValueError("Value must not be None")


class IsInstance(Validator):
    """Of a class, or None."""

    def __init__(self, classtype: Any) -> None:
        self.classtype = classtype

    def validate(self, value: Any) -> None:
        """Raise for another class."""
        if value is not None and not isinstance(value, self.classtype):
            raise TypeError(f"Value must be of type '{self.classtype}', not {value!r}")


@dataclass
class WithinRange(Validator):
    """Between two numbers."""

    minimum: float
    maximum: float

    def validate(self, value: Any) -> None:
        """Raise for a number outside."""
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"Value must be in [{self.minimum}, {self.maximum}], is {value}")


@dataclass
class Minimum(Validator):
    """At least."""

    minimum: float

    def validate(self, value: Any) -> None:
        """Raise for a smaller number."""
        if value < self.minimum:
            raise ValueError(f"Value must be at least {self.minimum}, is {value}")


@dataclass
class Maximum(Validator):
    """At most."""

    maximum: float

    def validate(self, value: Any) -> None:
        """Raise for a greater number."""
        if value > self.maximum:
            raise ValueError(f"Value must be at most {self.maximum}, is {value}")


@dataclass
class Choice(Validator):
    """One of some values."""

    choices: Any

    def validate(self, value: Any) -> None:
        """Raise for another value."""
        if value not in self.choices:
            raise ValueError(f"Value must be one of {self.choices}, is {value!r}")


@dataclass
class Exclude(Validator):
    """None of some values."""

    excludedValues: Any

    def validate(self, value: Any) -> None:
        """Raise for one of them."""
        if value in self.excludedValues:
            raise ValueError(f"Value must not be one of {self.excludedValues}, is {value!r}")


@dataclass
class RangeBounds(Validator):
    """A range within bounds."""

    minimum: float
    maximum: float

    def validate(self, value: Any) -> None:
        """Raise for a range that leaves the bounds."""
        if value.minimum < self.minimum or value.maximum > self.maximum:
            raise ValueError(f"Range must be in [{self.minimum}, {self.maximum}], is {value}")

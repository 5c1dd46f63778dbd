"""How each type of parameter is kept in a `vtkMRMLScriptedModuleNode`."""

from __future__ import annotations

import enum
import pathlib
import types
import typing
from typing import Any

import slicer

from host.parameters.annotations import Validator, splitAnnotations

if typing.TYPE_CHECKING:
    from collections.abc import Sequence

_PATHS = (
    pathlib.Path,
    pathlib.PosixPath,
    pathlib.WindowsPath,
    pathlib.PurePath,
    pathlib.PurePosixPath,
    pathlib.PureWindowsPath,
)


class Storage:
    """A type's way into and out of a node: as one text of the parameter's name."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind

    def accepts(self, value: Any) -> bool:
        """Tell whether a value is of the type."""
        return isinstance(value, self.kind)

    def default(self) -> Any:
        """Return the value before any was set."""
        return self.kind()

    def text(self, value: Any) -> str:
        """Return a value as text."""
        return str(value)

    def value(self, text: str) -> Any:
        """Return the value of a text."""
        return self.kind(text)

    def is_in(self, node: Any, name: str) -> bool:
        """Tell whether the node has the parameter."""
        return bool(node.HasParameter(name))

    def write(self, node: Any, name: str, value: Any) -> None:
        """Write a value."""
        node.SetParameter(name, self.text(value))

    def read(self, node: Any, name: str) -> Any:
        """Read the value."""
        return self.value(node.GetParameter(name))

    def remove(self, node: Any, name: str) -> None:
        """Remove the parameter."""
        node.UnsetParameter(name)


class NumberStorage(Storage):
    """An int or a float."""

    def accepts(self, value: Any) -> bool:
        """Take whole numbers for floats too."""
        return isinstance(value, (int, float) if self.kind is float else int)

    def default(self) -> Any:
        """Return zero."""
        return 0


class BoolStorage(Storage):
    """True or False."""

    def text(self, value: Any) -> str:
        """Return True or False."""
        return "True" if value else "False"

    def value(self, text: str) -> bool:
        """Return whether the text is True."""
        return text == "True"


class PathStorage(Storage):
    """A path."""

    def accepts(self, value: Any) -> bool:
        """Take paths of the type."""
        return isinstance(value, self.kind)


class EnumStorage(Storage):
    """An enumeration, kept by name."""

    def default(self) -> Any:
        """Return the first member."""
        return next(iter(self.kind))

    def text(self, value: Any) -> str:
        """Return the member's name."""
        return value.name

    def value(self, text: str) -> Any:
        """Return the member of a name."""
        try:
            return self.kind[text]
        except KeyError:
            raise ValueError(f"{text!r} is not a name in {self.kind!r}") from None


class NodeStorage(Storage):
    """A node: a reference in the role of the parameter's name."""

    def accepts(self, value: Any) -> bool:
        """Take nodes of the class, or None."""
        return value is None or isinstance(value, self.kind)

    def default(self) -> None:
        """Return no node."""

    def write(self, node: Any, name: str, value: Any) -> None:
        """Write the reference, and an empty text that says the parameter is there."""
        node.SetParameter(name, "")
        node.SetNodeReferenceID(name, value.GetID() if value is not None else None)

    def read(self, node: Any, name: str) -> Any:
        """Return the node."""
        return node.GetNodeReference(name)

    def remove(self, node: Any, name: str) -> None:
        """Remove the reference."""
        node.UnsetParameter(name)
        node.RemoveNodeReferenceIDs(name)


class NoneStorage(Storage):
    """None, for `X | None`."""

    def accepts(self, value: Any) -> bool:
        """Take None."""
        return value is None

    def default(self) -> None:
        """Return None."""

    def write(self, node: Any, name: str, value: Any) -> None:  # noqa: ARG002
        """Say that the value is None."""
        node.SetParameter(name, "True")

    def read(self, node: Any, name: str) -> None:
        """Return None."""


class UnionStorage(Storage):
    """One of several types: kept as `name.<place of the type>`."""

    def __init__(self, parts: Sequence[Storage]) -> None:
        super().__init__(object)
        self.parts = parts
        kinds = [getattr(part, "inner", part) for part in parts]
        self._nothing = [i for i, kind in enumerate(kinds) if isinstance(kind, NoneStorage)]

    def accepts(self, value: Any) -> bool:
        """Take what one of the types takes."""
        return any(part.accepts(value) for part in self.parts)

    def default(self) -> Any:
        """Return None for `X | None`, else the first type's."""
        pair = 2
        if len(self.parts) == pair and 1 in self._nothing:
            return None
        return self.parts[0].default()

    def is_in(self, node: Any, name: str) -> bool:
        """Tell whether one of the types is there."""
        return any(part.is_in(node, f"{name}.{i}") for i, part in enumerate(self.parts))

    def write(self, node: Any, name: str, value: Any) -> None:
        """Write as the first type that takes the value; None as None where that is a type."""
        fitting = [i for i, part in enumerate(self.parts) if part.accepts(value)]
        if value is None:
            fitting = self._nothing or fitting
        with slicer.util.NodeModify(node):
            self.remove(node, name)
            self.parts[fitting[0]].write(node, f"{name}.{fitting[0]}", value)

    def read(self, node: Any, name: str) -> Any:
        """Read the type that is there."""
        for index, part in enumerate(self.parts):
            if part.is_in(node, f"{name}.{index}"):
                return part.read(node, f"{name}.{index}")
        raise KeyError(f"Unable to find value for name: {name}")

    def remove(self, node: Any, name: str) -> None:
        """Remove all types."""
        for index, part in enumerate(self.parts):
            part.remove(node, f"{name}.{index}")


class ValidatedStorage(Storage):
    """A type with conditions on its values."""

    def __init__(self, inner: Storage, validators: Sequence[Any]) -> None:
        super().__init__(inner.kind)
        self.inner = inner
        self.validators = [v() if isinstance(v, type) else v for v in validators]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def accepts(self, value: Any) -> bool:
        """Take what the type takes."""
        return self.inner.accepts(value)

    def default(self) -> Any:
        """Return the type's default."""
        return self.inner.default()

    def is_in(self, node: Any, name: str) -> bool:
        """Tell whether the node has the parameter."""
        return self.inner.is_in(node, name)

    def write(self, node: Any, name: str, value: Any) -> None:
        """Check, then write."""
        if value is None and not self.inner.accepts(None):
            raise ValueError(f"{name}: value must not be None")
        if not self.inner.accepts(value):
            raise TypeError(f"{name} takes {self.inner.kind}, not {value!r}")
        for validator in self.validators:
            validator.validate(value)
        self.inner.write(node, name, value)

    def read(self, node: Any, name: str) -> Any:
        """Read the value."""
        return self.inner.read(node, name)

    def remove(self, node: Any, name: str) -> None:
        """Remove the parameter."""
        self.inner.remove(node, name)


def storage_for(annotated: Any) -> ValidatedStorage:
    """Return the storage of a type, with the validators among its annotations.

    Raises:
        TypeError: parameters of this type cannot be kept.
    """
    kind, annotations = splitAnnotations(annotated)
    validators = [
        entry
        for entry in annotations
        if isinstance(entry, Validator)
        or (isinstance(entry, type) and issubclass(entry, Validator))
    ]
    return ValidatedStorage(_plain_storage(kind), validators)


def _plain_storage(kind: Any) -> Storage:  # noqa: PLR0911 - one return for each type
    from host.parameters.containers import container_storage
    from host.parameters.packs import PackStorage, isParameterPack

    if kind is type(None):
        return NoneStorage(kind)
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return UnionStorage([storage_for(part) for part in typing.get_args(kind)])
    container = container_storage(kind)
    if container is not None:
        return container
    if isParameterPack(kind):
        return PackStorage(kind)
    for known, storage in (
        (bool, BoolStorage),
        (str, Storage),
        (int, NumberStorage),
        (float, NumberStorage),
    ):
        if kind is known:
            return storage(kind)
    if kind in _PATHS:
        return PathStorage(kind)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return EnumStorage(kind)
    if isinstance(kind, type) and issubclass(kind, slicer.vtkMRMLNode):
        return NodeStorage(kind)
    raise TypeError(f"Unable to create serializer for type: {kind}")

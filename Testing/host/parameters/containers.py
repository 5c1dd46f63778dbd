"""Lists, tuples and dictionaries: what is changed in them is written to the node."""

from __future__ import annotations

import typing
from collections.abc import Iterator, MutableMapping, MutableSequence
from typing import Any

import slicer

from host.parameters.storage import Storage, storage_for


class ListStorage(Storage):
    """A list: `name.len`, and `name.<index>` for each element."""

    def __init__(self, element: Storage) -> None:
        super().__init__(list)
        self.element = element

    def accepts(self, value: Any) -> bool:
        """Take lists and what looks like one."""
        return hasattr(value, "__iter__") and not isinstance(value, str)

    def is_in(self, node: Any, name: str) -> bool:
        """Tell whether the length is there."""
        return bool(node.HasParameter(f"{name}.len"))

    def _length(self, node: Any, name: str) -> int:
        return int(node.GetParameter(f"{name}.len")) if self.is_in(node, name) else 0

    def write(self, node: Any, name: str, value: Any) -> None:
        """Write all elements, remove those beyond."""
        values, before = list(value), self._length(node, name)
        with slicer.util.NodeModify(node):
            for index, element in enumerate(values):
                self.element.write(node, f"{name}.{index}", element)
            node.SetParameter(f"{name}.len", str(len(values)))
            for index in range(len(values), before):
                self.element.remove(node, f"{name}.{index}")

    def plain(self, node: Any, name: str) -> list[Any]:
        """Read all elements."""
        length = self._length(node, name)
        return [self.element.read(node, f"{name}.{index}") for index in range(length)]

    def read(self, node: Any, name: str) -> Any:
        """Return a list that writes its changes."""
        return ObservedList(self, node, name)

    def remove(self, node: Any, name: str) -> None:
        """Remove all elements."""
        for index in range(self._length(node, name)):
            self.element.remove(node, f"{name}.{index}")
        node.UnsetParameter(f"{name}.len")


class TupleStorage(Storage):
    """A tuple: `name.<index>` for each element."""

    def __init__(self, parts: list[Storage]) -> None:
        super().__init__(tuple)
        self.parts = parts

    def accepts(self, value: Any) -> bool:
        """Take tuples of the right length."""
        return isinstance(value, (tuple, list)) and len(value) == len(self.parts)

    def default(self) -> Any:
        """Return the elements' defaults."""
        return tuple(part.default() for part in self.parts)

    def is_in(self, node: Any, name: str) -> bool:
        """Tell whether the first element is there."""
        return self.parts[0].is_in(node, f"{name}.0")

    def write(self, node: Any, name: str, value: Any) -> None:
        """Write all elements."""
        with slicer.util.NodeModify(node):
            for index, (part, element) in enumerate(zip(self.parts, value, strict=True)):
                part.write(node, f"{name}.{index}", element)

    def read(self, node: Any, name: str) -> Any:
        """Read all elements."""
        return tuple(part.read(node, f"{name}.{i}") for i, part in enumerate(self.parts))

    def remove(self, node: Any, name: str) -> None:
        """Remove all elements."""
        for index, part in enumerate(self.parts):
            part.remove(node, f"{name}.{index}")


class DictStorage(Storage):
    """A dictionary: a list of pairs."""

    def __init__(self, key: Storage, value: Storage) -> None:
        super().__init__(dict)
        self.pairs = ListStorage(TupleStorage([key, value]))

    def accepts(self, value: Any) -> bool:
        """Take dictionaries and what looks like one."""
        return hasattr(value, "items")

    def is_in(self, node: Any, name: str) -> bool:
        """Tell whether the list is there."""
        return self.pairs.is_in(node, name)

    def write(self, node: Any, name: str, value: Any) -> None:
        """Write the pairs."""
        self.pairs.write(node, name, value.items())

    def plain(self, node: Any, name: str) -> dict[Any, Any]:
        """Read the pairs."""
        return dict(self.pairs.plain(node, name))

    def read(self, node: Any, name: str) -> Any:
        """Return a dictionary that writes its changes."""
        return ObservedDict(self, node, name)

    def remove(self, node: Any, name: str) -> None:
        """Remove the pairs."""
        self.pairs.remove(node, name)


class ObservedList(MutableSequence):  # type: ignore[type-arg]
    """A list that writes its changes to the node."""

    def __init__(self, storage: ListStorage, node: Any, name: str) -> None:
        self._place = (storage, node, name)
        self._list = storage.plain(node, name)

    def _save(self) -> None:
        storage, node, name = self._place
        storage.write(node, name, self._list)

    def __len__(self) -> int:
        return len(self._list)

    def __getitem__(self, index: Any) -> Any:
        return self._list[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        self._list[index] = value
        self._save()

    def __delitem__(self, index: Any) -> None:
        del self._list[index]
        self._save()

    def insert(self, index: int, value: Any) -> None:
        """Insert an element."""
        self._list.insert(index, value)
        self._save()

    def __eq__(self, other: object) -> bool:
        return self._list == (other._list if isinstance(other, ObservedList) else other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"ObservedList({self._list})"


class ObservedDict(MutableMapping):  # type: ignore[type-arg]
    """A dictionary that writes its changes to the node."""

    def __init__(self, storage: DictStorage, node: Any, name: str) -> None:
        self._place = (storage, node, name)
        self._dict = storage.plain(node, name)

    def _save(self) -> None:
        storage, node, name = self._place
        storage.write(node, name, self._dict)

    def __len__(self) -> int:
        return len(self._dict)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._dict)

    def __getitem__(self, key: Any) -> Any:
        return self._dict[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._dict[key] = value
        self._save()

    def __delitem__(self, key: Any) -> None:
        del self._dict[key]
        self._save()

    def __eq__(self, other: object) -> bool:
        return self._dict == (other._dict if isinstance(other, ObservedDict) else other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"ObservedDict({self._dict})"


def container_storage(kind: Any) -> Storage | None:
    """Return the storage of a list, tuple or dictionary type, or None."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is list:
        return ListStorage(storage_for(args[0]))
    if origin is tuple:
        return TupleStorage([storage_for(arg) for arg in args])
    if origin is dict:
        return DictStorage(storage_for(args[0]), storage_for(args[1]))
    return None

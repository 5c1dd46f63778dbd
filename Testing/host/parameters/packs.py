"""`parameterPack`: several values under one name, kept as `name.<member>`."""

from __future__ import annotations

import typing
from typing import Any

import slicer

from host.parameters.annotations import Default, findFirstAnnotation, splitAnnotations
from host.parameters.storage import Storage, storage_for


def isParameterPack(kind: Any) -> bool:
    """Tell whether a class is a parameter pack."""
    return bool(getattr(kind, "_is_parameterPack", False))


def nestedParameterNames(kind: Any) -> list[str]:
    """Return the dotted names of all members."""
    names = []
    for name, annotated in kind.allParameters.items():
        inner = splitAnnotations(annotated)[0]
        nested = nestedParameterNames(inner) if isParameterPack(inner) else []
        names += [f"{name}.{part}" for part in nested] or [name]
    return names


def parameterPack(classtype: Any = None) -> Any:
    """Make a class of annotated members a parameter pack (a decorator)."""
    if classtype is None:
        return parameterPack
    members = typing.get_type_hints(classtype, include_extras=True)
    if not members:
        raise ValueError("Unable to find any members in parameterPack")
    classtype.allParameters = members
    classtype._is_parameterPack = True
    own_init = classtype.__dict__.get("__init__")

    def start(self: Any, *args: Any, **keywords: Any) -> None:
        for name, annotated in members.items():
            setattr(self, name, _default(classtype, name, annotated))
        if own_init is not None:
            own_init(self, *args, **keywords)
            return
        for name, value in [*zip(members, args, strict=False), *keywords.items()]:
            if name not in members:
                raise TypeError(f"__init__() got an unexpected keyword argument '{name}'")
            setattr(self, name, value)

    classtype.__init__ = start
    if "__eq__" not in classtype.__dict__:
        classtype.__eq__ = lambda self, other: (
            type(other) is type(self)
            and all(getattr(self, name) == getattr(other, name) for name in members)
        )
    classtype.getValue = getattr
    classtype.setValue = setattr
    classtype.dataType = staticmethod(lambda name: members[name])
    return classtype


def _default(classtype: Any, name: str, annotated: Any) -> Any:
    if hasattr(classtype, name):
        return getattr(classtype, name)
    stated = findFirstAnnotation(splitAnnotations(annotated)[1], Default)
    return stated.value if stated is not None else storage_for(annotated).default()


class PackStorage(Storage):
    """A parameter pack: each member under its own name."""

    def _parts(self) -> dict[str, Storage]:
        return {name: storage_for(kind) for name, kind in self.kind.allParameters.items()}

    def is_in(self, node: Any, name: str) -> bool:
        """Tell whether the first member is there."""
        member, part = next(iter(self._parts().items()))
        return part.is_in(node, f"{name}.{member}")

    def write(self, node: Any, name: str, value: Any) -> None:
        """Write all members."""
        with slicer.util.NodeModify(node):
            for member, part in self._parts().items():
                part.write(node, f"{name}.{member}", getattr(value, member))

    def read(self, node: Any, name: str) -> Any:
        """Read all members."""
        made = self.kind()
        for member, part in self._parts().items():
            object.__setattr__(made, member, part.read(node, f"{name}.{member}"))
        return made

    def remove(self, node: Any, name: str) -> None:
        """Remove all members."""
        for member, part in self._parts().items():
            part.remove(node, f"{name}.{member}")


@parameterPack
class FloatRange:
    """A range between two numbers."""

    _minimum: float
    _maximum: float

    def __init__(self, minimum: float = 0, maximum: float = 0) -> None:
        self.setRange(minimum, maximum)

    def setRange(self, minimum: float, maximum: float) -> None:
        """Set both numbers."""
        if not minimum <= maximum:
            raise ValueError(f"FloatRange must have minimum <= maximum: {minimum} <= {maximum}")
        self._minimum, self._maximum = minimum, maximum

    @property
    def minimum(self) -> float:
        """The lower number."""
        return self._minimum

    @minimum.setter
    def minimum(self, value: float) -> None:
        self.setRange(value, self._maximum)

    @property
    def maximum(self) -> float:
        """The upper number."""
        return self._maximum

    @maximum.setter
    def maximum(self, value: float) -> None:
        self.setRange(self._minimum, value)

    def __repr__(self) -> str:
        return f"FloatRange(minimum={self._minimum}, maximum={self._maximum})"

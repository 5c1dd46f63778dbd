"""Connecting: signatures that must exist, arguments trimmed, exceptions printed."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import shiboken6
from PySide6.QtCore import QMetaObject, QObject

from host.names import names
from host.pythonqt.errors import HostIncompleteError, guarded

if TYPE_CHECKING:
    from collections.abc import Callable

_connections: dict[int, list[tuple[str, Callable[..., Any], Callable[..., Any]]]] = {}


def connection_count() -> int:
    """Return how many connections module code holds now."""
    return sum(len(entries) for entries in _connections.values())


def accepted_count(function: Callable[..., Any]) -> int | None:
    """Return how many positional arguments a callable takes, or None for any number."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return None
    return sum(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)


def argument_count(signature: str) -> int:
    """Return how many arguments a signature has."""
    return len([part for part in signature.partition("(")[2].rstrip(")").split(",") if part])


def signal_of(qt_object: QObject, signature: str) -> Any:
    """Return PySide6's signal of a signature; one without arguments comes with its others.

    Not `QObject.connect(object, SIGNAL(...))`: that loses a reference to None at each emission.
    """
    name, _, rest = signature.partition("(")
    types = rest.rstrip(")")
    signal = getattr(qt_object, name)
    return signal[types] if types else signal


def slot_for(function: Callable[..., Any], most: int | None = None) -> Callable[..., None]:
    """Return what Qt calls in place of `function`, with `most` arguments at most."""
    from host.pythonqt.objects import wrap

    accepted = accepted_count(function)
    count = min((c for c in (accepted, most) if c is not None), default=None)

    def slot(*args: Any) -> None:
        given = args if count is None else args[:count]
        guarded(function, *(wrap(value) for value in given))

    return slot


def known_signatures(qt_object: QObject) -> set[str]:
    """Return the signal signatures that real Slicer has for an object's class and bases."""
    found: set[str] = set()
    bases = [base.__name__ for base in type(qt_object).__mro__]
    for base in bases:
        found |= names().signatures(base)
    nearest = next((known for known in map(names().of_class, bases) if known is not None), None)
    if nearest is not None and not names().has_meta(nearest.name):
        # Qt's own meta-object speaks for classes whose signatures were not recorded.
        meta = qt_object.metaObject()
        for index in range(meta.methodCount()):
            method = meta.method(index)
            is_signal = method.methodType() == method.MethodType.Signal
            if is_signal and bytes(method.name()).decode() in nearest.signals:
                found.add(bytes(method.methodSignature()).decode())
    return found


def qt_signature(qt_object: QObject, signature: str) -> str:
    """Return how PySide6 spells a signal of real Slicer: VTK pointers are Python objects there."""
    meta = qt_object.metaObject()
    if meta.indexOfSignal(signature) >= 0:
        return signature
    name, _, rest = signature.partition("(")
    types = [part for part in rest.rstrip(")").split(",") if part]
    wanted = argument_count(signature)
    for index in range(meta.methodCount()):
        method = meta.method(index)
        if method.methodType() != method.MethodType.Signal:
            continue
        if bytes(method.name()).decode() == name and method.parameterCount() == wanted:
            offered = [bytes(kind).decode() for kind in method.parameterTypes()]
            if all(
                "*" in t or o in (t, "PyObject", "QVariant")
                for t, o in zip(types, offered, strict=True)
            ):
                return bytes(method.methodSignature()).decode()
    class_name = type(qt_object).__name__
    raise HostIncompleteError(f"The host's {class_name} lacks the signal {signature}")


def connect(qt_object: QObject, signature: str, function: Callable[..., Any]) -> bool:
    """Connect as PythonQt does: False, with a printed message, when there is no such signal."""
    wanted = normalized(signature)
    if "(" not in signature or wanted not in known_signatures(qt_object):
        print(f"QObject.connect(): signal '{signature}' not found in {type(qt_object).__name__}")  # noqa: T201
        return False
    if not callable(function):
        raise TypeError(f"connect: {function!r} cannot be called")
    real = qt_signature(qt_object, wanted)
    slot = slot_for(function, argument_count(wanted))
    signal_of(qt_object, real).connect(slot)
    pointer = shiboken6.getCppPointer(qt_object)[0]
    if pointer not in _connections:
        _connections[pointer] = []
        qt_object.destroyed.connect(lambda *_: _connections.pop(pointer, None))
    _connections[pointer].append((wanted, function, slot))
    return True


def disconnect(
    qt_object: QObject, signature: str, function: Callable[..., Any] | None = None
) -> bool:
    """Undo `connect`; True when something was connected."""
    wanted = normalized(signature)
    entries = _connections.get(shiboken6.getCppPointer(qt_object)[0], [])
    gone = [e for e in entries if e[0] == wanted and function in (None, e[1])]
    for entry in gone:
        signal_of(qt_object, qt_signature(qt_object, wanted)).disconnect(entry[2])
        entries.remove(entry)
    return bool(gone)


def normalized(signature: str) -> str:
    """Return a signature as Qt spells it: no spaces, no const references."""
    return bytes(QMetaObject.normalizedSignature(signature)).decode()


class BoundSignal:
    """`widget.clicked`: connect, disconnect, and call to emit."""

    def __init__(self, wrapper: Any, name: str) -> None:
        self._wrapper = wrapper
        self._name = name

    def _signature(self) -> str:
        qt_object = self._wrapper.__dict__["_host_object"]
        found = [s for s in known_signatures(qt_object) if s.partition("(")[0] == self._name]
        if not found:
            raise HostIncompleteError(f"No signature is known of the signal {self._name}")
        # PythonQt takes the first overload; VTK pointers come before flags, longer before shorter.
        return min(found, key=lambda s: ("*" not in s, -len(s.split(",")), s.endswith("()"), s))

    def connect(self, function: Callable[..., Any]) -> bool:
        """Connect a callable."""
        return connect(self._wrapper.__dict__["_host_object"], self._signature(), function)

    def disconnect(self, function: Callable[..., Any] | None = None) -> bool:
        """Disconnect a callable, or all."""
        return disconnect(self._wrapper.__dict__["_host_object"], self._signature(), function)

    def __call__(self, *args: Any) -> None:
        """Emit the signal."""
        from host.pythonqt.objects import unwrap

        getattr(self._wrapper.__dict__["_host_object"], self._name).emit(*map(unwrap, args))

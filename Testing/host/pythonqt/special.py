"""Methods that PythonQt itself adds to objects, or that have to know about wrapping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shiboken6
from PySide6.QtCore import QObject

from host.pythonqt import signals

if TYPE_CHECKING:
    from collections.abc import Callable


def _connect(_wrapper: Any, inside: Any, signature: str, function: Callable[..., Any]) -> bool:
    return signals.connect(inside, signature, function)


def _disconnect(
    _wrapper: Any, inside: Any, signature: str, function: Callable[..., Any] | None = None
) -> bool:
    return signals.disconnect(inside, signature, function)


def _class_name(wrapper: Any, inside: Any) -> str:
    return (
        inside.metaObject().className() if isinstance(inside, QObject) else type(wrapper).__name__
    )


def _inherits(_wrapper: Any, inside: Any, name: str) -> bool:
    return any(base.__name__ == name for base in type(inside).__mro__) or inside.inherits(name)


def _delete(_wrapper: Any, inside: Any) -> None:
    shiboken6.delete(inside)


def _type_name(kind: Any) -> str:
    return kind if isinstance(kind, str) else kind.__name__


def _find_children(
    _wrapper: Any, inside: Any, kind: Any = "QObject", name: str = ""
) -> tuple[Any, ...]:
    from host.pythonqt.objects import wrap

    wanted = _type_name(kind)
    found = [
        child
        for child in inside.findChildren(QObject)
        if _inherits(None, child, wanted) and name in ("", child.objectName())
    ]
    return tuple(wrap(child) for child in found)


def _find_child(wrapper: Any, inside: Any, kind: Any, name: str = "") -> Any:
    found = _find_children(wrapper, inside, kind, name)
    return found[0] if found else None


def _set_property(_wrapper: Any, inside: Any, name: str, value: Any) -> bool:
    from host.pythonqt.objects import unwrap

    return inside.setProperty(name, unwrap(value))


def _const_bits(_wrapper: Any, inside: Any) -> bytes:
    # PySide6's view of the pixels does not keep the picture, and outlives it.
    return bytes(inside.constBits())


METHODS: dict[str, Callable[..., Any]] = {
    "connect": _connect,
    "disconnect": _disconnect,
    "className": _class_name,
    "constBits": _const_bits,
    "inherits": _inherits,
    "delete": _delete,
    "findChild": _find_child,
    "findChildren": _find_children,
    "setProperty": _set_property,
}

"""The attributes of wrapped classes: properties, methods, signals, enumerations."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any

import shiboken6

from host.pythonqt import special
from host.pythonqt.enums import wrap_enum
from host.pythonqt.errors import HostIncompleteError
from host.pythonqt.signals import BoundSignal, accepted_count

if TYPE_CHECKING:
    from collections.abc import Callable

    from host.names import ClassNames

_PYTHON_KEYWORDS = {"raise": "raise_", "print": "print_", "exec_": "exec", "raise_": "raise_"}


def qt_object(wrapper: Any) -> Any:
    """Return the PySide6 object inside, if it still lives."""
    inside = wrapper.__dict__.get("_host_object")
    alive = inside is not None and (
        not isinstance(inside, shiboken6.Shiboken.Object) or shiboken6.isValid(inside)
    )
    if not alive:
        raise ValueError(f"Trying to access a destroyed {type(wrapper).__name__}")
    return inside


def find(cls: type, name: str) -> Any:
    """Return a class attribute as it stands in the class, not what reading it gives."""
    for base in cls.__mro__:
        if name in base.__dict__:
            return base.__dict__[name]
    return None


class Property:
    """A Qt property: a value, never a callable."""

    def __init__(self, name: str) -> None:
        self.name = name

    def _meta(self, inside: Any) -> Any:
        meta = inside.metaObject()
        index = meta.indexOfProperty(self.name)
        if index < 0:
            class_name = type(inside).__name__
            raise HostIncompleteError(f"The host's {class_name} lacks the property {self.name}")
        return meta.property(index)

    def __get__(self, wrapper: Any, owner: type) -> Any:
        from host.pythonqt.objects import wrap

        if wrapper is None:
            return None
        inside = qt_object(wrapper)
        self._meta(inside)
        return wrap(inside.property(self.name))

    def __set__(self, wrapper: Any, value: Any) -> None:
        from host.pythonqt.objects import unwrap

        inside = qt_object(wrapper)
        meta = self._meta(inside)
        if not meta.isWritable():
            raise AttributeError(f"Property '{self.name}' is not writable")
        plain = coerced(meta.typeName(), unwrap(value))
        if not inside.setProperty(self.name, plain):
            raise AttributeError(
                f"Property '{self.name}' of type '{meta.typeName()}' does not accept an object "
                f"of type {type(value).__name__}"
            )


def coerced(type_name: str, value: Any) -> Any:
    """Convert as PythonQt does: nearly anything to a string, numbers cut, truth of anything."""
    if type_name == "QString" and not isinstance(value, str):
        return str(value)
    if type_name == "QStringList" and isinstance(value, str):
        return list(value)
    if type_name == "int" and isinstance(value, float):
        return int(value)
    if type_name == "bool" and not isinstance(value, bool):
        return bool(value)
    return value


class Method:
    """A method or slot; on the class, the function itself (static or not)."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, wrapper: Any, owner: type) -> Any:
        if wrapper is None:
            return ClassFunction(owner, self.name)
        return BoundMethod(wrapper, self.name)


class BoundMethod:
    """A method of one object."""

    def __init__(self, wrapper: Any, name: str) -> None:
        self.__self__ = wrapper
        self.__name__ = name

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BoundMethod):
            return NotImplemented
        return self.__self__ is other.__self__ and self.__name__ == other.__name__

    def __hash__(self) -> int:
        return hash((id(self.__self__), self.__name__))

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        """Call the function, with wrapped values in and out."""
        inside = qt_object(self.__self__)
        _no_keywords(self.__name__, keywords)
        replacement = special.METHODS.get(self.__name__)
        if replacement is not None:
            return replacement(self.__self__, inside, *args)
        function = implementation(inside, self.__name__)
        return _called(function, self.__name__, _for_setter(inside, self.__name__, args))


class ClassFunction:
    """`qt.QTimer.singleShot`, or `qt.QWidget.paintEvent(self, event)` in an overriding method."""

    def __init__(self, owner: type, name: str) -> None:
        self._owner = owner
        self.__name__ = name

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        """Call the function, with wrapped values in and out."""
        _no_keywords(self.__name__, keywords)
        function = implementation(self._owner._host_qt_class, self.__name__)  # type: ignore[attr-defined]
        return _called(function, self.__name__, args)


def _no_keywords(name: str, keywords: dict[str, Any]) -> None:
    if keywords:
        raise ValueError(f"{name} takes no keyword arguments: {keywords}")


def implementation(target: Any, name: str) -> Callable[..., Any]:
    """Return PySide6's or the host's function behind a method name of real Slicer.

    `target` is an object, or a class for static functions.
    """
    spelled = _PYTHON_KEYWORDS.get(name, name)
    kind = target if isinstance(target, type) else type(target)
    if "_host_overrides" in kind.__dict__:
        # A Python class that overrides a virtual method calls the class above through its wrapper.
        target = super(kind, target)
    found = getattr(target, spelled, None)
    if not callable(found):
        raise HostIncompleteError(f"The host's {kind.__name__} lacks the method {name}")
    return found


def _called(function: Callable[..., Any], name: str, args: tuple[Any, ...]) -> Any:
    from host.pythonqt.objects import unwrap, wrap

    plain = [unwrap(value) for value in args]
    if isinstance(function, (types.FunctionType, types.MethodType)):
        count = accepted_count(function)
        if count is not None and len(plain) > count:
            raise ValueError(f"Called {name}() with too many arguments: {args}")
        return wrap(function(*plain))
    try:
        return wrap(function(*plain))
    except TypeError as error:
        raise ValueError(f"Called {name}() with wrong arguments {args}: {error}") from None


def _for_setter(inside: Any, name: str, args: tuple[Any, ...]) -> tuple[Any, ...]:
    if not name.startswith("set") or len(args) != 1 or not hasattr(inside, "metaObject"):
        return args
    meta = inside.metaObject()
    index = meta.indexOfProperty(name[3].lower() + name[4:])
    if index < 0:
        return args
    return (coerced(meta.property(index).typeName(), args[0]),)


class Signal:
    """A signal."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, wrapper: Any, owner: type) -> Any:
        if wrapper is None:
            return self
        qt_object(wrapper)
        return BoundSignal(wrapper, self.name)


class Enumeration:
    """An enumeration class or value of a class."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, wrapper: Any, owner: type) -> Any:
        inside = owner._host_qt_class  # type: ignore[attr-defined]
        found = getattr(inside, self.name, None)
        if found is None:
            raise HostIncompleteError(f"The host's {owner.__name__} lacks {self.name}")
        return found if isinstance(found, int) else wrap_enum(found)


def namespace(known: ClassNames) -> dict[str, Any]:
    """Return the class attributes of a wrapper class."""
    made: dict[str, Any] = {"_host_names": known}
    made.update((name, Enumeration(name)) for name in known.enums)
    made.update((name, Method(name)) for name in known.methods)
    made.update((name, Signal(name)) for name in known.signals)
    made.update((name, Property(name)) for name in known.properties)
    if "objectName" in known.properties and "name" not in known.all:
        made["name"] = Property("objectName")
    for name in ("exec", "raise"):
        if name in known.methods:
            made[f"{name}_"] = Method(name)
    return made

"""Python subclasses of Qt classes: virtual methods reach Python."""

from __future__ import annotations

import types
from functools import cache
from typing import Any

from host.pythonqt.errors import guarded


def _forwarder(name: str) -> Any:
    def forward(inside: Any, *args: Any) -> Any:
        from host.pythonqt.objects import unwrap, wrap

        wrapper = getattr(inside, "_pythonqt_wrapper", None)
        if wrapper is None:  # Qt calls some virtual methods while it still constructs the object
            return getattr(super(type(inside), inside), name)(*args)
        return unwrap(guarded(getattr(wrapper, name), *map(wrap, args)))

    forward.__name__ = name
    return forward


@cache
def class_with_overrides(python_class: type, qt_class: type) -> type:
    """Return a subclass of `qt_class` whose virtual methods call those of `python_class`."""
    overridden: dict[str, Any] = {"_host_overrides": True}
    for base in python_class.__mro__:
        if "_host_names" in base.__dict__:
            break
        for name, value in vars(base).items():
            is_method = isinstance(value, types.FunctionType) and not name.startswith("__")
            if is_method and hasattr(qt_class, name):
                overridden[name] = _forwarder(name)
    return type(python_class.__name__, (qt_class,), overridden)

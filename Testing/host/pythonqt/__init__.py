"""Real Qt objects with the manners that PythonQt gives them in Slicer.

PySide6 makes the objects; every object that module code sees is wrapped: properties are values,
only what real Slicer has can be read, set, called or connected, and a failing slot is printed
instead of raised.
"""

from host.pythonqt.errors import HostIncompleteError, slot_errors
from host.pythonqt.objects import class_for, unwrap, wrap

__all__ = ["HostIncompleteError", "class_for", "slot_errors", "unwrap", "wrap"]

"""A stand-in for Slicer's desktop, so that the panels can be seen and clicked without it.

The data model is Slicer's own (the `slicer-core` wheel, set up by `trame-slicer`), the widgets are
real Qt (PySide6), and what lies between is written small here: PythonQt's manners, module
life cycle, `.ui` files, parameter nodes, the MRML and CTK widgets. It is strict: what real Slicer
does not have raises. It is for tests, pictures and the preview; production code never knows it.
"""

from host.host import Host, start

__all__ = ["Host", "start"]

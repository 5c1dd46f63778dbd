"""The floor that ELMED's three rooms share.

Everything here except `ELMEDLib.bridge` runs without Slicer: in a worker process, in the `elmed`
command and in tests. `ELMEDLib.bridge` is the one package of the floor that touches MRML nodes.
"""

__version__ = "0.1.0"

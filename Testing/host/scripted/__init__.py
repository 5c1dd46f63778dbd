"""Slicer's Python modules that the `slicer-core` wheel does not bring."""

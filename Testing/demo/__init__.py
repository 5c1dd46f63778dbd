"""The demonstration: one study segmented, and its result as files, a scene and pictures.

It is not part of the engine, because it draws with Slicer's own displayable managers, from the
`slicer-core` package. It needs no Slicer application, no screen and no network.
"""

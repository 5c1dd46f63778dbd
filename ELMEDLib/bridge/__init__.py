"""Between Slicer's nodes and what the engines speak: images, labels and rows.

The one package of the floor that imports Slicer. Everything here runs on the main thread. Slicer's
world is RAS, SimpleITK's is LPS; arrays are `(z, y, x)`.
"""

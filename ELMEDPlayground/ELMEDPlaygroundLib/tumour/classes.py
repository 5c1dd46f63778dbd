"""What a pixel of a label map can be, and the grid that label maps and slices lie on."""

from __future__ import annotations

OUTSIDE, FLUID, GREY, WHITE, CORE, OEDEMA, ENHANCING = range(7)
CLASSES = ("outside", "fluid", "grey matter", "white matter", "core", "oedema", "enhancing")
"""By number. Grey and white matter are what T1 and T2 part; deep nuclei may be either."""

TUMOUR = {1: CORE, 2: OEDEMA, 3: ENHANCING}
"""The class of each label of a glioma, as BraTS numbers them."""

SHAPE = (96, 80)
"""Rows and columns of a slice; the first row is anterior, the first column the patient's right."""

SPACING_MM = 2.0

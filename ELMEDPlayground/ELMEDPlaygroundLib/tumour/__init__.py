"""Slices of a brain in four contrasts, made of a label map: what is painted becomes a tumour."""

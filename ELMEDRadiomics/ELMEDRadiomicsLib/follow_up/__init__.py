"""Tumour burden over time: lesions matched, changes, and a proposed response category."""

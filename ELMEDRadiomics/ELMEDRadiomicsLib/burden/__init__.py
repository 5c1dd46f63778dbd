"""Tumour burden: volumes, diameters and RANO measurements of a segmented tumour."""

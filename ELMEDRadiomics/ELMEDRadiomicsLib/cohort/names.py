"""What the files of a measured cohort are called."""

from __future__ import annotations

FEATURES = "features.csv"
"""A row a patient, a column a feature."""

INTENSITIES = "intensities.csv"
"""Percentiles of intensities, a row a patient."""

COURSE = "course.csv"
"""The table of the course's lab."""

CLINICAL = "clinical.csv"
"""What the cohort's own table says besides files."""

REPORT = "report.html"
TABLES = "tables"
"""Folder of the analyses' tables."""

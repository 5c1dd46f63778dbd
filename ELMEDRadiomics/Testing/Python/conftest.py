"""What the radiomics tests can ask for."""

from __future__ import annotations

import csv
import importlib.util
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def cases() -> ModuleType:
    """The module that makes images, masks and settings (`reference_cases.py`)."""
    name = "elmed_radiomics_reference_cases"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, HERE / "reference_cases.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def references() -> dict[str, dict[str, float]]:
    """Pyradiomics' values by case and feature (`references.csv`)."""
    values: dict[str, dict[str, float]] = defaultdict(dict)
    with (HERE / "references.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            values[row["case"]][row["feature"]] = float(row["value"])
    return values


@pytest.fixture(scope="session")
def apart() -> Any:
    """A function that lists the features whose values differ, `{name: (found, expected)}`."""

    def rounding(name: str) -> float:
        """How far from 0 rounding takes a value that is exactly 0 (e.g. the width of a line).

        Axis lengths are roots of variances, and the root of a variance's rounding, 1e-14 mm^2,
        is 1e-7 mm; which rounding it is differs between processors.
        """
        rooted = "_shape" in name and name.endswith(("AxisLength", "Elongation", "Flatness"))
        return 1e-6 if rooted else 1e-12

    def compare(found: dict[str, float], expected: dict[str, float]) -> dict[str, tuple]:
        assert found.keys() == expected.keys()
        return {
            name: (found[name], value)
            for name, value in expected.items()
            if found[name] != pytest.approx(value, rel=1e-9, abs=rounding(name), nan_ok=True)
        }

    return compare


@pytest.fixture(scope="session")
def cohort_patients() -> ModuleType:
    """The module that writes small patients for cohorts (`cohort_patients.py`)."""
    name = "elmed_radiomics_cohort_patients"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, HERE / "cohort_patients.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]

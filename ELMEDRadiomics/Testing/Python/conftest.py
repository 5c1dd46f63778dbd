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

    def compare(found: dict[str, float], expected: dict[str, float]) -> dict[str, tuple]:
        assert found.keys() == expected.keys()
        return {
            name: (found[name], value)
            for name, value in expected.items()
            # What is 0 but for rounding is held against the rounding of the image's numbers.
            if found[name] != pytest.approx(value, rel=1e-9, abs=1e-12, nan_ok=True)
        }

    return compare

"""Write pyradiomics' values on all cases to `references.csv` beside this file.

Needs pyradiomics 3.0.1 (Python up to 3.11, a C compiler) and, for LBP2D, scikit-image:

    pip install "setuptools<80" wheel versioneer numpy scikit-image
    pip install --no-build-isolation --no-cache-dir pyradiomics==3.0.1
    python ELMEDRadiomics/Testing/Python/make_references.py [DATA]

DATA is the folder of real development data; without it the real cases keep the values that they
have in the file.
"""

from __future__ import annotations

import csv
import itertools
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import radiomics
from radiomics.featureextractor import RadiomicsFeatureExtractor

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import reference_cases as made  # noqa: E402

FILE = HERE / "references.csv"


def main() -> None:
    """Compute and write."""
    radiomics.setVerbosity(60)
    cases: Iterable[made.Case] = made.simulated_cases()
    known = {}
    if FILE.exists():
        with FILE.open(newline="", encoding="utf-8") as file:
            for case, name, value in itertools.islice(csv.reader(file), 1, None):
                known.setdefault(case, []).append((name, value))
    if len(sys.argv) > 1:
        data = Path(sys.argv[1])
        cases = itertools.chain(cases, made.real_cases(data), made.course_cases(data))
    for case in cases:
        parameters = json.loads(json.dumps(case.parameters))
        parameters["setting"] = {**parameters.get("setting", {}), "additionalInfo": False}
        extractor = RadiomicsFeatureExtractor(parameters)
        found = extractor.execute(case.image, case.mask, label=case.label)
        known[case.name] = [(name, repr(float(value))) for name, value in found.items()]
    with FILE.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("case", "feature", "value"))
        for name, values in known.items():
            table.writerows((name, feature, value) for feature, value in values)


if __name__ == "__main__":
    main()

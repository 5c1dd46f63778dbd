"""Compare the CPU time of the elmed engine and of pyradiomics on the same work.

Usage:
    python Testing/benchmarks/radiomics_speed.py [STUDY] [--labels 1 2] [--settings course ...]

STUDY is a folder with t1, t1c, t2, flair and seg as NIfTI; the sample study unless told. Both
engines get the images in memory and run in this process, one after the other, each sequence and
segment as its users run it.
pyradiomics has to be installed (its version 3.0.1 builds for Python up to 3.11; see
Docs/radiomics.md). Linear algebra runs in one thread, because threads that wait count as CPU time.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
import time
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import SimpleITK as sitk  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "ELMEDRadiomics")]

from ELMEDRadiomicsLib.engine import extract  # noqa: E402
from ELMEDRadiomicsLib.presets import preset  # noqa: E402
from ELMEDRadiomicsLib.settings import Settings, from_parameters  # noqa: E402

SEQUENCES = ("t1", "t1c", "t2", "flair")
FILTERS = {"Original": {}, "LoG": {"sigma": [1.0, 2.0, 3.0, 4.0, 5.0]}, "Wavelet": {}}
SETTINGS = {
    "course": preset("course").settings(),
    "default": preset("default").settings(),
    "filters": from_parameters({**preset("default").settings().parameters, "imageType": FILTERS}),
}
SAMPLE_STUDY = ROOT / "Resources" / "SampleStudy"
WANTED = {"course": 8, "default": 12, "filters": 12}


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study", type=Path, nargs="?", default=SAMPLE_STUDY)
    parser.add_argument("--labels", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--settings", nargs="+", choices=SETTINGS, default=list(SETTINGS))
    parser.add_argument("--sequences", nargs="+", choices=SEQUENCES, default=list(SEQUENCES))
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    if not peer_is_there():
        return
    images = {
        name: sitk.ReadImage(str(arguments.study / f"{name}.nii.gz"))
        for name in arguments.sequences
    }
    mask = sitk.ReadImage(str(arguments.study / "seg.nii.gz"))
    rows = []
    print(f"{'settings':<10}{'values':>8}{'pyradiomics':>13}{'elmed':>9}{'times':>7}{'wanted':>8}")
    for name in arguments.settings:
        row = measure(name, SETTINGS[name], images, mask, arguments.labels)
        rows.append(row)
        print(
            f"{name:<10}{row['values']:>8}{row['pyradiomics']:>12.2f}s{row['elmed']:>8.2f}s"
            f"{row['times']:>7.1f}{WANTED[name]:>8}"
        )
        shares = ", ".join(
            f"{stage} {seconds / max(row['elmed'], 1e-9):.0%}"
            for stage, seconds in sorted(row["stages"].items(), key=lambda entry: -entry[1])
        )
        print(f"          of elmed's time: {shares}")
        print(f"          largest relative difference: {row['difference']:.1e} ({row['worst']})")
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2) + "\n")


def peer_is_there() -> bool:
    """Return whether pyradiomics is installed, and say so when it is not."""
    there = importlib.util.find_spec("radiomics") is not None
    if not there:
        print("pyradiomics is not installed, so there is nothing to compare with.")
        print("Docs/radiomics.md says how to install it.")
    return there


def measure(
    name: str,
    settings: Settings,
    images: dict[str, sitk.Image],
    mask: sitk.Image,
    labels: list[int],
) -> dict[str, object]:
    """Return CPU seconds of both engines and the largest difference between their values."""
    start = time.process_time()
    extraction = extract(images, mask, settings, labels)
    ours = time.process_time() - start
    start = time.process_time()
    expected = by_pyradiomics(settings, images, mask, labels)
    theirs = time.process_time() - start
    found = {(f.image, f.label, f.name): f.value for f in extraction.features}
    difference, worst = _difference(found, expected)
    return {
        "settings": name,
        "values": len(found),
        "pyradiomics": theirs,
        "elmed": ours,
        "times": theirs / ours,
        "stages": extraction.seconds,
        "difference": difference,
        "worst": worst,
    }


def by_pyradiomics(
    settings: Settings, images: dict[str, sitk.Image], mask: sitk.Image, labels: list[int]
) -> dict[tuple[str, int, str], float]:
    """Return pyradiomics' values by image, label and feature."""
    import radiomics
    from radiomics.featureextractor import RadiomicsFeatureExtractor

    radiomics.setVerbosity(60)
    extractor = RadiomicsFeatureExtractor(json.loads(json.dumps(settings.parameters)))
    return {
        (name, label, feature): float(value)
        for name, image in images.items()
        for label in labels
        for feature, value in extractor.execute(image, mask, label=label).items()
        if not feature.startswith("diagnostics")
    }


def _difference(
    found: dict[tuple[str, int, str], float], expected: dict[tuple[str, int, str], float]
) -> tuple[float, str]:
    if found.keys() != expected.keys():
        return float("inf"), "different features"
    apart = {
        key: abs(found[key] - value) / max(abs(value), 1e-300)
        for key, value in expected.items()
        if found[key] != value and not (found[key] != found[key] and value != value)  # noqa: PLR0124
    }
    if not apart:
        return 0.0, "none"
    worst = max(apart, key=lambda key: apart[key])
    return apart[worst], worst[2]


if __name__ == "__main__":
    main()

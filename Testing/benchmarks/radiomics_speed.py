"""Compare the CPU time of the elmed engine and of pyradiomics on the same work.

Usage:
    python Testing/benchmarks/radiomics_speed.py STUDY [--labels 1 2] [--settings course ...]

STUDY is a folder with t1, t1c, t2, flair and seg as NIfTI. Both engines get the images in memory
and run in this process, one after the other. pyradiomics has to be installed (its version 3.0.1
builds for Python up to 3.11; see Docs/radiomics.md).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import SimpleITK as sitk

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "ELMEDRadiomics")]

from ELMEDRadiomicsLib.backends import Options  # noqa: E402
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
WANTED = {"course": 8, "default": 12, "filters": 12}


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study", type=Path)
    parser.add_argument("--labels", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--settings", nargs="+", choices=SETTINGS, default=list(SETTINGS))
    parser.add_argument("--only", choices=("elmed", "pyradiomics"))
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    images = {name: sitk.ReadImage(str(arguments.study / f"{name}.nii.gz")) for name in SEQUENCES}
    mask = sitk.ReadImage(str(arguments.study / "seg.nii.gz"))
    rows = []
    print(f"{'settings':<10}{'values':>8}{'pyradiomics':>13}{'elmed':>9}{'times':>7}{'wanted':>8}")
    for name in arguments.settings:
        row = measure(name, SETTINGS[name], images, mask, arguments)
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


def measure(
    name: str,
    settings: Settings,
    images: dict[str, sitk.Image],
    mask: sitk.Image,
    arguments: argparse.Namespace,
) -> dict[str, object]:
    """Return CPU seconds of both engines and the largest difference between their values."""
    seconds, found = {}, {}
    for engine in ("elmed", "pyradiomics"):
        if arguments.only and engine != arguments.only:
            continue
        start = time.process_time()
        found[engine] = extract(images, mask, settings, arguments.labels, Options(engine=engine))
        seconds[engine] = time.process_time() - start
    difference, worst = _difference(found) if len(found) > 1 else (float("nan"), "")
    some = next(iter(found.values()))
    ours, theirs = (seconds.get(engine, float("nan")) for engine in ("elmed", "pyradiomics"))
    return {
        "settings": name,
        "values": len(some.features),
        "pyradiomics": theirs,
        "elmed": ours,
        "times": theirs / ours,
        "stages": found["elmed"].seconds if "elmed" in found else {},
        "difference": difference,
        "worst": worst,
    }


def _difference(found: dict) -> tuple[float, str]:
    theirs = {(f.image, f.label, f.name): f.value for f in found["pyradiomics"].features}
    ours = {(f.image, f.label, f.name): f.value for f in found["elmed"].features}
    if theirs.keys() != ours.keys():
        return float("inf"), "different features"
    apart = {
        key: abs(ours[key] - value) / max(abs(value), 1e-300)
        for key, value in theirs.items()
        if ours[key] != value and not (ours[key] != ours[key] and value != value)  # noqa: PLR0124
    }
    if not apart:
        return 0.0, "none"
    worst = max(apart, key=lambda key: apart[key])
    return apart[worst], worst[2]


if __name__ == "__main__":
    main()

"""Compare the peak memory of the elmed engine and of pyradiomics on the same work.

Usage:
    python Testing/benchmarks/radiomics_memory.py [STUDY] [--settings course default filters]

Each engine works in a process of its own, on one sequence and two segments, because pyradiomics
takes one at a time; the elmed engine's peak with all four sequences is printed too.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import radiomics_speed as speed
import SimpleITK as sitk

MEGABYTE = 1024


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study", type=Path, nargs="?", default=speed.SAMPLE_STUDY)
    parser.add_argument("--settings", nargs="+", choices=speed.SETTINGS, default=["course"])
    parser.add_argument("--labels", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(measure(arguments, *arguments.measure))
        return
    if not speed.peer_is_there():
        return
    print(f"{'settings':<10}{'pyradiomics':>13}{'elmed':>10}{'elmed, four':>14}")
    for name in arguments.settings:
        peaks = [_peak(arguments, engine, name) for engine in ("pyradiomics", "elmed", "four")]
        print(f"{name:<10}{peaks[0]:>10} MB{peaks[1]:>7} MB{peaks[2]:>11} MB")


def measure(arguments: argparse.Namespace, engine: str, name: str) -> int:
    """Do the work in this process and return its peak memory in MB."""
    sequences = speed.SEQUENCES if engine == "four" else ("t1c",)
    images = {
        entry: sitk.ReadImage(str(arguments.study / f"{entry}.nii.gz")) for entry in sequences
    }
    mask = sitk.ReadImage(str(arguments.study / "seg.nii.gz"))
    if engine == "pyradiomics":
        speed.by_pyradiomics(speed.SETTINGS[name], images, mask, arguments.labels)
    else:
        speed.extract(images, mask, speed.SETTINGS[name], arguments.labels)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MEGABYTE


def _peak(arguments: argparse.Namespace, engine: str, name: str) -> int:
    labels = [str(label) for label in arguments.labels]
    command = [sys.executable, __file__, str(arguments.study), "--measure", engine, name]
    answer = subprocess.run(
        [*command, "--labels", *labels], check=True, capture_output=True, text=True
    )
    return int(answer.stdout.split()[-1])


if __name__ == "__main__":
    main()

"""The peak memory of `elmed segment`, as users run it, on a study of 240x240x155 voxels of 1 mm.

Run: `python Testing/benchmarks/segment_memory.py [--mirror] [--maps] [--model NAME]`. With the
development data beside the project the study is a real one; else it is the sample study, resampled
to that size. Prints the peak in MB and as a share of the limit; the exit code is 1 beyond it. The
peak is the largest resident size that the system has seen of the process.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from ELMEDSegmentLib.geometry import Grid
from ELMEDSegmentLib.labels import CHANNELS

PROJECT = Path(__file__).resolve().parents[2]
SIZE = (240, 240, 155)
LIMIT_MB = 3 * 1024
KILOBYTES_A_MEGABYTE = 1024


def study_files(folder: Path) -> tuple[str, dict[str, Path]]:
    """Return the name and the files of a study of `SIZE`; what has to be made goes to `folder`."""
    shared = Path(os.environ.get("ELMED_DATA", PROJECT.parent / "shared" / "data"))
    real = shared / "glioma" / "msd-brats-001"
    if real.is_dir():
        return real.name, {name: real / f"{name}.nii.gz" for name in CHANNELS}
    files = {}
    for name in CHANNELS:
        image = sitk.ReadImage(str(PROJECT / "Resources" / "SampleStudy" / f"{name}.nii.gz"))
        grid = Grid.of(image)
        centre = grid.position((np.array([grid.size]) - 1) / 2)[0]
        corner = tuple(float(value) for value in centre - (np.array(SIZE) - 1) / 2)
        whole = Grid(SIZE, (1.0, 1.0, 1.0), corner, grid.direction)
        files[name] = folder / f"{name}.nii.gz"
        sitk.WriteImage(whole.resample(image), str(files[name]))
    return "sample study", files


def peak_mb(files: dict[str, Path], folder: Path, *more: str) -> float:
    """Return the peak memory in MB of `elmed segment` on these files, results in `folder`."""
    command = [sys.executable, str(Path(__file__)), "--measure", "segment", *more]
    for name, path in files.items():
        command += [f"--{name}", str(path)]
    command += ["-o", str(folder / "labels.nii.gz"), "--report", str(folder / "report.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return float(done.stdout.splitlines()[-1])


def measure(arguments: list[str]) -> int:
    """Run the `elmed` command in this process, and print the peak memory of the process in MB."""
    from ELMEDLib.command import main as elmed

    code = elmed(arguments)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # macOS counts bytes, Linux kilobytes.
    unit = KILOBYTES_A_MEGABYTE * (1024 if sys.platform == "darwin" else 1)
    print(peak / unit)
    return code


def main() -> int:
    """Measure and print; return 0 when the peak is below the limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mirror", action="store_true", help="with the mirrored prediction")
    parser.add_argument("--maps", action="store_true", help="with probabilities and uncertainty")
    parser.add_argument("--model", help="another model than the default one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        more = ["--mirror"] if options.mirror else []
        if options.model:
            more += ["--model", options.model]
        if options.maps:
            more += ["--probabilities", str(folder), "--uncertainty", str(folder / "u.nii.gz")]
        name, files = study_files(folder)
        peak = peak_mb(files, folder, *more)
    print(f"study           {name}, {' x '.join(str(side) for side in SIZE)}")
    print(f"peak memory     {peak:8.0f} MB   (limit: {LIMIT_MB} MB)")
    print(f"of the limit    {peak / LIMIT_MB:8.2f}")
    return 0 if peak < LIMIT_MB else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        sys.exit(measure(sys.argv[2:]))
    sys.exit(main())

"""Measure how long RANO diameters of a whole study take, on one core.

Usage:
    python Testing/benchmarks/rano_speed.py [SEG ...] [--limit 2]

SEG are label maps (1 core, 2 oedema, 3 enhancing), 240 x 240 x 155 for the figures in the
documentation; the sample study unless told. Both rules, the enhancing and the T2/FLAIR lesions, all
slices. The best of three runs counts, in CPU seconds: others may use the machine meanwhile.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import SimpleITK as sitk  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "ELMEDRadiomics")]

from ELMEDRadiomicsLib.burden.measure import measure_burden  # noqa: E402

SAMPLE = ROOT / "Resources" / "SampleStudy" / "seg.nii.gz"
RUNS = 3


def main() -> int:
    """Measure each study; return 1 when one takes longer than the limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("studies", type=Path, nargs="*", default=[SAMPLE])
    parser.add_argument("--limit", type=float, default=2.0, help="seconds (%(default)s)")
    arguments = parser.parse_args()
    slowest = 0.0
    for path in arguments.studies:
        labels = sitk.ReadImage(str(path))
        seconds = []
        for _ in range(RUNS):
            start = time.process_time()
            found = measure_burden(labels)
            seconds.append(time.process_time() - start)
        slowest = max(slowest, min(seconds))
        sums = ", ".join(f"{entry.kind} {entry.classic_mm2:.0f} mm²" for entry in found.sums)
        print(f"{path.parent.name:20} {min(seconds):5.2f} s  {len(found.lesions)} lesions  {sums}")
    print(f"slowest: {slowest:.2f} s, limit {arguments.limit:g} s")
    return int(slowest > arguments.limit)


if __name__ == "__main__":
    sys.exit(main())

"""New slices of a scan: how long they take, how like the scan they are, and what guidance does.

The scan is the bundled sample study's FLAIR, or volumes that are named. From reading the file to
the written volume all is counted; processor time is that of all threads.

    python Testing/benchmarks/playground_slices.py [--volume FILE] [--segment FILE] [--seeds 3]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

STUDY = Path(__file__).resolve().parents[2] / "Resources" / "SampleStudy"


def measure(volume: Path, segment: Path | None, settings: dict[str, Any]) -> None:
    """Make slices once, and print what came of it."""
    from ELMEDLib.progress import no_progress
    from ELMEDPlaygroundLib.generative.slices.figures import rows_of
    from ELMEDPlaygroundLib.generative.slices.service import generate_files

    subject: dict[str, Any] = {"images": {"volume": str(volume)}}
    if segment is not None:
        subject["labels"] = str(segment)
    wall, processor = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        task = {
            "subjects": [subject],
            "settings": settings,
            "outputs": {"volume": str(Path(folder) / "new.nii.gz")},
        }
        report = generate_files(task, no_progress)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(
        f"{settings['latent']}, seed {settings['seed']}: {wall:.1f} s by the clock, "
        f"{processor:.1f} s of processor; learnt {report['learnt']}, held out {report['held']}, "
        f"made {report['made']}; the latent keeps {100 * report['kept']:.0f} %, the judge is right "
        f"in {100 * report['judge']:.0f} % of held-out slices"
    )
    for row in rows_of(report):
        print("    " + ": ".join(row[:2]) + f" ({row[2]})")


def main() -> None:
    """Measure everything, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--volume", type=Path, default=STUDY / "flair.nii.gz")
    parser.add_argument("--segment", type=Path, help="classes are with and without it")
    parser.add_argument("--plane", default="axial")
    parser.add_argument("--latent", nargs="+", default=["pca"], help="pca, vae or both (pca)")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    for latent in options.latent:
        for seed in range(options.seeds):
            settings = {"latent": latent, "plane": options.plane, "seed": seed}
            measure(options.volume, options.segment, settings)


if __name__ == "__main__":
    main()

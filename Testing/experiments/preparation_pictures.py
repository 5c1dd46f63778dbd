"""Draw the picture of Docs/preparation.md: a simulated study as scanned, and prepared.

PYTHONPATH=Testing python Testing/experiments/preparation_pictures.py Docs/preparation.png
"""

from __future__ import annotations

import sys

import numpy as np
import SimpleITK as sitk

from ELMEDSegmentLib.geometry import Grid
from ELMEDSegmentLib.inputs.study import check_study
from ELMEDSegmentLib.labels import CHANNELS
from ELMEDSegmentLib.raw.aligning import Aligning, align
from scanned_study import scan_study

GAP = 4


def main() -> None:
    """Draw one row of sagittal slices as scanned, and one as prepared."""
    scanned = scan_study()
    study = check_study(scanned.images, preparing=True)
    aligned = align(study, Aligning(brain_extraction="bundled"))
    if aligned.brain is None:
        raise SystemExit("The study was not prepared.")
    wide = Grid.of(aligned.brain)
    wide = wide.part([-30] * 3, [n + 60 for n in wide.size])
    # In the scanner's own positions, which is how a viewer shows volumes that are not registered.
    before = [_slice(wide.resample(scanned.images[name])) for name in CHANNELS]
    after = [_slice(wide.resample(aligned.study.images[name])) for name in CHANNELS]
    picture = np.vstack([np.hstack(before), np.hstack(after)])
    sitk.WriteImage(sitk.GetImageFromArray(picture), sys.argv[1], useCompression=True)


def _slice(image: sitk.Image) -> np.ndarray:
    array = sitk.GetArrayFromImage(image).astype(np.float32)
    middle = array[::-1, :, array.shape[2] // 2 + 8]
    shown = array[array > 0]
    grey = np.clip(middle / np.quantile(shown, 0.99) * 255, 0, 255).astype(np.uint8)
    return np.pad(grey, GAP)


if __name__ == "__main__":
    main()

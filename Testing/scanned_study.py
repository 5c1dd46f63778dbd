"""A simulated patient as scanned: with skull, each contrast on its own grid, moved."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from ELMEDSegmentLib.geometry import Grid
from ELMEDSegmentLib.labels import CHANNELS
from ELMEDSegmentLib.raw.steps import as_matrix, as_transform
from ELMEDSegmentLib.simulate.anatomy import AnatomySource
from ELMEDSegmentLib.simulate.options import SimulationOptions
from ELMEDSegmentLib.simulate.study import simulate
from ELMEDSegmentLib.simulate.tumour import TumourSource

if TYPE_CHECKING:
    from pathlib import Path

SPACING_MM = 2.0

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, -1.0, 0.0)

GRIDS = {
    "t1": Grid((96, 112, 46), (2.0, 2.0, 4.0), (-96.0, -112.0, -92.0), AXIAL),
    "t1c": Grid((92, 108, 60), (2.0, 2.0, 3.0), (-90.0, -108.0, -90.0), AXIAL),
    "t2": Grid((100, 100, 40), (1.9, 1.9, 5.0), (-94.0, -100.0, 96.0), CORONAL),
    "flair": Grid((90, 104, 36), (2.0, 2.0, 5.0), (-90.0, -104.0, -90.0), AXIAL),
}
"""Of each scan; the coarsest voxel is 5 mm long."""

MOTIONS = {
    "t1": ((4.0, -2.0, 5.0), (4.0, -6.0, 3.0)),
    "t1c": ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
    "t2": ((-7.0, 3.0, 2.0), (-5.0, 8.0, 6.0)),
    "flair": ((6.0, 4.0, -6.0), (7.0, 3.0, -8.0)),
}
"""How the head had moved when each was scanned: degrees about x, y, z, and mm, against T1c."""


@dataclass(frozen=True)
class ScannedStudy:
    """What a scanner delivered, and what nobody knows in a real study.

    Attributes:
        images: scans by channel, each on its own grid.
        motions: 4x4 by channel, from positions in a scan to where the head lies in T1c.
        brain, labels: true brain and tumour on the grid of the T1c scan.
        stripped: the four contrasts as if prepared perfectly, on one grid of 2 mm.
        true_labels: the tumour on that grid.
    """

    images: dict[str, sitk.Image]
    motions: dict[str, np.ndarray]
    brain: sitk.Image
    labels: sitk.Image
    stripped: dict[str, sitk.Image]
    true_labels: sitk.Image

    def write(self, folder: Path) -> dict[str, str]:
        """Write the scans, and return their files by channel."""
        folder.mkdir(parents=True, exist_ok=True)
        files = {}
        for channel, image in self.images.items():
            files[channel] = str(folder / f"{channel}.nii.gz")
            sitk.WriteImage(image, files[channel])
        return files


def scan_study(seed: int = 5, label_maps: tuple[Path, ...] = ()) -> ScannedStudy:
    """Simulate a head with skull and tumour, and scan it; the same seed gives the same study."""
    options = SimulationOptions(spacing_mm=SPACING_MM, with_skull=True, scanner_flaws=False)
    arrays = simulate(
        np.random.default_rng(seed), AnatomySource(label_maps), TumourSource(), options
    )
    depth, height, width = arrays.brain.shape
    # The brain's middle is the scanner's isocentre, as technicians place it.
    middle = np.argwhere(arrays.brain).mean(0)[::-1] * SPACING_MM
    head = Grid((width, height, depth), (SPACING_MM,) * 3, tuple(-middle), AXIAL)
    images, motions = {}, {}
    for number, channel in enumerate(CHANNELS):
        degrees, shift = MOTIONS[channel]
        motion = sitk.Euler3DTransform()
        motion.SetRotation(*(math.radians(angle) for angle in degrees))
        motion.SetTranslation(shift)
        motions[channel] = as_matrix(motion)
        seen = GRIDS[channel].resample(
            head.place(arrays.images[number]), through=as_transform(motions[channel])
        )
        images[channel] = sitk.Cast(sitk.Round(seen), sitk.sitkInt16)
    stripped = {
        channel: head.place(arrays.images[number] * arrays.brain)
        for number, channel in enumerate(CHANNELS)
    }
    nearest = sitk.sitkNearestNeighbor
    return ScannedStudy(
        images,
        motions,
        GRIDS["t1c"].resample(head.place(arrays.brain.astype(np.uint8)), nearest),
        GRIDS["t1c"].resample(head.place(arrays.labels), nearest),
        stripped,
        head.place(arrays.labels),
    )

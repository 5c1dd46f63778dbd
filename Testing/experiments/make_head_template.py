"""Make the template that tells where in the brain a tumour lies.

Usage:
    python Testing/experiments/make_head_template.py HEAD_LABELS [--output head.nii.gz]

HEAD_LABELS is the folder of whole-head label maps that come with SynthSeg (Billot et al. 2023,
Apache-2.0). Each map, and each mirrored one, is brought onto the others by the centres of its
structures (an affine least-squares fit); each voxel gets the label that most of them have there.
The mean is then placed, turned and scaled so that its deep nuclei have their usual MNI
coordinates, roughly. Lobes are parted by planes (see `lobe`), because the maps know none.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import SimpleITK as sitk

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "ELMEDRadiomics" / "Resources" / "Templates" / "head.nii.gz"

GRID_MM = 2.0
LOW, SIZE = np.array([-90.0, -126.0, -96.0]), (91, 111, 101)
"""First voxel (RAS, mm) and number of voxels (x, y, z)."""

MIRRORED = {2: 41, 3: 42, 4: 43, 5: 44, 7: 46, 8: 47, 10: 49, 11: 50, 12: 51, 13: 52, 17: 53}
MIRRORED |= {18: 54, 26: 58, 28: 60, 30: 62, 136: 163, 137: 164}
MNI = {
    10: (-11, -18, 8),
    11: (-13, 11, 9.3),
    12: (-26, 4.4, 2.4),
    13: (-19.5, 0, 0.2),
    17: (-27, -20.3, -10.2),
    18: (-25.3, 0, -17.3),
}
"""Centres of deep structures on the left side, in MNI coordinates (mm)."""

# Labels of the maps, by the template's regions; the cerebrum's tissue is parted into lobes.
CEREBRUM = {2: "left", 3: "left", 41: "right", 42: "right"}
REGIONS = {6: (10,), 7: (11, 12, 13, 26), 8: (17, 18), 9: (16, 28, 60), 10: (7, 8), 11: (4, 5)}
MIDLINE_FLUID = (14, 15, 24, 72, 85)
HEAD = 60

SHRUNK_Y, SHRUNK_Z = 0.9, 0.83
"""Size of the mean brain, and of what lies above its deep nuclei, in parts of MNI's."""

MEDIAL_MM = 24

TEMPORAL_POLE, LATERAL_SULCUS_TOP = 22, 14
"""Where the temporal lobe ends in front (y), and how high the lateral sulcus rises behind (z)."""

BENEATH, UNCUS, LINGUAL, CALCARINE = -6, 2, -48, 8
"""Near the midline: below which z, and from which y to which, the temporal lobe lies; below which z
the occipital lobe begins behind it."""

INSULA_FROM_PUTAMEN, INSULA_X, INSULA_Z = 11, (29, 45), (-14, 18)
"""The insula: how close to the putamen, and between which x and z."""


def main() -> None:
    """Make the template and write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labels", type=Path)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    arguments = parser.parse_args()
    files = sorted(arguments.labels.glob("head_*"))
    heads = [sitk.ReadImage(str(path), sitk.sitkInt16) for path in files]
    centres = [structure_centres(head) for head in heads]
    centres = [both for found in centres for both in (found, mirrored(found))]
    common = mean_of(centres)
    place = similarity(common)
    target = {label: place[:3, :3] @ point + place[:3, 3] for label, point in common.items()}
    votes: dict[int, np.ndarray] = {}
    for number, found in enumerate(centres):
        head = heads[number // 2]
        array = resampled(head, affine(target, found), flipped=number % 2 == 1)
        for label in np.unique(array):
            votes.setdefault(int(label), np.zeros(array.shape, np.uint8))
            votes[int(label)] += array == label
    most = np.array(list(votes))[np.argmax(list(votes.values()), axis=0)]
    write(regions_of(most), arguments.output)


def structure_centres(head: sitk.Image) -> dict[int, np.ndarray]:
    """Return the centre of each brain structure (RAS, mm)."""
    shape = sitk.LabelShapeStatisticsImageFilter()
    shape.Execute(sitk.Cast(head, sitk.sitkUInt16))
    wanted = {*MIRRORED, *MIRRORED.values(), 14, 15, 16} - {5, 30, 44, 62, 136, 137, 163, 164}
    return {
        label: np.array(shape.GetCentroid(label)) * (-1, -1, 1)
        for label in shape.GetLabels()
        if label in wanted
    }


def mirrored(centres: dict[int, np.ndarray]) -> dict[int, np.ndarray]:
    """Return the centres of the mirror image."""
    other = {**MIRRORED, **{right: left for left, right in MIRRORED.items()}}
    return {other.get(label, label): point * (-1, 1, 1) for label, point in centres.items()}


def mean_of(centres: list[dict[int, np.ndarray]]) -> dict[int, np.ndarray]:
    """Return the mean centres, after a few rounds of fitting each head to the mean."""
    labels = set.intersection(*(set(found) for found in centres))
    common = {label: centres[0][label] for label in labels}
    for _ in range(5):
        fits = [affine({k: found[k] for k in labels}, common) for found in centres]
        moved = [
            {label: fit[:3, :3] @ found[label] + fit[:3, 3] for label in labels}
            for fit, found in zip(fits, centres, strict=True)
        ]
        common = {label: np.mean([entry[label] for entry in moved], axis=0) for label in labels}
    return common


def affine(start: dict[int, np.ndarray], end: dict[int, np.ndarray]) -> np.ndarray:
    """Return the 4x4 matrix that maps `start` to `end` best."""
    labels = sorted(set(start) & set(end))
    source = np.c_[np.array([start[label] for label in labels]), np.ones(len(labels))]
    found, *_ = np.linalg.lstsq(source, np.array([end[label] for label in labels]), rcond=None)
    return np.vstack([found.T, [0, 0, 0, 1]])


def similarity(common: dict[int, np.ndarray]) -> np.ndarray:
    """Return the turn, shift and one scale that bring deep nuclei to their MNI places."""
    labels = [*MNI, *(MIRRORED[label] for label in MNI)]
    wanted = np.array([*MNI.values(), *(np.array(p) * (-1, 1, 1) for p in MNI.values())], float)
    given = np.array([common[label] for label in labels])
    a, b = given - given.mean(0), wanted - wanted.mean(0)
    u, s, vt = np.linalg.svd(b.T @ a)
    turn = u @ np.diag([1, 1, np.linalg.det(u @ vt)]) @ vt
    scale = s.sum() / (a**2).sum()
    matrix = np.eye(4)
    matrix[:3, :3] = scale * turn
    matrix[:3, 3] = wanted.mean(0) - matrix[:3, :3] @ given.mean(0)
    print("scale", scale, "residual mm", np.abs(a @ (scale * turn).T - b).mean())
    return matrix


def resampled(head: sitk.Image, to_head: np.ndarray, *, flipped: bool) -> np.ndarray:
    """Return a head's labels on the template's grid (z, y, x)."""
    x, y, z = (LOW[axis] + GRID_MM * np.arange(SIZE[axis]) for axis in range(3))
    places = np.stack(np.meshgrid(x, y, z, indexing="ij"), -1).reshape(-1, 3)
    places = places @ to_head[:3, :3].T + to_head[:3, 3]
    if flipped:
        places = places * (-1, 1, 1)
    direction = np.reshape(head.GetDirection(), (3, 3)) * head.GetSpacing()
    index = (places * (-1, -1, 1) - head.GetOrigin()) @ np.linalg.inv(direction).T
    index = np.rint(index).astype(int)
    array = sitk.GetArrayViewFromImage(head)
    inside = ((index >= 0) & (index < head.GetSize())).all(1)
    found = np.zeros(len(places), np.int16)
    found[inside] = array[tuple(index[inside][:, ::-1].T)]
    found = found.reshape(SIZE).transpose(2, 1, 0)
    if flipped:
        other = {**MIRRORED, **{right: left for left, right in MIRRORED.items()}}
        found = np.vectorize(lambda label: other.get(label, label), otypes=[np.int16])(found)
    return found


def lobe(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return the lobe (1 frontal, 2 parietal, 3 temporal, 4 occipital) of the template's places.

    Planes through the landmarks that part the lobes on the side of the brain, in MNI coordinates:
    the central sulcus from (y -32, z 72) at the vertex to (y -2, z 5); the lateral sulcus, rising
    from (y 22, z -14) to (y -31, z 14) and level behind; the parieto-occipital line from (y -78,
    z 45) to the notch at (y -62, z -14). Near the midline only what lies beneath belongs to the
    temporal lobe. The mean brain is smaller than MNI's, for which its places are stretched.
    """
    y, z = y / SHRUNK_Y, np.where(z > 0, z / SHRUNK_Z, z)
    frontal = y > -2 - (z - 5) * 30 / 67
    behind = y < -62 - (z + 14) * 16 / 59
    sulcus = np.minimum(-14 + (TEMPORAL_POLE - y) * 28 / 53, LATERAL_SULCUS_TOP)
    beneath = (z < sulcus) & (y < TEMPORAL_POLE)
    medial = np.abs(x) < MEDIAL_MM
    temporal = beneath & (~medial | ((z < BENEATH) & (y < UNCUS) & (y > LINGUAL)))
    found = np.where(frontal, 1, 2)
    found = np.where(temporal, 3, found)
    below_medial = medial & (y < LINGUAL) & (z < CALCARINE)
    return np.where(behind | below_medial, 4, found)


def regions_of(labels: np.ndarray) -> np.ndarray:
    """Return the template's regions of the maps' labels (z, y, x)."""
    z, y, x = np.indices(labels.shape) * GRID_MM + LOW[::-1][:, None, None, None]
    right = np.where(x > 0, 20, 0)
    found = np.where(labels > 0, HEAD, 0)
    found[np.isin(labels, [506, 507, 508, 509, 511, 512, 514, 515, 516, 530, 502])] = HEAD
    for region, those in REGIONS.items():
        both = [*those, *(MIRRORED[label] for label in those if label in MIRRORED)]
        mask = np.isin(labels, both)
        found[mask] = (region + right)[mask]
    cerebrum = np.isin(labels, list(CEREBRUM))
    lobes = lobe(x, y, z)
    putamen = sitk.GetImageFromArray(np.isin(labels, [12, 51]).astype(np.uint8))
    putamen.SetSpacing([GRID_MM] * 3)
    distance = sitk.SignedMaurerDistanceMap(putamen, squaredDistance=False, useImageSpacing=True)
    near = sitk.GetArrayFromImage(distance)
    beside = (np.abs(x) > INSULA_X[0]) & (np.abs(x) < INSULA_X[1])
    insula = (
        cerebrum & (near < INSULA_FROM_PUTAMEN) & beside & (z > INSULA_Z[0]) & (z < INSULA_Z[1])
    )
    found[cerebrum] = (lobes + right)[cerebrum]
    found[insula] = (5 + right)[insula]
    fluid = np.isin(labels, [14, 15])
    found[fluid] = (11 + right)[fluid]
    found[np.isin(labels, [24])] = HEAD + 1
    return found.astype(np.uint8)


def write(regions: np.ndarray, path: Path) -> None:
    """Write the template, in LPS."""
    image = sitk.GetImageFromArray(regions[:, ::-1, ::-1])
    image.SetSpacing([GRID_MM] * 3)
    high = LOW + GRID_MM * (np.array(SIZE) - 1)
    image.SetOrigin([-high[0], -high[1], LOW[2]])
    path.parent.mkdir(parents=True, exist_ok=True)
    sitk.WriteImage(image, str(path), useCompression=True)
    print(path, path.stat().st_size)


if __name__ == "__main__":
    main()

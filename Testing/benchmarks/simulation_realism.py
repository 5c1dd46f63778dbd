"""Compare simulated studies with real ones: intensities, contrast, noise, spectrum and volumes.

Usage:
    python Testing/benchmarks/simulation_realism.py REAL SIMULATED [--spacing MM] [--json FILE]

REAL and SIMULATED are folders of study folders with t1, t1c, t2, flair and seg as NIfTI. Every
study is brought to voxels of `--spacing` (2 mm unless told) and z-scored over its brain, as
networks see it. Classes of healthy tissue are the three that Otsu's thresholds find on T1 well
away from the tumour, by the same rule in real and in simulated studies.
"""

from __future__ import annotations

import argparse
import json
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from scipy import ndimage

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "ELMEDSegment")]

from ELMEDSegmentLib.labels import CHANNELS  # noqa: E402

CLASSES = ("fluid-like", "grey-like", "white-like", "oedema", "core", "enhancing")
TUMOUR = {"core": 1, "oedema": 2, "enhancing": 3}
BINS = np.linspace(-4, 8, 121)
FEWEST_VOXELS = 30
BANDS_PER_MM = (0.02, 0.05, 0.1, 0.17, 0.24)
"""Borders of the spatial frequencies whose share of the power is compared, in cycles per mm."""


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("real", type=Path)
    parser.add_argument("simulated", type=Path)
    parser.add_argument("--spacing", type=float, default=2.0)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    groups = {
        name: [measure(path.parent, arguments.spacing) for path in studies(folder)]
        for name, folder in (("real", arguments.real), ("simulated", arguments.simulated))
    }
    figures = compare(groups["real"], groups["simulated"])
    sys.stdout.write(as_text(figures, {name: len(found) for name, found in groups.items()}))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def studies(folder: Path) -> list[Path]:
    """Return the label files of the studies in `folder`."""
    found = sorted(folder.glob("*/seg.nii.gz"))
    if not found:
        sys.exit(f"'{folder}' has no study folder with seg.nii.gz.")
    return found


def measure(folder: Path, spacing_mm: float) -> dict[str, object]:
    """Return what is compared, of one study."""
    images, labels = read(folder, spacing_mm)
    brain = (images > 0).all(axis=0)
    scored = np.stack([(i - i[brain].mean()) / i[brain].std() for i in images])
    masks = classes(scored, labels, brain, spacing_mm)
    values = {name: scored[:, mask] for name, mask in masks.items() if mask.sum() > FEWEST_VOXELS}
    return {
        "values": values,
        "volumes": {n: float((labels == v).sum() * spacing_mm**3 / 1000) for n, v in TUMOUR.items()}
        | {"brain": float(brain.sum() * spacing_mm**3 / 1000)},
        "noise": [noise(channel, masks["white-like"]) for channel in scored],
        "bands": [bands(channel, brain, spacing_mm) for channel in scored],
    }


def read(folder: Path, spacing_mm: float) -> tuple[np.ndarray, np.ndarray]:
    """Return images `(4, z, y, x)` and labels `(z, y, x)` on an isotropic grid."""
    labels = sitk.ReadImage(str(folder / "seg.nii.gz"))
    size = [
        round(n * s / spacing_mm)
        for n, s in zip(labels.GetSize(), labels.GetSpacing(), strict=True)
    ]
    grid = sitk.Image(size, sitk.sitkUInt8)
    grid.SetSpacing((spacing_mm,) * 3)
    grid.SetDirection(labels.GetDirection())
    shift = [(spacing_mm - s) / 2 for s in labels.GetSpacing()]
    grid.SetOrigin(
        labels.TransformContinuousIndexToPhysicalPoint(
            [d / s for d, s in zip(shift, labels.GetSpacing(), strict=True)]
        )
    )
    images = []
    for name in CHANNELS:
        image = sitk.ReadImage(str(folder / f"{name}.nii.gz"), sitk.sitkFloat32)
        ratio = spacing_mm / image.GetSpacing()[0]
        if ratio > 1.2:  # noqa: PLR2004 - average what falls into one voxel
            width = 0.42 * np.sqrt(ratio**2 - 1) * image.GetSpacing()[0]
            image = sitk.DiscreteGaussian(image, [width**2] * 3)
        images.append(sitk.GetArrayFromImage(sitk.Resample(image, grid)))
    nearest = sitk.Resample(labels, grid, sitk.Transform(), sitk.sitkNearestNeighbor)
    brain = sitk.GetArrayFromImage(
        sitk.Resample(
            sitk.ReadImage(str(folder / "t1.nii.gz")) > 0,
            grid,
            sitk.Transform(),
            sitk.sitkNearestNeighbor,
        )
    ).astype(bool)
    return np.stack(images) * brain, sitk.GetArrayFromImage(nearest)


def classes(
    scored: np.ndarray, labels: np.ndarray, brain: np.ndarray, spacing_mm: float
) -> dict[str, np.ndarray]:
    """Return a mask `(z, y, x)` for each class of tissue."""
    away = ndimage.distance_transform_edt(labels == 0) * spacing_mm > 8  # noqa: PLR2004
    inner = ndimage.binary_erosion(brain, iterations=max(round(4 / spacing_mm), 1))
    healthy = inner & away
    image = sitk.GetImageFromArray(np.clip(scored[0], -4, 4))
    mask = sitk.GetImageFromArray(healthy.astype(np.uint8))
    sorter = sitk.OtsuMultipleThresholdsImageFilter()
    sorter.SetNumberOfThresholds(2)
    low, high = thresholds(sitk.GetArrayFromImage(image)[sitk.GetArrayFromImage(mask) > 0], sorter)
    found = {
        "fluid-like": healthy & (scored[0] < low),
        "grey-like": healthy & (scored[0] >= low) & (scored[0] < high),
        "white-like": ndimage.binary_erosion(healthy & (scored[0] >= high)),
    }
    return found | {name: labels == value for name, value in TUMOUR.items()}


def thresholds(
    values: np.ndarray, sorter: sitk.OtsuMultipleThresholdsImageFilter
) -> tuple[float, float]:
    """Return Otsu's two thresholds of `values`."""
    sorter.Execute(sitk.GetImageFromArray(values.reshape(1, 1, -1)))
    low, high = sorter.GetThresholds()
    return low, high


def noise(channel: np.ndarray, mask: np.ndarray) -> float:
    """Return the spread of what a 3-voxel median leaves of tissue, within `mask`."""
    rest = channel - ndimage.median_filter(channel, 3)
    return float(1.4826 * np.median(np.abs(rest[mask] - np.median(rest[mask]))))


def bands(channel: np.ndarray, brain: np.ndarray, spacing_mm: float) -> list[float]:
    """Return how the power of the brain's middle is shared among bands of frequency."""
    middle = [int(np.median(axis)) for axis in np.nonzero(brain)]
    half = round(40 / spacing_mm)
    block = channel[tuple(slice(max(m - half, 0), m + half) for m in middle)]
    window = np.ones(())
    for axis, length in enumerate(block.shape):
        shape = [-1 if i == axis else 1 for i in range(3)]
        window = window * np.hanning(length + 2)[1:-1].reshape(shape)
    power = np.abs(np.fft.fftn((block - block.mean()) * window)) ** 2
    axes = np.meshgrid(*(np.fft.fftfreq(n, spacing_mm) for n in block.shape), indexing="ij")
    frequency = np.sqrt(sum(axis**2 for axis in axes))
    found = [
        power[(frequency >= low) & (frequency < high)].sum() for low, high in pairwise(BANDS_PER_MM)
    ]
    return [float(share) for share in np.array(found) / sum(found)]


def compare(real: list[dict], simulated: list[dict]) -> dict[str, object]:
    """Return the figures of both groups side by side."""
    result: dict[str, object] = {"intensity": {}, "volumes_ml": {}}
    for name in CLASSES:
        rows = {}
        for index, channel in enumerate(CHANNELS):
            pairs = [
                [study["values"][name][index] for study in group if name in study["values"]]
                for group in (real, simulated)
            ]
            if not all(pairs):
                continue
            medians = [[float(np.median(v)) for v in group] for group in pairs]
            rows[channel] = {
                "real": [float(np.mean(medians[0])), float(np.std(medians[0]))],
                "simulated": [float(np.mean(medians[1])), float(np.std(medians[1]))],
                "within": [float(np.mean([v.std() for v in group])) for group in pairs],
                "overlap": overlap(*pairs),
            }
        result["intensity"][name] = rows
    for key, label in (("noise", "noise"), ("bands", "power_shares")):
        result[label] = {
            channel: [
                np.mean([s[key][i] for s in group], axis=0).tolist() for group in (real, simulated)
            ]
            for i, channel in enumerate(CHANNELS)
        }
    for name in ("brain", *TUMOUR):
        result["volumes_ml"][name] = [
            np.percentile([s["volumes"][name] for s in group], (25, 50, 75)).tolist()
            for group in (real, simulated)
        ]
    return result


def overlap(real: list[np.ndarray], simulated: list[np.ndarray]) -> float:
    """Return how much of two distributions is common, 0 to 1; every study counts the same."""
    shares = [
        np.mean([np.histogram(np.clip(v, -4, 8), BINS)[0] / v.size for v in group], axis=0)
        for group in (real, simulated)
    ]
    return float(np.minimum(*shares).sum())


def as_text(figures: dict, counts: dict[str, int]) -> str:
    """Return the figures as tables in Markdown."""
    lines = [f"{counts['real']} real and {counts['simulated']} simulated studies", ""]
    lines += ["| tissue | contrast | real | simulated | within real / simulated | overlap |"]
    lines += ["|---|---|---|---|---|---|"]
    for name, rows in figures["intensity"].items():
        for channel, row in rows.items():
            (a, b), (c, d), (e, f) = row["real"], row["simulated"], row["within"]
            lines.append(
                f"| {name} | {channel} | {a:.2f} ± {b:.2f} | {c:.2f} ± {d:.2f} | "
                f"{e:.2f} / {f:.2f} | {row['overlap']:.2f} |"
            )
    overlaps = [row["overlap"] for rows in figures["intensity"].values() for row in rows.values()]
    lines += ["", f"mean overlap {np.mean(overlaps):.3f}, least {min(overlaps):.2f}", ""]
    lines += ["| contrast | noise real / simulated | shares of power real | simulated |"]
    lines += ["|---|---|---|---|"]
    for channel in CHANNELS:
        a, b = figures["noise"][channel]
        shares = [" ".join(f"{v:.3f}" for v in group) for group in figures["power_shares"][channel]]
        lines.append(f"| {channel} | {a:.3f} / {b:.3f} | {shares[0]} | {shares[1]} |")
    lines += ["", "| volume in ml (quartiles) | real | simulated |", "|---|---|---|"]
    for name, group in figures["volumes_ml"].items():
        texts = [" / ".join(f"{v:.0f}" for v in quartiles) for quartiles in group]
        lines.append(f"| {name} | {texts[0]} | {texts[1]} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()

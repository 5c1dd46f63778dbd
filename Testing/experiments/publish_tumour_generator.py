"""Put the trained generator of tumours, brains to paint into and a model card into the module.

`python Testing/experiments/train_tumour_generator.py DATA OUTPUT --publish` calls `publish`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk
import torch
import tumour_slices
from torch.nn import functional
from train_tumour_generator import HELD_OUT, WITH_LESIONS, run
from tumour_adversary import Encoder
from tumour_batches import BATCH, SOURCES
from tumour_closeness import nearest, wasserstein
from tumour_lesson import ARCHITECTURE, RATE, STEPS

from ELMEDLib.files import written_whole
from ELMEDPlaygroundLib.tumour.brains import FILE
from ELMEDPlaygroundLib.tumour.classes import CLASSES, CORE, TUMOUR
from ELMEDPlaygroundLib.tumour.generate import brightness, generate
from ELMEDPlaygroundLib.tumour.masks import volumes_of
from ELMEDPlaygroundLib.tumour.model import BUNDLED, Generator, GeneratorManifest
from ELMEDPlaygroundLib.tumour.network import CONTRASTS, build
from ELMEDSegmentLib.catalogue import find_model
from ELMEDSegmentLib.labels import CHANNELS, REGIONS
from ELMEDSegmentLib.model import save_weights

if TYPE_CHECKING:
    from pathlib import Path

BRAINS, FIRST_SEED = 4, 6100
"""How many brains to paint into, and the seed of the first."""

SEEDS = (1, 2, 3)

LIMITS = (
    "Slices of 2 mm are drawn one by one; a stack of them is not one patient's anatomy.",
    "No mass effect: the tumour replaces tissue and pushes nothing aside.",
    (
        "It learnt from seven patients with glioma and lesions of others set into their brains: "
        "tumours look like these, and rare ones are not covered."
    ),
    "Brainstem, cerebellum, vessels and skull base are drawn less well than the cerebrum.",
    "No patient data, not for diagnosis, and not for training or judging methods for patients.",
)


def publish(data: Path, output: Path) -> None:
    """Write weights, brains and manifest into the module's resources."""
    torch.set_num_threads(1)
    if not FILE.is_file():
        make_brains(data, output)
    kept = torch.load(output / "checkpoint.pt", weights_only=True)
    state = {**build(ARCHITECTURE).state_dict(), **kept["average"], **styles(kept, output)}
    network = build(ARCHITECTURE)
    network.load_state_dict(state)
    weights = BUNDLED.with_suffix(".pt")
    checksum = save_weights(network, weights)
    values = facts(output, int(kept["step"]), checksum)
    manifest = GeneratorManifest(**values)
    # What is judged is what ships: the weights in half precision.
    network.load_state_dict({name: value.half().float() for name, value in state.items()})
    generator = Generator(manifest, network.eval())
    values["measured"] = measured(generator, data, output)
    with written_whole(BUNDLED) as temporary:
        temporary.write_text(GeneratorManifest(**values).as_json(), encoding="utf-8")
    print(json.dumps(values["measured"], indent=1))


def make_brains(data: Path, output: Path) -> None:
    """Simulate healthy heads, and keep what each pixel is."""
    heads = [str(path) for path in sorted((data / "head-labels").glob("head_*.nii.gz"))]
    folder = output / "healthy"
    run(
        *("simulate", "-o", str(folder), "--count", str(BRAINS), "--seed", str(FIRST_SEED)),
        *("--spacing", "2", "--anatomy", *heads, "--without-tumour", "1", "--noise", "0.01"),
    )
    brains = {}
    for number, case in enumerate(tumour_slices.studies(folder), start=1):
        _, brains[f"Brain {number}"] = tumour_slices.slices_of(tumour_slices.read(case))
    with written_whole(FILE) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **brains)


def styles(kept: dict[str, Any], output: Path) -> dict[str, torch.Tensor]:
    """Return mean and root of the covariance of the styles that the encoder sees in patients."""
    encoder = Encoder(CONTRASTS + len(CLASSES), ARCHITECTURE["style"])
    encoder.load_state_dict(kept["encoder"])
    with np.load(output / "slices.npz") as file:
        images = torch.from_numpy(file["patients_images"].astype(np.float32))
        classes = torch.from_numpy(file["patients_classes"]).long()
    onehot = functional.one_hot(classes, len(CLASSES)).permute(0, 3, 1, 2).float()
    with torch.inference_mode():
        mean, logarithm = encoder(torch.cat([images, onehot], dim=1))
    covariance = torch.cov(mean.T) + torch.diag(logarithm.exp().mean(0))
    return {"style_mean": mean.mean(0), "style_root": torch.linalg.cholesky(covariance)}


def facts(output: Path, step: int, checksum: str) -> dict[str, Any]:
    """Return the manifest but for what is measured."""
    with np.load(output / "slices.npz") as file:
        counts = {name: len(file[f"{name}_classes"]) for name in SOURCES}
    return {
        "name": "elmed-tumour-generator",
        "title": "ELMED tumour generator 0.1",
        "description": (
            "Draws axial brain slices of 2 mm in T1, contrast-enhanced T1, T2 and FLAIR from a "
            "label map of tissues and painted core, oedema and enhancing tumour. A small "
            "network that learnt against a judge. Synthetic pictures, no patient data. Research "
            "use only."
        ),
        "architecture": ARCHITECTURE,
        "weights": BUNDLED.with_suffix(".pt").name,
        "sha256": checksum,
        "licence": "Apache-2.0; research use only, as the terms of the training data ask",
        "citation": (
            "ELMED contributors (2026), ELMED for 3D Slicer 0.1. Training data: Menze et al. "
            "2015, doi:10.1109/TMI.2014.2377694; Bakas et al. 2017, doi:10.1038/sdata.2017.117; "
            "Bakas et al. 2018, arXiv:1811.02629; Baid et al. 2021, arXiv:2107.02314. Anatomy of "
            "simulated studies: Billot et al. 2023, doi:10.1016/j.media.2023.102789."
        ),
        "training": {
            "slices": counts,
            "shares": SOURCES,
            "patients": 7,
            "lesions_set_into_each": WITH_LESIONS,
            "held_out": list(HELD_OUT),
            "steps": step,
            "planned_steps": STEPS,
            "batch": BATCH,
            "learning_rate": RATE,
        },
        "limits": LIMITS,
    }


def measured(generator: Generator, data: Path, output: Path) -> dict[str, Any]:
    """Return what is measured with the label maps of the patients that were held out."""
    real, drawn, classes = {}, {}, {}
    for case in tumour_slices.studies(data / "glioma"):
        if case.name not in HELD_OUT:
            continue
        images, classes[case.name] = tumour_slices.slices_of(tumour_slices.read(case))
        real[case.name] = images.astype(np.float32)
        drawn[case.name] = generate(generator, classes[case.name], seed=1)
    pairs = {"real": real, "drawn": drawn}
    both = {name: np.concatenate(list(of.values())) for name, of in pairs.items()}
    segmenter = json.loads(find_model(None).read_text(encoding="utf-8"))
    all_classes = np.concatenate(list(classes.values()))
    return {
        "how": (
            "python Testing/experiments/train_tumour_generator.py DATA OUTPUT --publish, with the "
            "label maps of the patients held out, all slices, seed 1"
        ),
        "brightness": {
            name: {
                part.label: dict(zip(CHANNELS, (round(m, 2) for m in part.means), strict=True))
                for part in brightness(slices, all_classes)
            }
            for name, slices in both.items()
        },
        "found_by_elmed_segment": found(drawn, classes, output / "generated"),
        "found_in_the_patients": {name: segmenter["measured"]["dice"][name] for name in HELD_OUT},
        "sliced_wasserstein": wasserstein(
            {seed: generate(generator, all_classes, seed) for seed in SEEDS},
            both["real"],
            all_classes,
            output,
        ),
        "nearest_training_slice": nearest(both, output),
        "spread_over_seeds": spread(generator, all_classes),
    }


def found(
    drawn: dict[str, np.ndarray], classes: dict[str, np.ndarray], folder: Path
) -> dict[str, dict[str, float]]:
    """Return the Dice of what ELMED Segment's network finds in the drawn stacks, by patient."""
    for name, slices in drawn.items():
        levels = range(len(slices))
        volumes = volumes_of(slices, classes[name], levels, len(levels))
        labels = np.zeros(classes[name].shape, np.uint8)
        for label, kind in TUMOUR.items():
            labels[classes[name] == kind] = label
        volumes["seg"] = sitk.GetImageFromArray(labels)
        volumes["seg"].CopyInformation(volumes["t1"])
        (folder / name).mkdir(parents=True, exist_ok=True)
        for contrast, image in volumes.items():
            sitk.WriteImage(image, str(folder / name / f"{contrast}.nii.gz"))
    scores = folder / "scores.json"
    run("evaluate", "--studies", str(folder), "--json", str(scores))
    dice = json.loads(scores.read_text(encoding="utf-8"))["dice"]
    return {n: {r: round(dice[n][r], 3) for r in REGIONS} for n in drawn}


def spread(generator: Generator, classes: np.ndarray) -> float:
    """Return how much the brightness inside tumours changes with the seed: a standard deviation."""
    fullest = classes[np.argsort(-(classes >= CORE).sum((1, 2)))[:3]]
    drawn = np.stack([generate(generator, fullest, seed) for seed in range(6)])
    inside = fullest >= CORE
    return round(float(drawn.std(0).transpose(0, 2, 3, 1)[inside].mean()), 3)

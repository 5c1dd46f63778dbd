"""Fine-tuning on two studies improves the Dice on a third from the same scanner."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from ELMEDLib.progress import no_progress
from ELMEDSegmentLib.simulate.anatomy import AnatomySource
from ELMEDSegmentLib.simulate.options import SimulationOptions, TumourChoice
from ELMEDSegmentLib.simulate.procedural import procedural_anatomy
from ELMEDSegmentLib.simulate.study import simulate_study
from ELMEDSegmentLib.simulate.writing import write_study
from ELMEDSegmentLib.training.metrics import dice_of_regions, read_metrics
from ELMEDSegmentLib.training.recipe import Recipe
from ELMEDSegmentLib.training.run import Source, TrainingPlan, carry_out

pytest.importorskip("torch", reason="PyTorch is not installed")


def first_and_last(folder):
    """The Dice before the first step and after the last one, mean over regions and by region."""
    validated = [dice_of_regions(row) for row in read_metrics(folder) if "dice" in row]
    return validated[0], validated[-1]


class OneHead(AnatomySource):
    """One head for all: each patient's is deformed anyway, and to make a new one takes seconds."""

    def draw(self, rng):
        return procedural_anatomy(1)


@pytest.fixture(scope="module")
def odd_scanner(tmp_path_factory):
    """Three simulated patients of a scanner whose FLAIR is another contrast than it should be.

    Fluid is bright in it, as where the inversion time is wrong, and the tumour is dark.
    """
    folder = tmp_path_factory.mktemp("odd-scanner")
    tumour = TumourChoice(radius_mm=18, kind="glioblastoma")
    head = OneHead()
    for number in range(3):
        options = SimulationOptions(
            spacing_mm=3.0,
            fit_to_brain=True,
            tumour=tumour,
            multifocal=0.0,
            scanner_flaws=False,
        )
        study = simulate_study(70 + number, options=options, anatomy=head)
        flair = sitk.GetArrayFromImage(study.images["flair"])
        brain = flair > 0
        brightest = int(np.percentile(flair[brain], 99.9))
        flair[brain] = brightest - np.minimum(flair[brain], brightest) + 1
        reversed_flair = sitk.GetImageFromArray(flair)
        reversed_flair.CopyInformation(study.images["flair"])
        study.images["flair"] = reversed_flair
        write_study(study, folder / f"patient-{number}")
    return folder


def test_a_minute_of_fine_tuning_on_two_studies_improves_a_third(odd_scanner, tmp_path):
    """The bundled network, tuned for as many steps as take a minute on an ordinary computer."""
    recipe = Recipe(
        steps=20,
        patch=(48, 48, 48),
        warm_up=3,
        validate_every=20,
        validate_first=True,
        learning_rate=1e-3,
        average=0.8,
    )
    plan = TrainingPlan(
        [Source(odd_scanner)],
        tmp_path / "run",
        recipe,
        held_out=["patient-2"],
        start_from="elmed-glioma",
    )

    carry_out(plan, no_progress)

    before, after = first_and_last(tmp_path / "run")
    assert after["mean"] > before["mean"] + 0.05
    assert after["WT"] > before["WT"] + 0.1


@pytest.mark.slow
def test_ten_minutes_of_fine_tuning_on_two_real_studies_improve_a_third(shared_data, tmp_path):
    """Real patients whom the bundled network, or the member of it that is tuned, never saw."""
    folder = tmp_path / "studies"
    folder.mkdir()
    trained, judged = ("brats2021-01658", "brats2021-01659"), "msd-brats-001"
    for name in (*trained, judged):
        (folder / name).symlink_to(shared_data / "glioma" / name, target_is_directory=True)
    recipe = Recipe(validate_every=0, validate_first=True, keep_best=True, channel_dropout=0.0)
    plan = TrainingPlan(
        [Source(folder)],
        tmp_path / "run",
        recipe,
        held_out=[judged],
        start_from="elmed-glioma",
        minutes=10.0,
    )

    carry_out(plan, no_progress)

    before, after = first_and_last(tmp_path / "run")
    assert after["mean"] > before["mean"]

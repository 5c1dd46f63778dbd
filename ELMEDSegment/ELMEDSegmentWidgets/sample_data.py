"""The simulated sample study, for Slicer's Sample Data module and for the self-test."""

from __future__ import annotations

import hashlib
from pathlib import Path

import slicer

from ELMEDSegmentLib.labels import CHANNELS

MODULE_FOLDER = Path(__file__).resolve().parent.parent
CATEGORY = "ELMED"
STUDY = "SimulatedGlioma"
LABELS = "SimulatedGliomaLabels"

TITLES = {"t1": "T1", "t1c": "T1c", "t2": "T2", "flair": "FLAIR"}
"""Names of the loaded volumes, which tell what they are."""


def sampleStudyFolder() -> Path:
    """Return the folder of the sample study: beside the modules in a checkout, or with them."""
    inCheckout = MODULE_FOLDER.parent / "Resources" / "SampleStudy"
    installed = MODULE_FOLDER / "Resources" / "SampleStudy"
    return inCheckout if inCheckout.is_dir() else installed


def loadSampleStudy() -> dict[str, slicer.vtkMRMLScalarVolumeNode]:
    """Load the sample study and return its volume node of each channel."""
    folder = sampleStudyFolder()
    return {
        channel: slicer.util.loadVolume(
            str(folder / f"{channel}.nii.gz"), {"name": f"{STUDY}_{TITLES[channel]}", "show": False}
        )
        for channel in CHANNELS
    }


def registerSampleData() -> None:
    """Offer the sample study in the Sample Data module; it is on this computer already."""
    try:
        from SampleData import SampleDataLogic
    except ImportError:  # an application without the module
        return
    if not sampleStudyFolder().is_dir():
        return
    # Newer versions of Slicer can give a category a title.
    if hasattr(SampleDataLogic, "registerCustomSampleDataCategory"):
        SampleDataLogic.registerCustomSampleDataCategory(CATEGORY, title="ELMED")
    _register(SampleDataLogic, STUDY, CHANNELS, [f"{STUDY}_{TITLES[name]}" for name in CHANNELS])
    _register(SampleDataLogic, LABELS, ["seg"], [LABELS], loadFileTypes="SegmentationFile")


def _register(sampleDataLogic, sampleName, files, nodeNames, **options) -> None:
    paths = [sampleStudyFolder() / f"{name}.nii.gz" for name in files]
    sampleDataLogic.registerCustomSampleDataSource(
        category=CATEGORY,
        sampleName=sampleName,
        thumbnailFileName=str(MODULE_FOLDER / "Resources" / "Icons" / f"{sampleName}.png"),
        uris=[path.as_uri() for path in paths],
        # Slicer copies the files into its cache; the checksum makes it notice newer ones.
        fileNames=[f"{STUDY}_{path.name}" for path in paths],
        checksums=[f"SHA256:{hashlib.sha256(path.read_bytes()).hexdigest()}" for path in paths],
        nodeNames=nodeNames,
        **options,
    )

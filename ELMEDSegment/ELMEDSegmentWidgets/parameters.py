"""The panel's choices, saved with the scene."""

import enum

from slicer import vtkMRMLScalarVolumeNode, vtkMRMLSegmentationNode, vtkMRMLTableNode
from slicer.parameterNodeWrapper import parameterNodeWrapper


class Device(enum.Enum):
    """Where the network runs; the values are the engine's names."""

    AUTOMATIC = "auto"
    CPU = "cpu"
    CUDA = "cuda"
    MPS = "mps"

    def label(self):
        """Return the text that the panel shows."""
        return {
            "auto": "Automatic: a graphics card if it can be used",
            "cpu": "CPU",
            "cuda": "NVIDIA graphics card (CUDA)",
            "mps": "Apple graphics processor (MPS)",
        }[self.value]


class Prepare(enum.Enum):
    """When volumes are registered and freed of the skull; the values are the engine's names."""

    AUTOMATIC = "auto"
    NEVER = "never"
    ALWAYS = "always"

    def label(self):
        """Return the text that the panel shows."""
        return {
            "auto": "Where it is needed",
            "never": "Never: volumes are used as they are",
            "always": "Always",
        }[self.value]


class BrainExtraction(enum.Enum):
    """What extracts the brain; the values are the engine's names."""

    AUTOMATIC = "auto"
    BUNDLED = "bundled"
    SYNTHSTRIP = "synthstrip"
    HD_BET = "hd-bet"

    def label(self):
        """Return the text that the panel shows."""
        return {
            "auto": "Automatic: SynthStrip or HD-BET if installed",
            "bundled": "ELMED's own",
            "synthstrip": "SynthStrip (if installed)",
            "hd-bet": "HD-BET (if installed)",
        }[self.value]


@parameterNodeWrapper
class ELMEDSegmentParameterNode:
    """The choices of one scene.

    Attributes:
        t1: volume without contrast agent.
        t1c: volume with contrast agent; the result lies on its grid.
        t2: volume.
        flair: volume.
        model: name in the catalogue, "" for the default model.
        segmentation: receives the result; a new one is made when there is none.
        volumesTable: the measured volumes.
        device: where the network runs.
        postprocess: whether islands too small to be a tumour are removed.
        mirror: whether the network sees the mirror image, too.
        regions: whether whole tumour and tumour core become segments, too.
        probabilities: whether the probability of each region becomes a volume.
        uncertainty: whether the network's uncertainty becomes a volume.
        prepare: when volumes are registered and freed of the skull.
        brainExtraction: what extracts the brain.
        keepPrepared: whether prepared volumes and the brain's mask come into the scene.
    """

    t1: vtkMRMLScalarVolumeNode
    t1c: vtkMRMLScalarVolumeNode
    t2: vtkMRMLScalarVolumeNode
    flair: vtkMRMLScalarVolumeNode
    model: str = ""
    segmentation: vtkMRMLSegmentationNode
    volumesTable: vtkMRMLTableNode
    device: Device = Device.AUTOMATIC
    postprocess: bool = True
    mirror: bool = False
    regions: bool = False
    probabilities: bool = False
    uncertainty: bool = False
    prepare: Prepare = Prepare.AUTOMATIC
    brainExtraction: BrainExtraction = BrainExtraction.AUTOMATIC
    keepPrepared: bool = False

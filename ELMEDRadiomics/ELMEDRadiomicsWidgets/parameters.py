"""The panel's choices, saved with the scene."""

from slicer import vtkMRMLScalarVolumeNode, vtkMRMLSegmentationNode, vtkMRMLTableNode
from slicer.parameterNodeWrapper import parameterNodeWrapper


@parameterNodeWrapper
class ELMEDRadiomicsParameterNode:
    """The choices of one scene.

    Attributes:
        segmentation: its segments are measured.
        leftOutSegments: IDs of the segments that are not measured.
        regions: keys of the regions, made of several segments, that are measured as well.
        volumes: the volumes whose voxels are measured.
        volumesChosen: whether the user has chosen them; else they are guessed from their names.
        preset: name of a preset, "" for the parameter file.
        parameterFile: path of a pyradiomics parameter file.
        changedSettings: a parameter file's content as JSON when the user has changed the preset or
            the file in the panel, else "".
        table: receives the result; a new one is made when there is none.
    """

    segmentation: vtkMRMLSegmentationNode
    leftOutSegments: list[str]
    regions: list[str]
    volumes: list[vtkMRMLScalarVolumeNode]
    volumesChosen: bool = False
    preset: str = "default"
    parameterFile: str = ""
    changedSettings: str = ""
    table: vtkMRMLTableNode

"""How what a network made says of itself that it is no patient's, and volumes that do as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ELMEDLib.errors import OutputError
from ELMEDLib.files import written_whole

if TYPE_CHECKING:
    import SimpleITK as sitk

SYNTHETIC = "SYNTHETIC - not patient data"

ENDINGS = (".nii.gz", ".nii", ".nrrd")
"""Of the formats whose headers say what a volume is."""

NOTES = "ITK_FileNotes"
"""What NIfTI keeps as its description, `descrip`; NRRD keeps it under this name."""

FIELD = "ELMED.Origin"
"""The same under a name of its own, where the format lets one choose (NRRD)."""


def write_synthetic(image: sitk.Image, path: Path | str) -> str:
    """Write a volume with what it is in its header, and return the path.

    Args:
        image: the volume; nothing of its own header goes along but the geometry.
        path: NIfTI or NRRD, by its ending.

    Raises:
        OutputError: it cannot be written.
    """
    import SimpleITK as sitk

    for key in image.GetMetaDataKeys():
        image.EraseMetaData(key)
    image.SetMetaData(NOTES, SYNTHETIC)
    image.SetMetaData(FIELD, SYNTHETIC)
    try:
        with written_whole(Path(path)) as temporary:
            sitk.WriteImage(image, str(temporary), useCompression=True)
    except RuntimeError as error:
        raise OutputError(
            f"The new volume could not be written to '{path}'.",
            "Make sure that the disk has space.",
        ) from error
    return str(path)


def check_ending(path: Path | str) -> None:
    """Refuse a name whose ending says no format that can say what it holds.

    Raises:
        OutputError: it ends otherwise.
    """
    if not str(path).lower().endswith(ENDINGS):
        raise OutputError(
            f"'{Path(path).name}' does not end in an image format that says what it holds.",
            f"Use one of {', '.join(ENDINGS)}.",
        )

"""What Slicer's DICOM database knows of nodes."""

from __future__ import annotations

import slicer


def seriesFiles(volume: slicer.vtkMRMLScalarVolumeNode | None) -> list[str]:
    """Return the DICOM files that a volume was loaded from, as far as the database knows them."""
    identifiers = (volume.GetAttribute("DICOM.instanceUIDs") or "").split() if volume else []
    database = getattr(slicer, "dicomDatabase", None)
    if not identifiers or database is None:
        return []
    files = [database.fileForInstance(identifier) for identifier in identifiers]
    return files if all(files) else []

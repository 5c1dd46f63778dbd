"""Makes real DICOM files of volumes, as a scanner would send them, for tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HEADERS: dict[str, dict[str, Any]] = {
    "t1": {
        "SeriesDescription": "t1_se_tra",
        "ScanningSequence": "SE",
        "EchoTime": 9.8,
        "RepetitionTime": 520,
    },
    "t1c": {
        "SeriesDescription": "t1_se_tra",
        "ScanningSequence": "SE",
        "EchoTime": 9.8,
        "RepetitionTime": 520,
        "ContrastBolusAgent": "Gadovist",
    },
    "t2": {
        "SeriesDescription": "t2_tse_tra",
        "ScanningSequence": "SE",
        "EchoTime": 98,
        "RepetitionTime": 5200,
    },
    "flair": {
        "SeriesDescription": "tirm_tra_dark-fluid",
        "ScanningSequence": ["SE", "IR"],
        "EchoTime": 120,
        "RepetitionTime": 9000,
        "InversionTime": 2500,
    },
}
"""What the headers of the four contrasts say; T1 and T1c differ by the contrast agent alone."""

PATIENT = {"PatientName": "Doe^Jane", "PatientID": "MRN-4711", "PatientBirthDate": "19600229"}


@dataclass
class Examination:
    """One examination of one patient: everything that its series have in common."""

    patient: Mapping[str, str] = field(default_factory=lambda: dict(PATIENT))
    date: str = "20240229"
    uid: str = ""
    series: int = 0

    def write(
        self, image: sitk.Image, folder: Path, header: Mapping[str, Any], shuffled: bool = False
    ) -> list[Path]:
        """Write an image as a DICOM series into `folder`, and return its files by position.

        Args:
            image: 3D; voxels are rounded to int16.
            folder: made where it is missing; several series may share it.
            header: DICOM values by keyword.
            shuffled: whether file names and instance numbers say nothing about the position.
        """
        from pydicom.uid import generate_uid

        self.uid = self.uid or generate_uid()
        self.series += 1
        folder.mkdir(parents=True, exist_ok=True)
        uid, frame = generate_uid(), generate_uid()
        array = sitk.GetArrayFromImage(image).round().astype(np.int16)
        order = list(range(len(array)))
        if shuffled:
            order = list(np.random.default_rng(3).permutation(len(array)))
        paths = []
        for index, plane in enumerate(array):
            data = self._slice(image, index, uid, frame)
            data.InstanceNumber = int(order[index]) + 1
            data.SeriesNumber = self.series
            for keyword, value in header.items():
                setattr(data, keyword, value)
            data.PixelData = plane.tobytes()
            path = folder / f"IM{self.series:02d}{order[index]:04d}"
            data.save_as(path, enforce_file_format=True)
            paths.append(path)
        return paths

    def _slice(self, image: sitk.Image, index: int, uid: str, frame: str) -> Any:
        from pydicom.dataset import FileDataset, FileMetaDataset
        from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = MRImageStorage
        meta.MediaStorageSOPInstanceUID = generate_uid()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
        data.SOPClassUID = MRImageStorage
        data.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
        data.StudyInstanceUID, data.SeriesInstanceUID = self.uid, uid
        data.FrameOfReferenceUID = frame
        for keyword, value in self.patient.items():
            setattr(data, keyword, value)
        data.Modality = "MR"
        data.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND"]
        data.StudyDate = data.SeriesDate = data.AcquisitionDate = self.date
        data.StudyTime = data.SeriesTime = "101500"
        data.AcquisitionTime = f"10{15 + self.series:02d}00"
        self._place(data, image, index)
        data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
        data.BitsAllocated = data.BitsStored = 16
        data.HighBit, data.PixelRepresentation = 15, 1
        return data

    @staticmethod
    def _place(data: Any, image: sitk.Image, index: int) -> None:
        x, y, z = image.GetSpacing()
        direction = np.reshape(image.GetDirection(), (3, 3))
        data.Columns, data.Rows = image.GetSize()[:2]
        data.PixelSpacing, data.SliceThickness = [y, x], z
        data.ImageOrientationPatient = [*direction[:, 0].tolist(), *direction[:, 1].tolist()]
        position = image.TransformIndexToPhysicalPoint((0, 0, index))
        data.ImagePositionPatient = [round(value, 6) for value in position]

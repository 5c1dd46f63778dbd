"""Segmentations as files for other programs: NIfTI, `.seg.nrrd` and DICOM SEG, with a report."""

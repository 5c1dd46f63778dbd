"""What was measured in one patient, as a page to print and as a DICOM structured report."""

"""The segments of a glioma, for the panels of every room; see `ELMEDSegmentLib.terminology`."""

from ELMEDSegmentLib.terminology import GLIOMA_SEGMENTS, REGION_SEGMENTS

__all__ = ["GLIOMA_SEGMENTS", "REGION_SEGMENTS"]

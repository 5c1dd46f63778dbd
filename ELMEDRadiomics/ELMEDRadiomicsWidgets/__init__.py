"""What lies between ELMEDRadiomics' engine and Slicer: the panel and its runs.

These modules import Slicer and Qt, run on the main thread and hold no arithmetic.
"""

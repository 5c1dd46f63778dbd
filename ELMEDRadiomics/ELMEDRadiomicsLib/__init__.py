"""The engine of ELMEDRadiomics. Pure Python: it never imports Slicer, Qt, CTK or VTK."""

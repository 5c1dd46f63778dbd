"""The engine of ELMEDPlayground. Pure Python: it never imports Slicer, Qt, CTK or VTK."""

"""What lies between ELMEDPlayground's engine and Slicer: the panel, its sections and its views.

These modules import Slicer and Qt and run on the main thread; torch computes in the worker.
"""

"""Simulated glioma patients: four co-registered contrasts with known truth.

`simulate_arrays` draws studies for training, `simulate_study` makes one with its geometry. Only
numpy, scipy and SimpleITK are needed.
"""

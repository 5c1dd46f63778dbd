"""The engine of ELMEDSegment: four MRI volumes in, a brain-tumour segmentation out.

Pure Python: it never imports Slicer, Qt, CTK or VTK. Arrays are `(z, y, x)`, with channels first
where there are any; images with their geometry are `SimpleITK.Image`.
"""

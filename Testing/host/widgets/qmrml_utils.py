"""`qMRMLUtils`: pictures between VTK and Qt."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtGui import QImage
from vtk.util.numpy_support import numpy_to_vtk, vtk_to_numpy

from host.pythonqt.classes import stands_in


@stands_in
class qMRMLUtils:
    """Conversions between VTK and Qt."""

    def vtkImageDataToQImage(self, image: Any, target: QImage) -> bool:
        """Fill a QImage from a picture in VTK's memory layout."""
        width, height, _ = image.GetDimensions()
        scalars = vtk_to_numpy(image.GetPointData().GetScalars())
        pixels = scalars.reshape(height, width, -1)[::-1]
        rgba = np.full((height, width, 4), 255, np.uint8)
        rgba[..., : pixels.shape[2]] = pixels
        made = QImage(rgba.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888)
        target.swap(made.copy())
        return True

    def qImageToVtkImageData(self, image: QImage, target: Any) -> bool:
        """Fill a VTK picture from a QImage."""
        converted = image.convertToFormat(QImage.Format.Format_RGBA8888)
        shape = (converted.height(), converted.width(), 4)
        rgba = np.frombuffer(converted.constBits(), np.uint8).reshape(shape)[::-1].copy()
        target.SetDimensions(converted.width(), converted.height(), 1)
        target.GetPointData().SetScalars(numpy_to_vtk(rgba.reshape(-1, 4), deep=True))
        return True

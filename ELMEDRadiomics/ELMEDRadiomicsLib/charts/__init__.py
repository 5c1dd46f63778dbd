"""The numbers behind the charts of one patient: intensities, shape and texture matrices."""

"""Data to learn from: points in the plane, small images, and what users bring."""

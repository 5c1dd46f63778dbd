"""The test suite as a whole: what runs side by side, what runs alone, what is told at the end."""

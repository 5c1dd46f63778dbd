"""Many patients segmented in one go."""

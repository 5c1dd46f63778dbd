"""Looking into ELMEDSegment's own network on a patient's scan."""

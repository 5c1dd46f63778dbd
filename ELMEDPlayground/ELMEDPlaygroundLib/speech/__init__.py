"""Spoken commands: a sound becomes one of some sentences, or is refused."""

"""Many patients measured in one go, joined with what the clinic knows, and analysed."""

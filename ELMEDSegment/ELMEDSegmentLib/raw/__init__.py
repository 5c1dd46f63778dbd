"""From volumes as they were scanned to a study as networks for skull-stripped brains know it."""

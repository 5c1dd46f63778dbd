"""A room for tests of the worker."""

"""Where in the brain a tumour lies: side, lobes, and structures that it touches."""

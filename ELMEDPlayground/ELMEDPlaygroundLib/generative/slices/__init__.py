"""New slices of the scans that are open: latent diffusion, small enough for a laptop."""

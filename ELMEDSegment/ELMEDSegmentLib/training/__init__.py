"""Training: from labelled studies to the weights of a model."""

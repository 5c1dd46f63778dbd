"""An experiment: data, a network, and the seven steps that make it learn."""

"""A small language model: a text, the network that foretells its characters, and what is seen."""

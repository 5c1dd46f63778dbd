"""Models that make new points: what they learn from, how they learn, and what is seen of them."""

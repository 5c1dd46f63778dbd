"""Networks: what they are made of, and what comes ready-made."""

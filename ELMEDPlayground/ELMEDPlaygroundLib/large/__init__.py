"""Large generative models of other makers: from a folder, or from the hub after consent."""

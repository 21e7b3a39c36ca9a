"""Mathematics of votes and texts, in plain Python."""

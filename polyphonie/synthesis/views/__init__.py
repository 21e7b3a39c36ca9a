"""The pages of syntheses."""

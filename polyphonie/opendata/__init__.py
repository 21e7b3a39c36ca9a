"""What goes out and what comes in: the catalogue of what is published, and the imports from other platforms."""

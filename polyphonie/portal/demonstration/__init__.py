"""The demonstration: its content, what loads it, whom one may enter as. Nothing of it exists in a real installation."""

"""The public pages: the frame of a process, its voices, its participants, what the house says of itself."""

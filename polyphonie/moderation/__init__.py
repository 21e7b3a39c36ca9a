"""Flags, cases and decisions on public texts; until they come, a moderator hides a text with a ground."""

"""Mails waiting to leave: deduplicated, and withdrawn when what they quote is hidden or erased. No key to anyone."""

"""What every numbered voice shares: its number for ever, its author, its revisions, its visibility, its fate.

It begins with the process that counts and leaves one table of voices that later stages cite.
"""

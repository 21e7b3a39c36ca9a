"""The public register: an append-only log per process, in canonical leaves that anyone can recompute.

It begins with an act of another package and leaves its leaf.
It holds no foreign key to anyone: only hashes, numbers and pseudonyms.
"""

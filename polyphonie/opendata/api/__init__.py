"""The read API: what is published, piece by piece, from the very declarations that make the files.

It begins with a question in an address and leaves the same rows as the files of an export: same fields, same names, same
types, for everyone alike.
"""

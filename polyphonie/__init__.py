"""Polyphonie: a public body's concertation, from the letter that asks for it to the law that comes out of it."""

__version__ = "0.1.0"

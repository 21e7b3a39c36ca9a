"""Which number does an address or a form ask for?"""

DIGITS = 9
"""As many as any number that we give: what is longer fits no column."""


def whole_number(text: str) -> int | None:
    """A number as it was typed, with or without its sign (`#746`); None when it is none."""
    digits = text.strip().lstrip("#").strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= DIGITS else None

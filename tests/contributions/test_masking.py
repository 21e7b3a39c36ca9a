"""Does what a mask took find its place again, in a text that changed, and never the place of another?"""

import pytest

from polyphonie.contributions.actions import Text
from polyphonie.contributions.masking import given_back, masked, taken

MASK = "[passage masqué : donnée personnelle]"
BODY = "Appelez Paul au 06 12 34 56 78, le matin. Sinon, Jeanne au 07 98 76 54 32, jusqu’au soir."
PAUL, JEANNE = "06 12 34 56 78", "07 98 76 54 32"


def test_a_text_left_as_it_was_is_given_back_whole():
    text = Text("Le banc de Paul", f"{BODY} Paul, encore : 0612345678", "https://exemple.fr/0612345678")
    for passage in (PAUL, "Paul", "0612345678, le matin"):
        without = masked(text, [passage], words=MASK)
        assert passage not in without.body
        assert given_back(without, taken(text, passage, words=MASK)) == (text, [])


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (lambda body: f"Avant. {body} Après.", f"Avant. {BODY} Après."),
        (lambda body: body.replace("Appelez Paul", "Voyez ici"), BODY.replace("Appelez Paul", "Voyez ici")),
        (lambda body: body.replace(", le matin", ""), BODY.replace(", le matin", "")),
        (lambda body: body.replace(PAUL, MASK).replace(MASK, "", 1), None),
        (lambda body: f"{MASK} {MASK}", None),
        (lambda body: f"Oui. {body} Oui. {body}", None),
        (lambda body: "Tout autre chose.", None),
    ],
)
def test_it_goes_back_where_its_mask_is_told_by_what_is_around_it_and_nowhere_else(change, wanted):
    there = taken(Text("", BODY), PAUL, words=MASK)
    now = Text("", change(masked(Text("", BODY), [PAUL, JEANNE], words=MASK).body))
    back, lost = given_back(now, there)
    assert PAUL not in back.body if wanted is None else back.body == wanted.replace(JEANNE, MASK)
    assert lost == (there if wanted is None else [])


def test_each_of_two_masks_takes_back_its_own_words_in_any_order():
    both = {name: taken(Text("", BODY), name, words=MASK) for name in (PAUL, JEANNE)}
    without = masked(masked(Text("", BODY), [PAUL], words=MASK), [JEANNE], words=MASK)
    first, lost = given_back(without, both[JEANNE])
    assert (first.body, lost) == (BODY.replace(PAUL, MASK), [])
    assert given_back(first, both[PAUL]) == (Text("", BODY), [])


def test_what_no_longer_fits_the_title_and_an_address_that_was_replaced_are_not_forced_in():
    text = Text("Le banc de Paul Dupont-Durand de la Tour", "", "https://exemple.fr/paul")
    there = taken(text, "Paul Dupont-Durand de la Tour", words="[x]") + taken(text, "paul", words="[x]")[-1:]
    now = Text("a" * 290 + " Le banc de [x]"[-10:], "", "https://autre.fr/")
    back, lost = given_back(now, there)
    assert (back, len(lost)) == (now, 2)

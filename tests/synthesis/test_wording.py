"""A sentence cites as rapporteurs write: by number, in words or not, with what qualifies it, and quotes what it can show."""

import pytest

from polyphonie.synthesis.wording import (
    citations_in,
    claims,
    normalised,
    pieces,
    quotations_in,
    stored_form,
    written_form,
)


def _cited(text: str) -> list[tuple[int, str]]:
    return [(cited.number, cited.qualifier) for cited in citations_in(normalised(text))]


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("Les habitants ont les clés (#128, #172).", [(128, "plain"), (172, "plain")]),
        ("Ils le demandent (Contribution 1520).", [(1520, "plain")]),
        ("Contribution 1173, Contribution 1533", [(1173, "plain"), (1533, "plain")]),
        ("voir aussi : Contribution 1827 et #12", [(1827, "see_also"), (12, "see_also")]),
        ("Un Européen sur huit achète ainsi, selon la contribution Contribution 2419.", [(2419, "per")]),
        ("D’après la contribution n° 7, il pleut (#8).", [(7, "per"), (8, "plain")]),
        ("See also #3, and according to #4 it rains.", [(3, "see_also"), (4, "per")]),
        ("Un mot-clé&#35;12, a#12, /#12 et ##12 ne citent rien.", []),
        ("", []),
    ],
)
def test_citations_are_read_with_what_qualifies_them(text: str, cited: list[tuple[int, str]]) -> None:
    assert _cited(text) == cited


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Ce sont eux « qui font vivre le lieu » (#233).", [("qui font vivre le lieu", 0)]),
        ("Selon #1, « un prêt » selon la #2 suffit.", [("un prêt", 1)]),
        ("« Une enseigne » sans source, puis #2.", []),
        ("« Un » (#1) et « deux », #2", [("Un", 0), ("deux", 1)]),
    ],
)
def test_a_quotation_is_followed_by_its_number(text: str, quoted: list[tuple[str, int]]) -> None:
    assert [(found.words, found.citation) for found in quotations_in(normalised(text))] == quoted


def test_a_stored_sentence_holds_no_quoted_word_and_is_written_again_as_it_was() -> None:
    text = normalised("Ce sont eux « qui font vivre le lieu » (#233), dit-on « chez nous » (contribution 5).")
    quotations = quotations_in(text)
    stored = stored_form(text, quotations)
    assert stored == "Ce sont eux « ⟦1⟧ » (#233), dit-on « ⟦2⟧ » (#5)."
    assert written_form(stored, lambda rank: quotations[rank - 1].words) == text
    assert [(piece.words, piece.citation, piece.quotation) for piece in pieces(stored)] == [
        ("Ce sont eux « ", None, None),
        ("", None, 1),
        (" » (", None, None),
        ("", 0, None),
        ("), dit-on « ", None, None),
        ("", None, 2),
        (" » (", None, None),
        ("", 1, None),
        (").", None, None),
    ]


def test_a_sentence_without_a_number_claims_nothing() -> None:
    assert claims("Il pleut (#1).")
    assert not claims("Voici ce qui a été dit.")
